"""Readiness of pairs without an upgrade: every finding, and nothing but read-only commands sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.survey import make_plan, survey
from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.gates import readiness as gate
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.services import baseline
from nornir_haupgrade.gates.sessions import critical, ratio, synced
from nornir_haupgrade.model import PairFacts, Status, Verdict
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.actions import getters
from nornir_haupgrade.procedure.actions.configuration import read_report
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.prepare import local_image, management_check, saved_checks
from nornir_haupgrade.procedure.actions.sessions import read_sessions
from nornir_haupgrade.procedure.actions.site_gates import site_gates
from nornir_haupgrade.settings import GateMoment
from nornir_haupgrade.world import REAL, World

if TYPE_CHECKING:
    from nornir_haupgrade.engines.errand import Errand
    from nornir_haupgrade.engines.survey import Surveyed
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.settings import PairConfig, Project


@dataclass(frozen=True, slots=True)
class PairCheck:
    """One pair as it was found."""

    pair: str
    facts: PairFacts
    errors: tuple[tuple[str, HAUpgradeError], ...]
    checks: tuple[Check, ...] = ()
    plan: Plan | None = None

    @property
    def is_ready(self) -> bool:
        """Whether an upgrade could begin."""
        return not self.errors and all(check.verdict.is_good for check in self.checks)


def check(
    project: Project, errand: Errand | None = None, *, world: World = REAL
) -> list[PairCheck]:
    """Look at every pair of the project, all at once."""
    with ThreadPoolExecutor(max_workers=max(1, len(project.pairs))) as threads:
        return list(
            threads.map(
                lambda config: check_pair(project, config, errand, world=world), project.pairs
            )
        )


def check_pair(
    project: Project, config: PairConfig, errand: Errand | None, *, world: World = REAL
) -> PairCheck:
    """One pair, read-only: the transport refuses anything else."""
    pair = Pair(project.nr, config, project.settings, is_read_only=True, world=world)
    try:
        found = survey(pair)
        if found.errors:
            return PairCheck(config.name, found.facts, found.errors)
        plan, problems = _planned(found, project, errand)
        checks = [*_member_checks(found.facts, plan), *_pair_checks(pair, found), *problems]
        return PairCheck(config.name, found.facts, (), tuple(checks), plan)
    finally:
        pair.close()


def _planned(
    found: Surveyed,
    project: Project,
    errand: Errand | None,
) -> tuple[Plan | None, list[Check]]:
    if errand is None:
        return None, []
    try:
        plan = make_plan(found, project.settings, errand)
    except BadInput as error:
        return None, [Check("plan", Verdict(Status.FAIL, str(error)))]
    images = [
        Check(f"image {image.version}", local_image(image))
        for image in plan.images
        if plan.purpose.installs and image.version in plan.path[1:]
    ]
    return plan, images


def _member_checks(facts: PairFacts, plan: Plan | None) -> list[Check]:
    checks = [
        Check("roles", gate.roles(facts)),
        Check("HA links", gate.peer_links(facts)),
        Check("next boot", gate.nothing_pending(facts)),
        Check("software", gate.settled(facts)),
        Check("latches", gate.latches(facts)),
        Check("preemption", gate.preemption_known(facts)),
        Check("administrators", gate.alone(facts)),
    ]
    if plan is not None:
        checks.append(Check("versions", gate.versions(facts, plan.path)))
    return checks


def _pair_checks(pair: Pair, found: Surveyed) -> list[Check]:
    return [
        *saved_checks(pair),
        Check("configuration", read_report(pair, found.facts)),
        Check("sessions", _sessions_check(pair, found)),
        Check("services", _services_check(pair)),
        Check("management path", management_check(pair, found.facts)),
        *getters.checks_of(pair),
        *site_gates(pair, GateMoment.PREPARE),
    ]


def _sessions_check(pair: Pair, found: Surveyed) -> Verdict:
    """Readable, and the critical ones on both; how many are usual on the standby is not judged."""
    both = read_sessions(pair, found.facts)
    if isinstance(both, Verdict):
        return both
    own = pair.config
    usual = ratio(*both)
    count = synced(*both, baseline_ratio=usual, tolerance=own.tolerance.sessions)
    return combine(
        [Check("count", count), Check("critical", critical(own.critical_sessions, *both))]
    )


def _services_check(pair: Pair) -> Verdict:
    meter = Meter(pair.config, pair.run_site_task, pair.world)
    try:
        return baseline(meter.measure())
    finally:
        meter.close()
