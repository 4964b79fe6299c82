"""Replies of routers that are lost, services that die, controllers that are killed or stopped."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from nornir_haupgrade.engines.answers import Person
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Ended, Event, RunStarted
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from nornir_haupgrade.procedure.records import Action, Choice, Kind, LeaseKind, Outcome, Step
from tests.end_to_end.killing import Kill, random_kills, survives
from tests.end_to_end.rig import Rig, Scenario, together
from tests.end_to_end.router_rig import NEW, OLD, ORDER, RouterRig, routers, routers_of

BUNDLE: Final = RouterSpec(mode=SoftwareMode.BUNDLE)
SHORT: Final = {"reload_timeout": 5, "settle_timeout": 2}
BOTH: Final = {"MASTER", "BACKUP"}
LAST: Final = "vrrp 30 preempt"
"""The last line with which the role is taken."""


def done_once(*commands: str, kind: str = "reply_lost", member: str | None = "p1a") -> Scenario:
    """The line drops: what it came to is looked at, and nothing is done twice."""

    def scenario(rig: Rig) -> None:
        rig = routers_of(rig)
        for command in commands:
            rig.fault(kind, member, command=command)
        end = rig.run()
        assert end.end is Outcome.DONE, end.reason
        rig.home_proof(runs=(NEW, NEW))
        rig.audit_proof()

    return scenario


def again(times: int) -> Person:
    """A person who has looked at it, so many times."""
    left = iter(range(times))
    return lambda _, __: (Choice.RETRY, "looked at it") if next(left, None) is not None else None


def held_then_done(
    command: str,
    kind: str,
    member: str,
    *,
    hold: Kind,
    mend: Callable[[RouterRig], object] = lambda _: None,
) -> Scenario:
    """It cannot be told, or only half of it was done: a person looks, and has it gone on with."""

    def scenario(rig: Rig) -> None:
        rig = routers_of(rig)
        rig.fault(kind, member, command=command)
        end = rig.run()
        assert end.end is Ended.HELD, end
        assert end.ask is not None
        assert end.ask.kind is hold, end.reason
        assert Choice.CONTINUE not in end.ask.options
        mend(rig)
        end = rig.run(person=again(3))
        assert end.end is Outcome.DONE, end.reason
        rig.home_proof(runs=(NEW, NEW))
        rig.audit_proof(times={"take": 2}, fault_gaps=True)

    return scenario


def taken_by_hand(rig: RouterRig) -> None:
    """The rest of the lines that the intent names, typed by a person."""
    lines = ["configure terminal"]
    for number, word in ((2, "standby 10"), (3, "standby 20"), (4, "vrrp 30")):
        lines += [f"interface GigabitEthernet{number}", f"{word} preempt"]
    taker = next(name for name, found in rig.group_lines.items() if "priority 254" in str(found))
    rig.lab.run(taker, "\n".join([*lines, "end"]))
    rig.lab.wait_until(lambda lab: lab.state(taker).role == "MASTER")
    rig.lab.wait_until(
        lambda lab: {one.role for one in lab.states.values()} == {"MASTER", "BACKUP"}
    )


LOST: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "switchover": (done_once(LAST, member="p1b"), routers(preempt=False)),
    "activate": (done_once("install activate"), routers()),
}
MORE_LOST: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "add-and-commit": (done_once("install add", "install commit"), routers()),
    "reload": (done_once("reload"), routers(setup=BUNDLE)),
    "chosen": (done_once("write memory"), routers(setup=BUNDLE)),
    "add-not-done": (done_once("install add", kind="cut_line"), routers()),
    "commit-not-done": (done_once("install commit", kind="cut_line"), routers()),
    "activate-not-done": (done_once("install activate", kind="cut_line"), routers(settings=SHORT)),
    "switchover-not-done": (
        held_then_done("standby 10 priority 254", "cut_line", "p1b", hold=Kind.UNCLEAR),
        routers(settings=SHORT),
    ),
    "switchover-half": (
        held_then_done(
            "standby 20 preempt", "cut_line", "p1b", hold=Kind.UNCLEAR, mend=taken_by_hand
        ),
        routers(settings=SHORT),
    ),
}


def test_a_lost_line_is_no_answer(tmp_path: Path) -> None:
    together(tmp_path, LOST)


@pytest.mark.prove
@pytest.mark.parametrize("names", [list(MORE_LOST)[:4], list(MORE_LOST)[4:]], ids="+".join)
def test_more_lost_lines(tmp_path: Path, names: list[str]) -> None:
    together(tmp_path, {name: MORE_LOST[name] for name in names})


# --- services -------------------------------------------------------------------------------------


def after_6(rig: Rig) -> None:
    """HSRP says active, the data plane is dead: the role goes back by itself, the pair is held."""
    rig = routers_of(rig)
    rig.fault("data_dead", "p1a", on="install activate", is_after_effect=True)
    end = rig.run()
    assert end.end is Ended.HELD, end
    assert [asked.ask.kind for asked in rig.held if asked.ask.question is None] == [
        Kind.SERVICES_BAD,
        Kind.SWITCHED_BACK,
    ]
    assert rig.roles == ("BACKUP", "MASTER")
    end = rig.run(on_hold=Choice.PARK)
    assert end.end is Outcome.PARKED
    assert {owed.lease.kind for owed in end.owed} == {LeaseKind.PREEMPTION}
    assert rig.versions == (NEW, OLD)
    rig.audit_proof(is_dead=True, times={"take": 2})


def trial(rig: Rig) -> None:
    """Nothing is upgraded: the role goes home, and the pair is as it was."""
    rig = routers_of(rig)
    rig.fault("data_dead", "p1b")
    end = rig.run()
    assert end.end is Outcome.NOT_STARTED
    assert "shop: worked before" in end.reason
    assert end.owed == ()
    rig.home_proof(runs=(OLD, OLD))
    proof = rig.audit_proof(is_dead=True)
    assert proof.effects("take", "install", "reboot") == [("take", "p1b"), ("take", "p1a")]


@pytest.mark.prove
def test_dead_services_bring_the_role_back(tmp_path: Path) -> None:
    together(tmp_path, {"after-6": (after_6, routers()), "trial": (trial, routers())})


# --- a controller that dies -----------------------------------------------------------------------

CHANGES: Final = [at for at, (_, action) in enumerate(ORDER, start=1) if action.is_change]
RUNS: Final = len(ORDER)


def number(step: Step, action: Action) -> int:
    """Which run this is, counted from 1."""
    return ORDER.index((step, action)) + 1


AGAIN: Final = {"times": {"take": 2}}
"""Who was cut off before a group moved gives up the claim, and takes the role anew."""


def mended(rig: Rig, reason: str) -> dict[str, Any]:
    """A switchover that was cut in its midst is for a person to complete; nothing else is held."""
    assert "mixed" in reason, reason
    taken_by_hand(routers_of(rig))
    return {"fault_gaps": True}


def _survived(folder: Path, kills: list[Kill]) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(
            lambda item: survives(
                folder / str(item[0]), item[1], mend=mended, allowed=AGAIN, **routers()
            ),
            list(enumerate(kills)),
        )
        wrong = [text for text in found if text is not None]
    print(f"{len(kills) - len(wrong)} of {len(kills)} kills survived")
    assert not wrong, "\n\n".join(wrong)


def test_killed_inside_what_matters_most(tmp_path: Path) -> None:
    wanted = (
        (Step.TRIAL, Action.SWITCH, 0.3),
        (Step.UPGRADE_STANDBY, Action.RELOAD, 0.5),
    )
    kills = [Kill(run=number(step, action), delay=delay) for step, action, delay in wanted]
    _survived(tmp_path, kills)


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", CHANGES)
def test_killed_inside_each_change(tmp_path: Path, run: int) -> None:
    """At its start, twice in its course, and when it is done and not yet written down."""
    kills = [Kill(run=run), Kill(run=run, delay=0.15), Kill(run=run, delay=0.4)]
    _survived(tmp_path, [*kills, Kill(before=_record_of(run))])


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_killed_at_random_moments(tmp_path: Path) -> None:
    _survived(tmp_path, random_kills(seed=3, number=12, runs=RUNS))


def _record_of(run: int) -> int:
    """The number of a run's result: the two named questions take two records each."""
    questions = 4 if run > number(Step.PREPARE, Action.READINESS) else 0
    return 1 + questions + 2 * run


# --- a person who stops it ------------------------------------------------------------------------


def run_with(rig: Rig, at: int, *, is_stop: bool = False) -> Outcome | Ended:
    """Upgrade, and press Ctrl-C when the run of this number begins."""
    begun: list[RunStarted] = []
    engines: list[LocalEngine] = []

    def press(event: Event) -> None:
        if isinstance(event, RunStarted):
            begun.append(event)
            if len(begun) == at:
                engines[0].cancel.set()
                if is_stop:
                    engines[0].stop.set()

    engines.append(rig.engine(listener=press))
    return rig.ended(engines[0].run(Errand(to=NEW))).end


def cancelled(at: int) -> Scenario:
    """The running step reaches its safe point; on trial is either committed or owed."""

    def scenario(rig: Rig) -> None:
        rig = routers_of(rig)
        end = run_with(rig, at)
        expected = {(OLD, OLD): {Outcome.NOT_STARTED}, (NEW, OLD): {Outcome.PARKED}}
        assert end in expected.get(rig.versions, {Outcome.PARKED, Outcome.DONE}), end
        owed = {(str(owed.lease.kind), owed.lease.member) for owed in rig.ends[-1].owed}
        on_trial = {
            ("software-trial", name)
            for name, state in rig.lab.states().items()
            if state.is_on_trial
        }
        assert {one for one in owed if one[0] == "software-trial"} == on_trial
        assert not {one for one in owed if one[0] == "latch"}
        rig.audit_proof(times={"take": 2})
        if end is not Outcome.DONE:
            assert rig.run().end is Outcome.DONE, rig.story
        rig.home_proof(runs=(NEW, NEW))
        rig.audit_proof(times={"take": 3})

    return scenario


def stopped(at: int) -> Scenario:
    """Pressed twice: nothing is waited for, and the next run looks at what is there."""

    def scenario(rig: Rig) -> None:
        rig = routers_of(rig)
        end = run_with(rig, at, is_stop=True)
        assert end in {Ended.INTERRUPTED, Outcome.NOT_STARTED, Outcome.PARKED}
        for _ in range(2):
            if rig.run().end is Outcome.DONE:
                break
        rig.home_proof(runs=(NEW, NEW))
        rig.audit_proof(times={"take": 3})

    return scenario


def _pressed(runs: list[int], press: Callable[[int], Scenario]) -> dict[str, Any]:
    return {f"{press.__name__}-{at}": (press(at), routers()) for at in runs}


def test_interrupted_while_a_member_reloads(tmp_path: Path) -> None:
    reload = number(Step.UPGRADE_STANDBY, Action.RELOAD)
    together(tmp_path, _pressed([reload], cancelled))


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, len(CHANGES), 3))
def test_interrupted_in_every_change(tmp_path: Path, first: int) -> None:
    runs = CHANGES[first : first + 3]
    together(tmp_path, _pressed(runs, cancelled))
    for at in runs:
        (tmp_path / f"cancelled-{at}").rename(tmp_path / f"was-cancelled-{at}")
    together(tmp_path, _pressed(runs, stopped))
