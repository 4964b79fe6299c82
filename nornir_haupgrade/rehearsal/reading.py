"""Looking at the real pairs once: only what their drivers declare read-only, and never again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.engines.survey import same_device_twice, survey
from nornir_haupgrade.errors import BadInput, Finding, HAUpgradeError
from nornir_haupgrade.model import ImageFile
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.prepare import local_image
from nornir_haupgrade.rehearsal.likeness import Likeness, as_read
from nornir_haupgrade.settings import TaskService

if TYPE_CHECKING:
    from nornir_haupgrade.engines.survey import Surveyed
    from nornir_haupgrade.model import ServiceResult
    from nornir_haupgrade.settings import PairConfig, Project

_ADVICE: Final = "mend it, leave the pair out with --pair, or --assume what nobody can read"


def read_pairs(project: Project) -> tuple[Likeness, ...]:
    """Every pair of the project as it is; all sessions are closed when this returns.

    Raises:
        BadInput: A member could not be read, or is another one's device.
    """
    with ThreadPoolExecutor(max_workers=max(1, len(project.pairs))) as threads:
        read = list(threads.map(lambda config: _read(project, config), project.pairs))
    errors = [(found, error) for found, _, _ in read for _, error in found.errors]
    findings = [_unread(found, error) for found, error in errors]
    findings += same_device_twice([found for found, _, _ in read])
    if findings:
        raise BadInput.from_findings(findings)
    return tuple(
        as_read(found, sessions=count, services=services) for found, count, services in read
    )


def _unread(found: Surveyed, error: HAUpgradeError) -> Finding:
    where = "/".join(filter(None, (error.pair or found.config.name, error.member)))
    return Finding(where, error.message, error.advice or _ADVICE)


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
