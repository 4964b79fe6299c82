"""Looking at the real pairs once: only what their drivers declare read-only, and never again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.engines.survey import survey
from nornir_haupgrade.errors import BadInput, Finding, HAUpgradeError
from nornir_haupgrade.model import ImageFile
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.prepare import local_image
from nornir_haupgrade.rehearsal.likeness import Likeness, as_read
from nornir_haupgrade.settings import TaskService

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nornir_haupgrade.engines.survey import Surveyed
    from nornir_haupgrade.model import ServiceResult
    from nornir_haupgrade.settings import PairConfig, Project

_ADVICE: Final = "mend it, leave the pair out with --pair, or --assume what nobody can read"


@dataclass(frozen=True, slots=True)
class Read:
    """What the pairs look like, and why some of them cannot be told."""

    likenesses: tuple[Likeness, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A pair that has no twin, and everything that was in the way."""

    pair: str
    findings: tuple[Finding, ...]


def read_pairs(project: Project) -> Read:
    """Every pair of the project as it is; all sessions are closed when this returns."""
    with ThreadPoolExecutor(max_workers=max(1, len(project.pairs))) as threads:
        read = list(threads.map(lambda config: _read(project, config), project.pairs))
    doubled = _doubled([found for found, _, _ in read])
    unread = [
        Unread(found.config.name, findings)
        for found, _, _ in read
        if (findings := (*_wrong(found), *doubled.get(found.config.name, ())))
    ]
    left_out = {one.pair for one in unread}
    return Read(
        tuple(
            as_read(found, sessions=count, services=services)
            for found, count, services in read
            if found.config.name not in left_out
        ),
        tuple(unread),
    )


def _wrong(found: Surveyed) -> tuple[Finding, ...]:
    name = found.config.name
    if found.errors or found.capabilities is not None:
        return tuple(
            Finding(
                "/".join(filter(None, (error.pair or name, error.member))),
                error.message,
                error.advice or _ADVICE,
            )
            for _, error in found.errors
        )
    return (Finding(f"pair {name}", "its members do not say what they can do", _ADVICE),)


def _doubled(found: Sequence[Surveyed]) -> dict[str, list[Finding]]:
    """Which pairs hold a device that is another member's too: any of the addresses is wrong."""
    behind: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        for name, own in one.facts.members:
            if own is not None:
                behind.setdefault(own.identity, []).append((one.config.name, name))
    wrong: dict[str, list[Finding]] = {}
    for identity, members in behind.items():
        for pair, name in members if len(members) > 1 else ():
            others = ", ".join("/".join(other) for other in members if other != (pair, name))
            what = f"is the same device as {others} ({identity})"
            finding = Finding(f"{pair}/{name}", what, "correct the address of one of them")
            wrong.setdefault(pair, []).append(finding)
    return wrong


def _read(project: Project, config: PairConfig) -> tuple[Surveyed, int | None, list[ServiceResult]]:
    pair = Pair(project.nr, config, project.settings, is_read_only=True)
    try:
        found = survey(pair)
        if found.errors:
            return found, None, []
        return found, _sessions(pair, found), _services(config)
    finally:
        pair.close()


def _sessions(pair: Pair, found: Surveyed) -> int | None:
    """How many the active serves; None where it keeps none, or does not say."""
    active, can = found.facts.active, found.capabilities
    if active is None or can is None or not can.has_sessions:
        return None
    try:
        count = pair.one(active, lambda _, driver: driver.session_count())
    except HAUpgradeError:
        return None
    return count.total if count.own is None else count.own


def _services(config: PairConfig) -> list[ServiceResult]:
    """As they are now; the site's own tasks are not called for a rehearsal."""
    own = tuple(one for one in config.services if not isinstance(one, TaskService))
    meter = Meter(replace(config, services=own, canaries=()))
    try:
        return meter.measure()
    finally:
        meter.close()


def check_images(project: Project, to: str) -> None:
    """The site's own image files are what the settings say, as far as the target needs them.

    Raises:
        BadInput: One of them is not.
    """
    findings = []
    for platform in dict.fromkeys(pair.platform for pair in project.pairs):
        version: str | None = to
        seen: set[str] = set()
        while version is not None and version not in seen:
            seen.add(version)
            images = project.settings.images_for(platform, version)
            version = images[0].requires if images else None
            for image in images:
                file = ImageFile(image.version, str(image.file), image.sha256, 0)
                if image.algorithm == "sha256" and not (said := local_image(file)).is_good:
                    where = f"image {platform} {image.version}"
                    findings.append(Finding(where, said.reason, "Put the right file there."))
    if findings:
        raise BadInput.from_findings(findings)
