"""Look at a pair before a campaign is opened for it: who is who, what the plan is; read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from pathlib import Path

from nornir_haupgrade.engines.alone import refuse_unheld, versions_alone
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.errors import BadInput, Finding, HAUpgradeError, WrongDevice
from nornir_haupgrade.model import Capabilities, ImageFile, PairFacts
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.plan import (
    Plan,
    Purpose,
    questions_of,
    refuse_impossible,
    stricter,
    traits_of,
)
from nornir_haupgrade.settings import PairConfig, Settings


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One pair as it is found."""

    config: PairConfig
    facts: PairFacts
    errors: tuple[tuple[str, HAUpgradeError], ...]
    capabilities: Capabilities | None


def survey(pair: Pair) -> Surveyed:
    """Read both members; what could not be read is named, not raised."""
    facts, errors = pair.look()
    answers = pair.each(lambda _, driver: driver.capabilities()) if not errors else {}
    read = [answer for answer in answers.values() if isinstance(answer, Capabilities)]
    capabilities = reduce(stricter, read) if len(read) == len(pair.names) else None
    for member in pair.config.members:
        own = facts.of(member.name)
        if own and member.identity and own.identity != member.identity:
            errors[member.name] = WrongDevice(
                f"the device says it is {own.identity}, the inventory says {member.identity}",
                pair=pair.config.name,
                member=member.name,
                advice="correct the address, or the identity in the inventory",
            )
    return Surveyed(pair.config, facts, tuple(errors.items()), capabilities)


def same_device_twice(found: Sequence[Surveyed]) -> tuple[Finding, ...]:
    """The same identity behind two members: an address is wrong, whichever it is."""
    seen: dict[str, str] = {}
    findings = []
    for surveyed in found:
        for name, own in surveyed.facts.members:
            if own is None:
                continue
            first = seen.setdefault(own.identity, f"{surveyed.config.name}/{name}")
            here = f"{surveyed.config.name}/{name}"
            if first != here:
                what = f"is the same device as {first} ({own.identity})"
                findings.append(Finding(here, what, "correct the address of one of them"))
    return tuple(findings)


def make_plan(surveyed: Surveyed, settings: Settings, errand: Errand) -> Plan:
    """The plan for one pair; without a target it stays at the version that both members run.

    Raises:
        BadInput: The platform or the versions found do not allow it.
    """
    config, capabilities = surveyed.config, surveyed.capabilities
    if capabilities is None:
        message = "the members could not be read"
        raise BadInput(message, pair=config.name)
    refuse_impossible(config.name, capabilities)
    path = _path_of(surveyed, settings, errand)
    members = (config.members[0].name, config.members[1].name)
    identities = tuple(own.identity for _, own in surveyed.facts.members if own)
    deadline = settings.decision_deadline
    plan = Plan(
        pair=config.name,
        members=members,
        identities=(identities[0], identities[1]),
        path=path,
        traits=traits_of(capabilities),
        questions=questions_of(capabilities, has_services=bool(config.services)),
        images=_images(settings, config.platform, path),
        switch_back_after=timedelta(seconds=settings.switch_back_after),
        decision_deadline=None if deadline is None else timedelta(seconds=deadline),
        purpose=errand.purpose,
        member=errand.member,
    )
    refuse_unheld(plan, surveyed.facts)
    return plan


def _path_of(surveyed: Surveyed, settings: Settings, errand: Errand) -> tuple[str, ...]:
    if errand.member is not None:
        way = path_to(surveyed, settings, str(errand.to)) if _climbs(errand) else ()
        return versions_alone(surveyed.config.name, surveyed.facts, errand, way)
    if errand.to is None:
        return _running(surveyed, errand.purpose)
    return path_to(surveyed, settings, errand.to)


def _climbs(errand: Errand) -> bool:
    return errand.to is not None and errand.purpose is not Purpose.ROLL_BACK_MEMBER


def _running(surveyed: Surveyed, purpose: Purpose) -> tuple[str]:
    """The one version that both members run."""
    versions = {own.version for _, own in surveyed.facts.members if own}
    if len(versions) != 1:
        message = f"the members run {' and '.join(sorted(versions))}: no {purpose} of a mixed pair"
        advice = "take both to one version first: haupgrade run --to VERSION"
        raise BadInput(message, pair=surveyed.config.name, advice=advice)
    return (versions.pop(),)


def path_to(surveyed: Surveyed, settings: Settings, to: str) -> tuple[str, ...]:
    """From the older running version over what each image requires to the target."""
    name = surveyed.config.name
    running = {own.version for _, own in surveyed.facts.members if own}
    hops = [to]
    while not running <= set(hops):
        image = settings.require_image(surveyed.config.platform, hops[0])
        if image.requires is None:
            break
        if image.requires in hops:
            message = f"the images require each other in a circle: {' -> '.join(hops)}"
            raise BadInput(message, pair=name, advice="correct requires in the settings")
        hops.insert(0, image.requires)
    older = sorted(running - set(hops))
    if len(older) > 1:
        message = f"the members run {' and '.join(older)}; neither is a step on the way to {to}"
        raise BadInput(message, pair=name, advice="bring one member to the other's version by hand")
    return (*older, *hops)


def _images(settings: Settings, platform: str, path: tuple[str, ...]) -> tuple[ImageFile, ...]:
    found = []
    for version in path:
        for image in settings.images_for(platform, version)[:1]:
            if image.algorithm != "sha256":
                message = f"the image of {version} has only its {image.algorithm}"
                raise BadInput(message, advice="give its sha256: the members measure that one")
            file = Path(image.file)
            size = file.stat().st_size if file.is_file() else 0
            found.append(ImageFile(version, str(file), image.sha256, size))
    return tuple(found)
