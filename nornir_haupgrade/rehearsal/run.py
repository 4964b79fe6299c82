"""A rehearsal from its input to twins that stand ready, and what is kept of it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.engines.local import redactor_for
from nornir_haupgrade.engines.past_campaigns import PastCampaigns
from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.lab import Platform
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.rehearsal import place
from nornir_haupgrade.rehearsal.faults import read_faults
from nornir_haupgrade.rehearsal.likeness import Likeness, assumed
from nornir_haupgrade.rehearsal.process import ask, running
from nornir_haupgrade.rehearsal.project import write_project
from nornir_haupgrade.rehearsal.reading import Unread, check_images, read_pairs
from nornir_haupgrade.rehearsal.twins import Times, Twin, lab_of, twins_of, unsimulated
from nornir_haupgrade.settings import check_supported, open_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from nornir_haupgrade.engines.redact import Redactor
    from nornir_haupgrade.settings import Project, Settings

SPEED: Final = 30.0
"""Device seconds per real second, unless somebody says otherwise."""
_BOOT_SHARE: Final = 5
_INSTALL_SHARE: Final = 15
_UNFINISHED: Final = (
    "its campaign {} is not finished: `haupgrade run` goes on with that one, and the rehearsal "
    "begins anew with the pair as it is"
)
"""A boot and an installation are assumed to take this part of what the site waits at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be rehearsed, and how."""

    to: str
    speed: float = SPEED
    is_read: bool = True
    """Whether the real pairs are looked at first."""
    version: str | None = None
    """What the members run, where they are not asked."""
    boot: float | None = None
    """Device seconds that a member takes to boot; None: assumed from the settings."""
    faults: tuple[Path, ...] = ()
    """Scripts of what is to go wrong."""
    is_asked: bool = False
    """Whether a person at a terminal is, at a hold."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Twins that stand ready, and the project that points at them."""

    project: Project
    twins: tuple[Twin, ...]
    unread: tuple[Unread, ...]
    folder: Path
    wanted: Wanted
    redactor: Redactor
    """Knows the site's secrets."""

    @property
    def audit(self) -> list[dict[str, Any]]:
        """What the twins wrote down of themselves, while they run.

        Raises:
            HAUpgradeError: They do not run any more, or something in them broke that is not theirs.
        """
        lab = place.twins_in(self.folder)
        found = ask(lab, {"do": "audit"})
        entries = [] if found is None else list(found["entries"])
        broken = [entry["error"] for entry in entries if entry["kind"] == "broken"]
        if found is None or broken:
            what = f"something in the lab broke: {broken[0]}" if broken else "the twins have ended"
            raise HAUpgradeError(
                f"{what}; this rehearsal says nothing of the pairs",
                advice=f"look into {lab / 'log'}, and rehearse again",
            )
        return entries


@dataclass(frozen=True, slots=True)
class Cast:
    """The twins that can be made, and the pairs that have none."""

    twins: tuple[Twin, ...]
    unread: tuple[Unread, ...] = ()


def prepare(project: Project, wanted: Wanted) -> Cast:
    """Everything that can be wrong, found before anything starts; then the pairs are read.

    Raises:
        BadInput: With what is wrong; nothing was contacted.
        HAUpgradeError: None of the pairs could be read.
    """
    findings = [*check_supported(project.pairs), *unsimulated(project.pairs)]
    if findings:
        raise BadInput.from_findings(findings)
    check_images(project, wanted.to)
    faults = read_faults(wanted.faults, project.pairs)
    times = times_of(project.settings, wanted.boot)
    if not wanted.is_read:
        guessed = assumed_pairs(project, wanted.version, to=wanted.to)
        return Cast(twins_of(_with_campaigns(project, guessed), times, faults))
    read = read_pairs(project)
    if not read.likenesses:
        raise HAUpgradeError(
            "\n".join(str(finding) for one in read.unread for finding in one.findings)
        )
    return Cast(twins_of(_with_campaigns(project, read.likenesses), times, faults), read.unread)


def _with_campaigns(project: Project, found: Sequence[Likeness]) -> list[Likeness]:
    """Each pair with the campaign of it, if a run would go on with one."""
    with Store(project.settings.store) as store:
        begun = PastCampaigns(store).begun(one.config for one in found)
    return [
        replace(one, unfinished=(_UNFINISHED.format(begun[one.config.name]),))
        if one.config.name in begun
        else one
        for one in found
    ]


def assumed_pairs(
    project: Project, version: str | None = None, *, to: str | None = None
) -> tuple[Likeness, ...]:
    """What the pairs look like by the inventory alone, which holds no versions.

    Args:
        project: The pairs.
        version: What they run; None: what the target's image requires, else what the lab's devices
            of the platform run.
        to: The target, if there is one.
    """
    return tuple(
        assumed(config, version or _version(project.settings, config.platform, to))
        for config in project.pairs
    )


def _version(settings: Settings, platform: str, to: str | None) -> str:
    needed = to
    seen: set[str] = set()
    while needed is not None and needed not in seen:
        seen.add(needed)
        images = settings.images_for(platform, needed)
        needed = images[0].requires if images else None
        if needed is not None and not settings.images_for(platform, needed):
            return needed
    return PERSONALITIES[Platform(platform)].version


def times_of(settings: Settings, boot: float | None) -> Times:
    """How long the twins take: as told, or a part of what the site waits for it at most."""
    install = settings.install_timeout / _INSTALL_SHARE
    said = [f"installing is assumed to take {install:g} s, a fifteenth of install_timeout"]
    if boot is None:
        boot = settings.reload_timeout / _BOOT_SHARE
        said.append(f"a boot is assumed to take {boot:g} s, a fifth of reload_timeout")
    return Times(boot, install, tuple(said))


@contextmanager
def stage(site: Project, cast: Cast, wanted: Wanted) -> Iterator[Rehearsal]:
    """The twins, up and ready; they end with the block, whatever happens in it."""
    with place.new_place(site.settings.store) as folder:
        lab, is_up = place.twins_in(folder), False
        password = secrets.token_urlsafe()  # other users of this machine reach loopback, too
        try:
            spec = lab_of(cast.twins, speed=wanted.speed, password=password)
            with running(spec, lab) as where:
                config = write_project(
                    lab,
                    cast.twins,
                    where,
                    nr=site.nr,
                    settings=site.settings,
                    speed=wanted.speed,
                    store=folder,
                    is_asked=wanted.is_asked,
                    password=password,
                )
                project = open_project(config, platforms=known_platforms(), to=wanted.to)
                is_up = True
                redactor = redactor_for(site)
                yield Rehearsal(project, cast.twins, cast.unread, folder, wanted, redactor)
        finally:
            (place.tidy if is_up else place.forget)(folder)
