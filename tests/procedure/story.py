"""A pair's history, told record by record: the machine decides, the test says what came of it.

The pair is the explorer's abstract one: what a change does to it is written there, not taken from
the code that is tested here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nornir_haupgrade.model import ImageFile, Status, Switching, Verdict
from nornir_haupgrade.procedure.apply import apply
from nornir_haupgrade.procedure.borrowing import borrows
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Plan, Question, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    By,
    Choice,
    Command,
    Decided,
    Decision,
    Finish,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Opened,
    Record,
    Result,
    Run,
    Started,
    Step,
)
from nornir_haupgrade.procedure.state import State
from tests.explorer.effects import boot, effect, fresh
from tests.explorer.explore import plan_for
from tests.explorer.world import NAMES, Node, World, facts

GOOD = Verdict(Status.PASS, "good")
BAD = Verdict(Status.FAIL, "bad")
UNCLEAR = Verdict(Status.ERROR, "could not tell")
MANY = 100
"""Runs; no story is longer."""


@dataclass
class Story:
    """The plan, the pair and the sum of what was written down so far."""

    plan: Plan
    world: World
    state: State

    @property
    def decision(self) -> Decision:
        """What comes next."""
        return decide(self.plan, self.state)

    @property
    def run(self) -> Run:
        """What is done next."""
        assert isinstance(self.decision, Run), self.decision
        return self.decision

    @property
    def ask(self) -> Ask:
        """What is asked next."""
        assert isinstance(self.decision, Ask), self.decision
        return self.decision

    @property
    def finish(self) -> Finish:
        """How it ended."""
        assert isinstance(self.decision, Finish), self.decision
        return self.decision

    def write(self, record: Record) -> None:
        """One more record."""
        self.state = apply(self.plan, self.state, record)

    def starts(self) -> Run:
        """The record before the first byte goes out."""
        run = self.run
        self.write(Started(run, borrows(self.plan, self.state, run)))
        return run

    def happens(self, run: Run) -> None:
        """What a run does to the pair."""
        if run.action.is_change:
            self.world = effect(run, self.state, self.world, self.plan)
        if run.action is Action.RELOAD:
            self.boots(run.members[0])
        self.world = replace(self.world, is_synced=True)

    def works(self) -> Run:
        """The next run does what it should."""
        run = self.starts()
        self.happens(run)
        self.write(Result(run, GOOD, facts(self.world)))
        return run

    def fails(self, verdict: Verdict = BAD) -> Run:
        """The next run does nothing, and the members can be read."""
        run = self.starts()
        self.write(Result(run, verdict, facts(self.world)))
        return run

    def loses_reply(self, *, is_done: bool) -> Run:
        """The next run was sent; nothing is known of what came of it."""
        run = self.starts()
        if is_done:
            self.happens(run)
        self.write(Result(run, UNCLEAR, None))
        return run

    def is_stale(self) -> Run:
        """The next run is not sent: the members were not as they were when it was decided."""
        run = self.starts()
        self.write(Result(run, UNCLEAR, facts(self.world), is_stale=True))
        return run

    def until(self, is_next: Callable[[Decision], bool]) -> list[Run]:
        """All works, up to a decision; the runs that were done."""
        done: list[Run] = []
        for _ in range(MANY):
            if is_next(self.decision):
                return done
            done.append(self.works())
        raise AssertionError(self.decision)

    def before(self, action: Action, step: Step | None = None) -> Run:
        """All works, up to a run."""

        def is_next(decision: Decision) -> bool:
            return (
                isinstance(decision, Run)
                and decision.action is action
                and step in {None, decision.step}
            )

        self.until(is_next)
        return self.run

    def after(self, action: Action, step: Step | None = None) -> Run:
        """All works, also a run."""
        self.before(action, step)
        return self.works()

    def to_the_end(self) -> list[Run]:
        """All works; nothing is asked."""
        return self.until(lambda decision: not isinstance(decision, Run))

    def looks(self) -> None:
        """Both members are read."""
        assert self.run.action is Action.LOOK
        self.works()

    def shows(self, number: int = 1) -> Ask:
        """The hold is shown to people."""
        ask = self.ask
        self.write(Asked(number, ask, None))
        return ask

    def answers(self, choice: Choice, by: By = By.PERSON, number: int = 1) -> None:
        """The hold is shown and answered."""
        assert choice in self.shows(number).options
        self.write(Decided(number, choice, by))

    def commands(self, goal: Goal, until: Step | None = None) -> None:
        """A person sets another goal."""
        self.write(Command(goal, until=until))

    def node(self, name: str, **changes: object) -> None:
        """Something happens to a member by itself."""
        self.world = self.world.node(NAMES.index(name), **changes)

    def moves_to(self, name: str | None) -> None:
        """The role moves by itself."""
        self.world = replace(self.world, active=NAMES.index(name) if name else None)

    def boots(self, name: str) -> None:
        """A member comes up again."""
        at = NAMES.index(name)
        self.world = boot(self.world, at, fresh(self.state, self.world))


def story(
    traits: Traits = Traits(),  # noqa: B008 - frozen
    *,
    hops: int = 1,
    preempts: bool = True,
    ahead: str | None = None,
    until: Step | None = None,
    questions: tuple[Question, ...] = (),
    has_images: bool = True,
    **plan: Any,  # noqa: ANN401 - any field
) -> Story:
    """A pair whose run was just opened: ``a`` is active; ``ahead`` names who is a version ahead."""
    planned = plan_for(traits, hops=hops, questions=questions)
    images = tuple(ImageFile(version, f"/i/{version}", "ab" * 32, 9) for version in planned.path)
    planned = replace(planned, images=images if has_images else (), **plan)
    nodes = [Node(preempts=preempts), Node()]
    if ahead is not None:
        at = NAMES.index(ahead)
        nodes[at] = replace(nodes[at], version=1, next=1, installed=frozenset({0, 1}), committed=1)
    world = World(
        nodes=(nodes[0], nodes[1]),
        active=0,
        takes=traits.switching is Switching.TAKE,
        has_trials=traits.needs_commit,
    )
    return Story(planned, world, apply(planned, State(), Opened(planned, Goal.UP, until)))


def is_kind(kind: Kind) -> Callable[[Decision], bool]:
    """Whether a decision is a hold of a kind."""
    return lambda decision: isinstance(decision, Ask) and decision.kind is kind


PREEMPTION = Lease(LeaseKind.PREEMPTION, "a")


def latch(member: str) -> Lease:
    return Lease(LeaseKind.LATCH, member)


def boot_of(member: str) -> Lease:
    return Lease(LeaseKind.BOOT, member)


def after_step_6() -> Story:
    """``a`` runs the new version and forwards; services have not been proven on it yet."""
    pair = story()
    pair.before(Action.SERVICES, Step.SWITCH_OVER)
    pair.after(Action.SWITCH, Step.SWITCH_OVER)
    pair.after(Action.RELEASE, Step.SWITCH_OVER)
    assert pair.run.action is Action.SERVICES
    return pair


def after_proof() -> Story:
    """The same with its services proven: step 7 is next."""
    pair = after_step_6()
    pair.works()
    assert pair.run.step is Step.UPGRADE_OTHER
    return pair


def found(pair: Story) -> Story:
    """Somebody asks to look again, and that is what is there."""
    run = pair.starts()
    pair.write(Result(run, GOOD, facts(pair.world)))
    return pair
