"""One pair's loop: decide, write it down, do it, write down what came of it."""

from __future__ import annotations

from threading import Event as Flag
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.answers import (
    Person,
    Policy,
    by_deadline,
    due_at,
    is_due,
    is_urgent,
)
from nornir_haupgrade.engines.endings import (
    ending_of,
    held_of,
    is_over_for_services,
    is_planned,
    is_question,
    question_of,
    said_of,
    silent_in,
)
from nornir_haupgrade.engines.events import (
    Answered,
    Ended,
    GoingOn,
    Held,
    Listener,
    PairEnd,
    RunEnded,
    RunStarted,
    Told,
)
from nornir_haupgrade.engines.owing import owed_of
from nornir_haupgrade.engines.switchovers import Switchover, switchovers_of
from nornir_haupgrade.errors import AnotherController, HAUpgradeError, Interrupted
from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.actions.context import Context
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.actions.writing import intents
from nornir_haupgrade.procedure.apply import apply
from nornir_haupgrade.procedure.borrowing import borrows
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    By,
    Choice,
    Command,
    Decided,
    Finish,
    Goal,
    Intent,
    Opened,
    Record,
    Result,
    Run,
    Started,
)
from nornir_haupgrade.procedure.results import unexplained
from nornir_haupgrade.procedure.state import State

if TYPE_CHECKING:
    from nornir_haupgrade.engines.evidence import PairEvidence
    from nornir_haupgrade.engines.store import Campaign
    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.procedure.plan import Plan

_WATCH = 0.5
"""Seconds between two looks at the history while a decision is waited for."""


class PairLoop:
    """Drives one pair from its history to an end or a hold. One thread calls ``drive``."""

    def __init__(
        self,
        pair: Pair,
        plan: Plan,
        campaign: Campaign,
        *,
        evidence: PairEvidence,
        policy: Policy,
        listener: Listener,
        person: Person | None,
        cancel: Flag,
        stop: Flag,
    ) -> None:
        self.pair = pair
        self.plan = plan
        self.campaign = campaign
        self.policy = policy
        self._tell = listener
        self._person = person
        self._cancel = cancel
        self._is_cancelled = False
        self._has_retried = False
        self._why = ""
        self._cause = ""
        self._seq = 0
        self.state = State()
        self.context = Context(
            pair,
            plan,
            evidence,
            self.state,
            Meter(pair.config, pair.run_site_task, pair.world),
            stop=stop,
            cancel=cancel,
            tell=lambda text: listener(Told(plan.pair, text)),
        )
        pair.heard = lambda member, command, said: self.context.raw.append(
            evidence.put_raw(f"{member}$ {command}\n{said}\n"),
        )

    def drive(self) -> PairEnd:
        """Until there is an end, a hold that nobody answers, or a person stops it."""
        self._catch_up()
        self.pair.recall(self.state.known)
        records = tuple(self.campaign.history.tail(self.plan.pair, 0))
        if any(isinstance(record, Started) for _, record in records):
            self._tell(GoingOn(self.plan.pair, self.campaign.id, records))
        try:
            self.context.meter.open()
            while True:
                decision = self._next()
                if isinstance(decision, Finish):
                    return self._ended(decision)
                if isinstance(decision, Run):
                    self._run(decision)
                elif not self._hold(decision):
                    return self._held(decision)
        except Interrupted:
            return self._interrupted()
        finally:
            self.context.meter.close()
            self.pair.close()

    def command(self, command: Command) -> None:
        """Set another goal before driving."""
        self._catch_up()
        self._append(command)

    # --- one thing after another ------------------------------------------------------------------

    def _next(self) -> Run | Ask | Finish:
        self._catch_up()
        if self._cancel.is_set() and not self._is_cancelled:
            self._is_cancelled = True
            if not isinstance(decide(self.plan, self.state), Finish):
                self._append(Command(Goal.CLOSE, self.policy.who, "interrupted"))
        return decide(self.plan, self.state)

    def _run(self, run: Run) -> None:
        self.context.state = self.state
        self.context.written.clear()
        said: tuple[Intent, ...] = ()
        if self.state.facts is not None and run.action is not Action.LOOK:
            try:
                said = intents(self.context, run, self.state.facts)
            except HAUpgradeError as error:
                if self._begin(Started(run)):
                    refused = Verdict(Status.FAIL, str(error))
                    self._end_run(Result(run, refused, self.state.facts))
                return
        if not self._begin(Started(run, borrows(self.plan, self.state, run), said)):
            return
        self._end_run(do(self.context, run))

    def _end_run(self, result: Result) -> None:
        run_id = self._run_id()
        self._append(result)
        self._tell(
            RunEnded(
                self.plan.pair,
                result.run,
                result.verdict,
                self.state.facts,
                run_id,
                frozenset(self.context.written),
                result,
            )
        )

    def _run_id(self) -> str:
        """The newest record, which is the beginning of the run."""
        return f"{self.campaign.id}/{self._seq}"

    def _hold(self, ask: Ask) -> bool:
        """Whether the hold was answered."""
        asked = self._asked(ask)
        # A person may take an hour: nothing is probed a hundred times a second meanwhile.
        self.context.meter.slow_down()
        answer = self._answer(asked)
        if answer is None:
            return False
        if isinstance(answer, Decided):
            self._append(answer)
            self._tell(Answered(self.plan.pair, answer.choice, answer.by, answer.why))
        return True

    def _asked(self, ask: Ask) -> Asked:
        for record in reversed(self.campaign.history.records(self.plan.pair)):
            if self.state.asked is not None and isinstance(record, Asked):
                self._tell(Held(self.plan.pair, record.ask, record.why, record.due))
                return record
        number = len(self.campaign.history.records(self.plan.pair))
        why = held_of(self.plan, ask, self.state, self._why, self._cause)
        asked = Asked(number, ask, due_at(ask, self.pair.world.utc_now()), why)
        self._append(asked)
        self._tell(Held(self.plan.pair, ask, asked.why, asked.due))
        return asked

    def _answer(self, asked: Asked) -> Decided | bool | None:
        """A decision; True if somebody else answered or cancelled; None if it stays held."""
        if self._has_changed():
            return True
        answer = self.policy.answer(asked, has_retried=self._has_retried)
        if answer is not None:
            self._has_retried |= answer.choice is Choice.RETRY
            return answer
        if is_due(asked, self.pair.world.utc_now()):
            return by_deadline(asked)
        if self._person is not None:
            choice = self._person(self.plan.pair, asked)
            if self._has_changed():
                return True
            if choice is not None:
                return Decided(asked.number, choice[0], By.PERSON, self.policy.who, choice[1])
            if is_due(asked, self.pair.world.utc_now()):
                return by_deadline(asked)
        if is_urgent(asked.ask, self.plan.switch_back_after):
            return self._await_deadline(asked)
        return None

    def _await_deadline(self, asked: Asked) -> Decided | bool:
        while not is_due(asked, self.pair.world.utc_now()):
            self.context.wait(_WATCH)
            if self._has_changed():
                return True
        return by_deadline(asked)

    def _has_changed(self) -> bool:
        before = self.state
        self._catch_up()
        is_cancelled = self._cancel.is_set() and not self._is_cancelled
        return self.state is not before or is_cancelled

    # --- the history ------------------------------------------------------------------------------

    def _append(self, record: Record) -> None:
        self.campaign.history.append(self.plan.pair, record)
        self._catch_up()

    def _begin(self, started: Started) -> bool:
        """Whether nobody spoke since this was decided: a cancel just now is honoured."""
        try:
            self.campaign.history.append(self.plan.pair, started, after=self._seq)
        except AnotherController:
            return False
        self._catch_up()
        begun = RunStarted(self.plan.pair, started.run, self._run_id(), started.intents)
        self._tell(begun)
        return True

    def _catch_up(self) -> None:
        """Take in what is new in the history: all of it at first, others' decisions later."""
        for seq, record in self.campaign.history.tail(self.plan.pair, self._seq):
            self._seq = seq
            self._take(record)

    def _take(self, record: Record) -> None:
        if isinstance(record, Opened):
            self.context.baseline = dict(record.baseline)
        if isinstance(record, Result):
            if record.run.action is Action.BASELINE and record.verdict.is_good:
                # The first measurement is the one from before our first write.
                self.context.baseline = self.context.baseline or dict(record.facts)
            foreign = unexplained(self.plan, self.state, record)
            self._why = said_of(foreign, record.seen) if foreign else record.verdict.reason
            if self.state.goal is Goal.UP and (foreign or not record.verdict.is_good):
                self._cause = self._why
        elif isinstance(record, Asked | Command) and not is_question(record):
            self._why = self._cause = record.why
        if isinstance(record, Decided) and is_over_for_services(self.state.asked, record.choice):
            self.context.meter.rest()
        self.state = apply(self.plan, self.state, record)

    # --- ends -------------------------------------------------------------------------------------

    def _end(self, end: PairEnd) -> PairEnd:
        self._tell(end)
        return end

    def _ended(self, finish: Finish) -> PairEnd:
        owed = owed_of(self.pair, self.state, finish.owed)
        return self._end(
            PairEnd(
                self.plan.pair,
                finish.outcome,
                ending_of(self.plan, self.state, finish.outcome, self._cause or self._why),
                campaign=self.campaign.id,
                facts=self.state.known,
                silent=silent_in(self.state.facts),
                owed=owed,
                switchovers=self._switchovers(),
                is_planned=is_planned(self.state, finish.outcome),
                head=self.campaign.history.head(self.plan.pair),
            ),
        )

    def _switchovers(self) -> tuple[Switchover, ...]:
        return switchovers_of(self.campaign.history.records(self.plan.pair))

    def _held(self, ask: Ask) -> PairEnd:
        choices = "|".join(ask.options)
        decide_line = f"haupgrade decide {self.campaign.id} {self.plan.pair} {choices} --reason ..."
        return self._end(
            PairEnd(
                self.plan.pair,
                Ended.HELD,
                question_of(ask) or self._why,
                campaign=self.campaign.id,
                facts=self.state.known,
                silent=silent_in(self.state.facts),
                owed=owed_of(self.pair, self.state, self.state.leases),
                switchovers=self._switchovers(),
                ask=ask,
                advice=f"{decide_line}, then haupgrade run again",
                head=self.campaign.history.head(self.plan.pair),
            ),
        )

    def _interrupted(self) -> PairEnd:
        return self._end(
            PairEnd(
                self.plan.pair,
                Ended.INTERRUPTED,
                "stopped by a person before the step's safe point",
                campaign=self.campaign.id,
                facts=self.state.known,
                silent=silent_in(self.state.facts),
                owed=owed_of(self.pair, self.state, self.state.leases),
                switchovers=self._switchovers(),
                advice="haupgrade run again looks at the members and goes on",
                head=self.campaign.history.head(self.plan.pair),
            ),
        )
