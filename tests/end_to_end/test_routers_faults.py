"""Each fault of a router: where the pair is held, what is said about it, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from nornir_haupgrade.procedure.records import Choice, Kind, LeaseKind, Outcome
from tests.end_to_end.rig import Rig, Scenario, together
from tests.end_to_end.router_rig import NEW, OLD, routers, routers_of

AT_ONCE: Final = 5
SHORT: Final = {"reload_timeout": 5, "settle_timeout": 2}
"""For what is waited for in vain."""
BUNDLE: Final = RouterSpec(mode=SoftwareMode.BUNDLE)
TAKING: Final = "standby 10 priority 254"
ACTIVATE: Final = "install activate"
AGAIN: Final = {"install": 2, "reboot": 2, "take": 3, "commit": 2}
PREEMPTION: Final = {("preemption", "p1a"), ("preemption", "p1b")}
TRIAL: Final = {("software-trial", "p1a")}

Arm = Callable[[Rig], object]


@dataclass(frozen=True)
class Case:
    """A fault, and what must come of it.

    Attributes:
        arm: Sets the fault.
        kind: Why the pair is held first.
        says: What the hold says, as a regular expression.
        then: How the hold is answered.
        end: How it ends then; None: any way.
        runs: What p1a and p1b run at the end.
        owed: (kind, member) of what is owed at the end; None: that depends on the moment.
        mends: Done before the hold is answered.
        has_continue: Whether a person may accept it.
        allowed: What the proof is told about the fault.
        given: Settings of ``routers``.
        in_test: Whether it is played by ``make test``.
    """

    arm: Arm
    kind: Kind
    says: str
    then: Choice = Choice.PARK
    end: Outcome | Ended | None = Outcome.NOT_STARTED
    runs: tuple[str, str] = (OLD, OLD)
    owed: set[tuple[str, str]] | None = field(default_factory=set)
    mends: Arm | None = None
    has_continue: bool = False
    allowed: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    in_test: bool = False


def fault(name: str, member: str | None = None, **details: Any) -> Arm:  # noqa: ANN401
    return lambda rig: rig.fault(name, member, **details)


def trial_over(rig: Rig) -> None:
    """While it is held the timer ends, and the router goes back by itself."""
    rig.fault("trial_ends", "p1a")
    rig.lab.wait_until(lambda lab: lab.state("p1a").version == OLD)
    rig.lab.wait_until(lambda lab: lab.state("p1a").role == "BACKUP")


def healed(name: str) -> Arm:
    return lambda rig: rig.lab.heal(name)


SHORTLY: Final = {"settings": SHORT}

CASES: Final = {
    # software
    "install-refused": Case(
        fault("install_fails", "p1a"),
        Kind.REFUSED,
        r"p1/p1a: the device refuses 'install add file .*': FAILED: install_add : .*verification",
    ),
    "activate-refused": Case(
        fault("unsaved_changes", "p1a", on=ACTIVATE),
        Kind.CHANGED,
        r"someone else acted: p1a: config was",
        then=Choice.RETRY,
        mends=healed("unsaved_changes"),
        end=Outcome.DONE,
        runs=(NEW, NEW),
    ),
    "disk-full": Case(
        fault("disk_full", "p1b"),
        Kind.GATE,
        r"p1b: 0 bytes free, \d+ needed",
        given=SHORTLY,
    ),
    "disk-full-later": Case(
        fault("disk_full", "p1a", on="install add"),
        Kind.REFUSED,
        r"p1/p1a: the device refuses 'install add .*not enough space",
    ),
    "corrupt-upload": Case(
        fault("corrupt_upload", "p1a"),
        Kind.REFUSED,
        r"p1/p1a: c8000v.* on the device is not what was sent.*nothing was installed",
        in_test=True,
    ),
    "corrupt-upload-bundle": Case(
        fault("corrupt_upload", "p1a"),
        Kind.REFUSED,
        r"p1/p1a: c8000v.* on the device is not what was sent.*nothing was installed",
        given={"setup": BUNDLE},
    ),
    "scp-off": Case(
        fault("scp_disabled", "p1a"),
        Kind.REFUSED,
        r"p1/p1a: the device takes no files: its SCP server is off\. Next: configure `ip scp",
        allowed={"is_touched": True},
    ),
    "unsaved": Case(
        fault("unsaved_changes", "p1b"),
        Kind.GATE,
        r"p1b: 1 lines are not saved: \+ logging buffered 65536; save or revert them first",
        mends=healed("unsaved_changes"),
    ),
    "old-image": Case(
        fault("old_image_after_reboot", "p1a"),
        Kind.MEMBER_BAD,
        rf"p1a runs the old version {OLD} after the reboot, not {NEW}",
        given=SHORTLY,
    ),
    "old-image-bundle": Case(
        fault("old_image_after_reboot", "p1a"),
        Kind.MEMBER_BAD,
        rf"p1a runs the old version {OLD} after the reboot, not {NEW}",
        given=SHORTLY | {"setup": BUNDLE},
    ),
    "never-boots": Case(
        fault("never_boots", "p1a"),
        Kind.MEMBER_BAD,
        r"p1a did not come back: .*refused the connection",
        end=None,
        owed=PREEMPTION | TRIAL | {("boot-selection", "p1a")},
        given=SHORTLY,
        in_test=True,
    ),
    "boots-without-hsrp": Case(
        fault("boot_without_ha", "p1a"),
        Kind.MEMBER_BAD,
        r"p1a: HA did not come up",
        then=Choice.ROLL_BACK,
        end=Outcome.ROLLED_BACK,
        given=SHORTLY,
        allowed={"times": AGAIN},
    ),
    "commit-lost": Case(
        fault("commit_lost", "p1a"),
        Kind.REFUSED,
        rf"p1a does not keep {NEW}: it runs {NEW}, on trial",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        owed=PREEMPTION | TRIAL,
        in_test=True,
    ),
    "commit-lost-once": Case(
        fault("commit_lost", "p1a", times=1),
        Kind.REFUSED,
        rf"p1a does not keep {NEW}: it runs {NEW}, on trial",
        then=Choice.RETRY,
        end=Outcome.DONE,
        runs=(NEW, NEW),
        allowed={"times": {"commit": 2}},
    ),
    # The router goes back while a person thinks: that is no work of ours.
    "trial-over": Case(
        fault("config_lines_lost", "p1a", version=NEW),
        Kind.MEMBER_BAD,
        r"p1a lost 1 line: .*ip route 198.51.100.128",
        then=Choice.CONTINUE,
        has_continue=True,
        mends=trial_over,
        end=Ended.HELD,
        owed=PREEMPTION,
        given=SHORTLY,
        in_test=True,
    ),
    # roles
    "one-group-moves": Case(
        fault("one_group_moves", on="install add", is_after_effect=True),
        Kind.CHANGED,
        r"someone else acted: .*role was",
        end=None,
        owed=PREEMPTION,
        allowed={"fault_gaps": True},
        given=SHORTLY,
    ),
    "one-group-moves-before": Case(
        fault("one_group_moves"),
        Kind.ROLE_UNKNOWN,
        rf"p1a mixed {OLD}, p1b mixed {OLD}",
        end=None,
        given=SHORTLY | {"preempt": False},
        allowed={"fault_gaps": True},
    ),
    "priority-high": Case(
        fault("peer_priority_high", "p1a", group=20),
        Kind.REFUSED,
        r"GigabitEthernet3 standby 20 cannot take the role: \S+ holds it with priority 255, and"
        r" 254 would be claimed. Next: give the holder a lower priority",
        end=None,
        allowed={"is_touched": True},
        in_test=True,
    ),
    "switch-refused": Case(
        fault("switch_refused", "p1b", command="standby 10 priority"),
        Kind.REFUSED,
        r"p1/p1b: the device refuses 'standby 10 priority 254': Command authorization failed",
    ),
    "switch-refused-half": Case(
        fault("switch_refused", "p1b", command="standby 20 priority"),
        Kind.REFUSED,
        r"p1/p1b: the device refuses 'standby 20 priority 254': .*not saved",
    ),
    "release-refused": Case(
        fault("refuse_functional", "p1b", command="no standby 10 preempt"),
        Kind.REFUSED,
        r"p1/p1b: the device refuses 'no standby 10 preempt': Command authorization failed",
        end=None,
        owed={("latch", "p1b")},
        given={"preempt": False},
    ),
    "hand-switchover": Case(
        fault("hand_switchover", on="install add"),
        Kind.CHANGED,
        r"someone else acted: .*p1a: config was",
        mends=lambda rig: rig.lab.wait_until(lambda lab: lab.state("p1a").role == "MASTER"),
        end=None,
        owed=None,  # whether they had p1a preempt again by the time that it was read
        allowed={"fault_gaps": True, "is_touched": True},
        given=SHORTLY,
        in_test=True,
    ),
    "hand-config": Case(
        fault("hand_config_change", "p1b", on="install add"),
        Kind.CHANGED,
        r"someone else acted: .*p1b: config was",
        end=None,
        owed=PREEMPTION,
    ),
    "another-login": Case(
        fault("another_login", "p1b", on="install add"),
        Kind.CHANGED,
        r"p1b: administrators logged in was 0, is 1",
        end=None,
        owed=PREEMPTION,
    ),
    "both-speak": Case(
        fault("adverts_lost", on="install add", is_after_effect=True),
        Kind.CHANGED,
        r"someone else acted: .*role was",
        end=None,
        owed=PREEMPTION,
        mends=healed("adverts_lost"),
        allowed={"fault_gaps": True},
        given=SHORTLY,
    ),
    "the-standby-dies-after-6": Case(
        fault("crash", "p1b", on="install add", by="p1b"),
        Kind.UNREACHABLE,
        r"p1b: p1/p1b: .*refused",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        owed=PREEMPTION,
        given=SHORTLY,
    ),
    "crash-of-the-active": Case(
        fault("crash", "p1b", on=ACTIVATE, after=0.3, is_after_effect=True),
        Kind.MEMBER_BAD,
        r"p1a: took the active role, which nobody asked for",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        owed=PREEMPTION | TRIAL,
        allowed={"fault_gaps": True},
        given=SHORTLY,
    ),
}


def scenario_of(case: Case) -> Scenario:
    def scenario(rig: Rig) -> None:
        rig = routers_of(rig)
        case.arm(rig)
        end = rig.run()
        assert end.end is Ended.HELD, end
        assert end.ask is not None
        assert end.ask.kind is case.kind, (end.ask.kind, end.reason)
        assert re.search(case.says, end.reason), end.reason
        assert f"haupgrade decide {end.campaign} p1" in end.advice
        assert (Choice.CONTINUE in end.ask.options) == case.has_continue
        assert case.then in end.ask.options
        if case.mends is not None:
            case.mends(rig)

        end = rig.run(on_hold=case.then)
        assert case.end in {None, end.end}, end
        assert rig.versions == case.runs
        owed = {(str(owed.lease.kind), owed.lease.member) for owed in end.owed}
        assert case.owed is None or owed == case.owed, owed
        for one in end.owed:
            # What boots next is the other side of a trial, which `install commit` ends.
            assert one.reason
            assert one.commands or one.lease.kind is LeaseKind.BOOT
        rig.audit_proof(**case.allowed)

    return scenario


def _batches(*, in_test: bool) -> list[list[str]]:
    names = [name for name, case in CASES.items() if case.in_test is in_test]
    return [names[first : first + AT_ONCE] for first in range(0, len(names), AT_ONCE)]


def _play(folder: Path, names: list[str]) -> None:
    together(
        folder, {name: (scenario_of(CASES[name]), routers(**CASES[name].given)) for name in names}
    )


@pytest.mark.parametrize("names", _batches(in_test=True), ids="+".join)
def test_a_fault_holds_the_pair_and_says_why(tmp_path: Path, names: list[str]) -> None:
    _play(tmp_path, names)


@pytest.mark.prove
@pytest.mark.parametrize("names", _batches(in_test=False), ids="+".join)
def test_more_faults_hold_the_pair_and_say_why(tmp_path: Path, names: list[str]) -> None:
    _play(tmp_path, names)
