"""The local engine: one thread a pair, one history on disk, and everything resumed from it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event as Flag, Lock
from typing import TYPE_CHECKING, TypeVar

from nornir_haupgrade.engines.answers import Person, Policy, user_name
from nornir_haupgrade.engines.checking import PairCheck, check
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Event, Listener, Owed, PairEnd, Told
from nornir_haupgrade.engines.evidence import PairEvidence, plan_and_state
from nornir_haupgrade.engines.failing import failed_end, or_why
from nornir_haupgrade.engines.lock import ControllerLock
from nornir_haupgrade.engines.loop import PairLoop
from nornir_haupgrade.engines.notify import Notifier
from nornir_haupgrade.engines.owing import owed_of
from nornir_haupgrade.engines.past_campaigns import PastCampaigns, refuse_other_members
from nornir_haupgrade.engines.preview import PreviewRow, preview
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.engines.report import write_report
from nornir_haupgrade.engines.secrets import secrets_of
from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.engines.survey import Surveyed, make_plan, same_device_twice, survey
from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.records import (
    Command,
    Finish,
    Goal,
    Opened,
    Outcome,
    Step,
)
from nornir_haupgrade.world import REAL, World

if TYPE_CHECKING:
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.settings import PairConfig, Project

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class DryRun:
    """One pair: what was found, and what would be done if every gate passed."""

    checked: PairCheck
    rows: tuple[PreviewRow, ...]


class LocalEngine:
    """Runs the selected pairs of a project, each in a thread of its own.

    All at once, unless ``workers`` says how many.

    ``cancel`` lets every pair reach its next safe point and close; ``stop`` does not wait for it.
    """

    def __init__(
        self,
        project: Project,
        *,
        policy: Policy | None = None,
        listener: Listener = lambda _: None,
        person: Person | None = None,
        workers: int | None = None,
        world: World = REAL,
        store: Store | None = None,
    ) -> None:
        self.project = project
        self.world = world
        self.policy = policy or Policy(who=user_name())
        self.cancel = Flag()
        self.stop = Flag()
        redactor = redactor_for(project)
        self.store = store or Store(project.settings.store, redactor=redactor)
        self._past = PastCampaigns(self.store)
        self._campaigns: dict[str, Campaign] = {}
        """What each pair is worked on in."""
        self._notifier = Notifier(
            project, clean=redactor, tell=self._tell, campaign_of=self._campaigns.get
        )
        self._listener = listener
        self._person = person
        self._workers = workers
        self._telling = Lock()

    def run(self, errand: Errand, *, is_new: bool = False) -> list[PairEnd]:
        """Do it to the pairs, or go on where an earlier run of theirs stopped.

        Raises:
            BadInput: An unfinished campaign is in the way, or goes to another version.
            AnotherController: Somebody else works on one of the pairs.
        """
        with ExitStack() as locks:
            self._lock(locks)
            locks.callback(self.store.close)
            unfinished = self._past.unfinished(self.project.pairs, errand, is_new=is_new)
            fresh = [config for config in self.project.pairs if config.name not in unfinished]
            loops = [
                self._loop(config, unfinished[config.name])
                for config in self.project.pairs
                if config.name in unfinished
            ]
            opened, ended = self._open(fresh, errand)
            for loop in loops:
                self._reopen(loop, errand.until)
            return self._drive([*loops, *opened], ended)

    def command(self, goal: Goal, why: str) -> list[PairEnd]:
        """Take the newest campaign of each pair to another goal: roll back, or give back.

        Where smaller things were done since a pair's upgrade, it is rolled back in a new campaign.

        Raises:
            BadInput: A pair has no campaign, or one that took no software anywhere.
            AnotherController: Somebody else works on one of the pairs.
        """
        with ExitStack() as locks:
            self._lock(locks)
            locks.callback(self.store.close)
            found = [(config, self._past.commanded(config, goal)) for config in self.project.pairs]
            # Only now: a pair that is refused must not leave the others with a goal they never had.
            loops = self._commanded_loops(found)
            for loop in loops:
                loop.command(Command(goal, self.policy.who, why))
            return self._drive(loops, [])

    def dry_run(self, errand: Errand) -> list[DryRun]:
        """What a run would find and do; only read-only commands are sent."""
        found = []
        for checked in check(self.project, errand, world=self.world):
            config = next(config for config in self.project.pairs if config.name == checked.pair)
            rows: list[PreviewRow] = []
            if checked.plan is not None and not checked.plan.is_there_already:
                with self.store:
                    opened = self._opening(checked.plan, errand)
                rows = preview(opened, checked.facts, self._pair(config))
            found.append(DryRun(checked, tuple(rows)))
        return found

    def owed(self) -> dict[str, tuple[Owed, ...]]:
        """What each pair's newest campaign still owes its devices; contacts nothing."""
        with self.store:
            found = {config.name: self._owed(config) for config in self.project.pairs}
        return {name: owed for name, owed in found.items() if owed is not None}

    def _owed(self, config: PairConfig) -> tuple[Owed, ...] | None:
        """What a pair's newest campaign owes; None without a campaign."""
        campaign = self.store.latest_for(config.name)
        if campaign is None:
            return None
        _, state = plan_and_state(campaign.history.records(config.name))
        return owed_of(self._pair(config), state, state.leases)

    # --- beginning --------------------------------------------------------------------------------

    def _all(self, work: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """Do something with each pair, in a thread of its own."""
        at_once = len(items) if self._workers is None else min(len(items), self._workers)
        with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="pair") as threads:
            return list(threads.map(work, items))

    def _lock(self, locks: ExitStack) -> None:
        for name in sorted(config.name for config in self.project.pairs):
            locks.enter_context(ControllerLock(self.project.settings.store, name))

    def _commanded_loops(
        self, found: Sequence[tuple[PairConfig, Campaign | Opened]]
    ) -> list[PairLoop]:
        """Ready to go to another goal; those that begin share one campaign."""
        fresh: Campaign | None = None
        loops = []
        for config, campaign in found:
            if isinstance(campaign, Opened):
                fresh = fresh or self.store.create()
                fresh.history.append(config.name, campaign)
                loops.append(self._loop(config, fresh))
            else:
                loops.append(self._loop(config, campaign))
        return loops

    def _reopen(self, loop: PairLoop, until: Step | None) -> None:
        """Go on; a run that had ended, parked, is reopened by a person's command."""
        plan, state = plan_and_state(loop.campaign.history.records(loop.plan.pair))
        if isinstance(decide(plan, state), Finish):
            loop.command(Command(Goal.UP, self.policy.who, "run again", until))

    def _open(
        self,
        configs: Sequence[PairConfig],
        errand: Errand,
    ) -> tuple[list[PairLoop], list[PairEnd]]:
        """Survey new pairs in parallel; open a campaign for those that can be planned."""
        if not configs:
            return [], []
        surveyed = self._all(self._survey, configs)
        twice = same_device_twice(surveyed)
        if twice:
            raise BadInput.from_findings(twice)
        loops: list[PairLoop] = []
        ended: list[PairEnd] = []
        campaign: Campaign | None = None
        for found in surveyed:
            if found.errors:
                ended.append(self._not_opened(found.config.name, [e for _, e in found.errors]))
                continue
            try:
                plan = make_plan(found, self.project.settings, errand)
            except BadInput as error:
                ended.append(self._not_opened(found.config.name, [error]))
                continue
            if plan.is_there_already:
                ended.append(self._already_there(plan, found))
                continue
            campaign = campaign or self.store.create()
            campaign.history.append(plan.pair, self._opening(plan, errand))
            loops.append(self._loop(found.config, campaign))
        return loops, ended

    def _opening(self, plan: Plan, errand: Errand) -> Opened:
        opened, half = self._past.opening(plan, errand)
        if half is not None:
            self._tell(Told(plan.pair, f"goes on with what {half.text} left half done"))
        return opened

    def _survey(self, config: PairConfig) -> Surveyed:
        pair = self._pair(config)
        try:
            return survey(pair)
        finally:
            pair.close()

    def _pair(self, config: PairConfig, *, is_read_only: bool = True) -> Pair:
        return Pair(
            self.project.nr,
            config,
            self.project.settings,
            is_read_only=is_read_only,
            world=self.world,
        )

    def _already_there(self, plan: Plan, found: Surveyed) -> PairEnd:
        """Not even a switchover is tried for the sake of an upgrade that nobody needs."""
        reason = f"both members already run {plan.path[-1]}; nothing was done"
        owed = self._owed(found.config)
        advice = "haupgrade give-back gives back what is owed" if owed else ""
        end = PairEnd(
            plan.pair, Outcome.DONE, reason, facts=found.facts, owed=owed or (), advice=advice
        )
        self._tell(end)
        return end

    def _not_opened(self, name: str, errors: Sequence[HAUpgradeError]) -> PairEnd:
        reason = "; ".join(str(error) for error in errors)
        end = PairEnd(
            name, Outcome.NOT_STARTED, reason, advice="nothing was changed; mend it, run again"
        )
        self._tell(end)
        return end

    def _loop(self, config: PairConfig, campaign: Campaign) -> PairLoop:
        records = campaign.history.records(config.name)
        plan, _ = plan_and_state(records)
        refuse_other_members(plan, config)
        self._campaigns[config.name] = campaign
        return PairLoop(
            self._pair(config, is_read_only=False),
            plan,
            campaign,
            evidence=PairEvidence(
                campaign, config.name, lambda: self._past.earlier(campaign, config.name)
            ),
            policy=self.policy,
            listener=self._tell,
            person=self._person,
            cancel=self.cancel,
            stop=self.stop,
        )

    # --- driving ----------------------------------------------------------------------------------

    def _drive(self, loops: Sequence[PairLoop], ended: list[PairEnd]) -> list[PairEnd]:
        ends = list(ended)
        if loops:
            ends += self._all(self._driven, loops)
            for campaign in {loop.campaign.id: loop.campaign for loop in loops}.values():
                self._report(campaign, [end for end in ends if end.campaign == campaign.id])
        self._notifier.close()
        order = [config.name for config in self.project.pairs]
        return sorted(ends, key=lambda end: order.index(end.pair))

    def _report(self, campaign: Campaign, ends: Sequence[PairEnd]) -> None:
        try:
            write_report(campaign, ends, self.world.utc_now())
        except Exception as error:  # noqa: BLE001 - how the pairs ended is told without it, too
            what = f"the report of {campaign.id} could not be written: {error}"
            self._tell(Told(ends[0].pair, what))

    def _driven(self, loop: PairLoop) -> PairEnd:
        """One pair to its end; a defect of ours ends that pair alone, and is kept as evidence."""
        try:
            return loop.drive()
        except HAUpgradeError as error:
            end = failed_end(
                loop, str(error), "mend it; haupgrade run looks at the members, goes on"
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the other pairs go on
            trace = traceback.format_exc()
            kept = or_why(
                lambda: f"kept as raw/{loop.campaign.put_raw(trace)}", "could not be kept"
            )
            what = f"internal error: {type(error).__name__}: {error}; {kept}"
            advice = "haupgrade run looks at the members and goes on; report this error"
            end = failed_end(loop, what, advice)
        self._tell(end)
        return end

    def _tell(self, event: Event) -> None:
        with self._telling:
            self._listener(event)
        self._notifier.take(event)


def redactor_for(project: Project) -> Redactor:
    """Knows every secret that the inventory holds for the project's hosts."""
    hosts = project.nr.inventory.hosts
    members = [member.name for config in project.pairs for member in config.members]
    return Redactor(secrets_of(hosts[name] for name in members))
