"""Each fault: where the pair is held, what is said about it, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import write_image
from nornir_haupgrade.procedure.records import (
    Action,
    Asked,
    Choice,
    Kind,
    Outcome,
    Result,
)
from tests.end_to_end.rig import NEW, OLD, Rig, Scenario, together

AT_ONCE: Final = 5
SHORT: Final = {"reload_timeout": 4, "settle_timeout": 1.5, "sessions_timeout": 1.5}
"""For what is waited for in vain."""
BACK: Final = {"reboot": 2, "suspend": 3}

Arm = Callable[[Rig], object]


@dataclass(frozen=True)
class Case:
    """A fault, and what must come of it.

    Attributes:
        arm: Sets the fault.
        kind: Why the pair is held first.
        says: What the hold says, as a regular expression.
        then: How the hold is answered.
        end: How it ends then; None: see below.
        runs: What p1a and p1b run at the end.
        allowed: What the proof is told about the fault.
        has_continue: Whether a person may accept it.
    """

    arm: Arm
    kind: Kind
    says: str
    then: Choice = Choice.PARK
    end: Outcome | None = Outcome.NOT_STARTED
    runs: tuple[str, str] = (OLD, OLD)
    settings: dict[str, Any] = field(default_factory=dict)
    allowed: dict[str, Any] = field(default_factory=dict)
    has_continue: bool = False


def fault(name: str, member: str | None = None, **details: Any) -> Arm:  # noqa: ANN401
    return lambda rig: rig.fault(name, member, **details)


def truncated(rig: Rig) -> None:
    """Its checksum is right, and no loader mounts it."""
    rig.sha256 = write_image(rig.image, NEW, truncated=True)
    rig.write()


def both_crash(rig: Rig) -> None:
    for name in ("p1a", "p1b"):
        rig.fault("crash", name, on="fwctl image boot")


def in_the_inventory(rig: Rig) -> None:
    rig.members["p1b"] = {"identity": "0" * 32}
    rig.write()


CASES: Final = {
    # the software of the standby
    "boot-without-ha": Case(
        fault("boot_without_ha", "p1a"),
        Kind.MEMBER_BAD,
        r"p1a: HA did not come up",
        then=Choice.ROLL_BACK,
        end=Outcome.ROLLED_BACK,
        settings=SHORT,
        allowed={"times": BACK},
    ),
    "old-image-after-reboot": Case(
        fault("old_image_after_reboot", "p1a"),
        Kind.MEMBER_BAD,
        rf"p1a runs the old version {OLD} after the reboot, not {NEW}",
        settings=SHORT,
    ),
    "truncated-image": Case(
        truncated,
        Kind.MEMBER_BAD,
        rf"p1a runs the old version {OLD} after the reboot",
        settings=SHORT,
    ),
    "never-boots": Case(
        fault("never_boots", "p1a"),
        Kind.MEMBER_BAD,
        r"p1a did not come back: .*refused the connection",
        end=None,
        settings=SHORT,
    ),
    "disk-full": Case(
        fault("disk_full", "p1b"), Kind.GATE, r"p1b: 0 bytes free, \d+ needed", settings=SHORT
    ),
    "disk-full-later": Case(
        fault("disk_full", "p1b", on="fwctl backup original", by="p1b", is_after_effect=True),
        Kind.REFUSED,
        r"p1/p1b: no space for fw-13.img: it needs \d+ bytes, free are 0. Next: remove",
    ),
    "backup-refused": Case(
        fault("disk_full", "p1b", on="fwctl backup original"),
        Kind.REFUSED,
        r"p1/p1b: the device refuses 'fwctl backup original': not enough space on /flash",
    ),
    "corrupt-upload": Case(
        fault("corrupt_upload", "p1a"),
        Kind.REFUSED,
        r"p1/p1a: fw-13.img on the device is not what was sent.*nothing was installed",
    ),
    "install-fails": Case(
        fault("install_fails"), Kind.REFUSED, r"p1/p1a: the device refuses .*installation failed"
    ),
    "config-lines-lost": Case(
        fault("config_lines_lost", "p1a", version=NEW),
        Kind.MEMBER_BAD,
        r"p1a lost 1 line: .*service 7001",
        then=Choice.CONTINUE,
        end=Outcome.DONE,
        runs=(NEW, NEW),
        has_continue=True,
    ),
    # sessions and configuration
    "sessions-never-sync": Case(
        fault("sessions_never_sync", "p1a", on="fwctl reboot"),
        Kind.GATE,
        r"p1a holds 0 of the \d+ sessions of p1b.*shop: 40 of 40 missing on p1a",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        settings=SHORT,
        has_continue=True,
    ),
    "report-differs": Case(
        fault("report_differs", on="fwctl ha sync-config", is_after_effect=True),
        Kind.GATE,
        r"not in sync.*shared/objects.conf differs between p1a and p1b",
        has_continue=True,
    ),
    "sync-stuck": Case(
        fault("sync_stuck"), Kind.REFUSED, r"p1/p1a: the device refuses .*peer does not answer"
    ),
    "ha-link-down": Case(
        fault("ha_link_down", on="fwctl image boot"),
        Kind.GATE,
        r"p1a holds 0 of the \d+ sessions of p1b",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        settings=SHORT,
        has_continue=True,
    ),
    "ha-link-down-before": Case(
        fault("ha_link_down"), Kind.GATE, r"p1a: its HA link is down; p1b: its HA link is down"
    ),
    # roles
    "crash-of-the-active": Case(
        fault("crash", "p1b", on="fwctl reboot", after=0.1, is_after_effect=True),
        Kind.UNREACHABLE,
        r"p1b: no answer|p1b: p1/p1b: .*refused",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "both-die": Case(
        both_crash,
        Kind.UNREACHABLE,
        r"p1a: .*p1b: ",
        end=Outcome.FAILED,
        settings=SHORT,
        allowed={"fault_gaps": True, "is_left_down": True},
    ),
    "the-standby-dies-after-6": Case(
        fault("crash", "p1b", on="fwctl image install", by="p1b"),
        Kind.UNREACHABLE,
        r"p1b: p1/p1b: .*refused",
        end=Outcome.PARKED,
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "switch-refused": Case(
        fault("switch_refused"), Kind.REFUSED, r"p1/p1a: the device refuses .*cannot suspend"
    ),
    "release-refused": Case(
        fault("refuse_functional"),
        Kind.REFUSED,
        r"p1/p1a: the device refuses .*cannot leave the suspended state",
    ),
    # somebody else
    "hand-switchover": Case(
        fault("hand_switchover", on="fwctl image install"),
        Kind.CHANGED,
        r"someone else acted: .*p1b: role was active",
        allowed={"fault_gaps": True},
    ),
    "hand-config-change": Case(
        fault("hand_config_change", on="fwctl image install"),
        Kind.CHANGED,
        r"someone else acted: p1b: config was",
    ),
    "preemption-turned-on": Case(
        fault("preempt_turned_on", "p1a", on="fwctl image install"),
        Kind.CHANGED,
        r"p1a: preemption was off, is on",
        allowed={"fault_gaps": True},
    ),
    "another-login": Case(
        fault("another_login", on="fwctl image install"),
        Kind.CHANGED,
        r"p1b: administrators logged in was 0, is 1",
    ),
    # the way to a member, while it reboots
    "login-refused-later": Case(
        fault("login_refused", "p1a", on="fwctl reboot"),
        Kind.MEMBER_BAD,
        r"p1/p1a: .*refuses the login. Next: check user and password",
        end=None,
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "host-key-changed-later": Case(
        fault("host_key_changed", "p1a", on="fwctl reboot"),
        Kind.MEMBER_BAD,
        r"p1/p1a: .*offers an ssh-ed25519 key.*another device may have taken the address",
        end=None,
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "mute-later": Case(
        fault("mute", "p1a", on="fwctl reboot"),
        Kind.MEMBER_BAD,
        r"p1/p1a: .*(timed out while waiting for the SSH banner|but no SSH banner comes)",
        end=None,
        runs=(NEW, OLD),
        settings=SHORT | {"connect_timeout": 1},
    ),
    "wrong-device-later": Case(
        fault("wrong_device", "p1a", on="fwctl reboot"),
        Kind.CHANGED,
        r"p1a: identity was \w+, is 0+1",
        end=Outcome.FAILED,
        runs=(NEW, OLD),
        settings=SHORT,
    ),
}


def scenario_of(case: Case) -> Scenario:
    def scenario(rig: Rig) -> None:
        case.arm(rig)
        end = rig.run()
        assert end.pair == "p1"
        assert end.end is Ended.HELD, end.end
        assert end.ask is not None
        assert end.ask.kind is case.kind, end.ask.kind
        assert re.search(case.says, end.reason), end.reason
        assert f"haupgrade decide {end.campaign} p1" in end.advice
        assert (Choice.CONTINUE in end.ask.options) == case.has_continue
        assert case.then in end.ask.options

        end = rig.run(on_hold=case.then)
        assert case.end in {None, end.end}, end.end
        assert rig.versions == case.runs
        rig.audit_proof(**case.allowed)

    return scenario


NAMES: Final = list(CASES)
BATCHES: Final = [NAMES[first : first + AT_ONCE] for first in range(0, len(NAMES), AT_ONCE)]


@pytest.mark.parametrize("names", BATCHES, ids="+".join)
def test_a_fault_holds_the_pair_and_says_why(tmp_path: Path, names: list[str]) -> None:
    found = {name: (scenario_of(CASES[name]), {"settings": CASES[name].settings}) for name in names}
    together(tmp_path, found)


BY_NORNIR: Final = BATCHES[0]
"""As a sample; all of them are among the long proofs."""


@pytest.mark.parametrize(
    "names",
    [
        BY_NORNIR,
        *(pytest.param(names, marks=pytest.mark.prove) for names in BATCHES if names != BY_NORNIR),
    ],
    ids="+".join,
)
def test_a_fault_is_no_other_by_nornir(tmp_path: Path, names: list[str]) -> None:
    found = {
        name: (
            scenario_of(CASES[name]),
            {"settings": CASES[name].settings, "is_through_nornir": True},
        )
        for name in names
    }
    together(tmp_path, found)


def test_a_member_that_does_not_answer_is_not_called_untouched(tmp_path: Path) -> None:
    """It was told to boot the new version, and it did: "not started" is not the truth."""

    def scenario(rig: Rig) -> None:
        rig.fault("login_refused", "p1a", on="fwctl reboot")
        assert rig.run(on_hold=Choice.PARK).end is Outcome.PARKED
        rig.audit_proof()

    together(tmp_path, {"silent": (scenario, {"settings": SHORT})})


def test_both_active_is_never_continued(tmp_path: Path) -> None:
    """Split brain: who looks again is told so, and nothing but waiting and parking is offered."""

    def scenario(rig: Rig) -> None:
        rig.fault("adverts_lost", on="fwctl backup step-3", is_after_effect=True)
        end = rig.run()
        assert end.end is Ended.HELD
        end = rig.run(person=lambda _, asked: _once_again(asked))
        assert end.ask is not None
        assert end.ask.kind is Kind.SPLIT
        assert end.ask.options == (Choice.RETRY, Choice.PARK)
        # By the time that they miss each other, p1a may be upgraded.
        assert re.fullmatch(r"p1a active (12\.15|13\.8), p1b active 12\.15", end.reason)
        rig.lab.heal("adverts_lost")
        rig.lab.wait_until(lambda lab: {str(s.role) for s in lab.states.values()} != {"MASTER"})
        rig.audit_proof(fault_gaps=True)

    together(tmp_path, {"split": (scenario, {"settings": SHORT})})


# --- before anything is written -------------------------------------------------------------------

REFUSED: Final[dict[str, tuple[Arm, str]]] = {
    "login-refused": (fault("login_refused", "p1b"), r"p1/p1b: .*refuses the login. Next: "),
    "host-key-changed": (fault("host_key_changed", "p1b"), r"p1/p1b: .*fingerprint.*ssh-keyscan"),
    "mute": (fault("mute", "p1b"), r"p1/p1b: .*the SSH banner. Next: "),
    "dead": (fault("crash", "p1b", silent=True), r"p1/p1b: .*timed out.*TCP connection. Next: "),
    "off": (fault("crash", "p1b"), r"p1/p1b: .*refused the connection.*Next: "),
    "wrong-device": (in_the_inventory, r"p1/p1b: the device says it is \w+, the inventory says 0+"),
    "slow": (
        fault("slow_output", "p1b", command="fwctl show version", seconds=20),
        r"p1/p1b: no complete answer within .* Next: ",
    ),
}


def refused(arm: Arm, says: str) -> Scenario:
    def scenario(rig: Rig) -> None:
        arm(rig)
        end = rig.run()
        assert end.end is Outcome.NOT_STARTED
        assert end.pair == "p1"
        assert re.search(says, end.reason), end.reason
        assert end.advice
        assert end.campaign is None, "nothing was opened for it"
        assert rig.audit_proof(is_left_down=True).ours == []

    return scenario


def test_what_cannot_be_read_is_not_started(tmp_path: Path) -> None:
    settings = {"settings": {"connect_timeout": 1.5}}
    together(tmp_path, {name: (refused(*REFUSED[name]), settings) for name in REFUSED})


# --- lost replies ---------------------------------------------------------------------------------


def lost(kind: str, *commands: str, member: str | None = "p1a") -> Scenario:
    """The lines drop before or after the command was done: it is looked at, and not done twice."""

    def scenario(rig: Rig) -> None:
        for command in commands:
            rig.fault(kind, member, command=command)
        end = rig.run()
        assert end.end is Outcome.DONE, end.reason
        assert rig.versions == (NEW, NEW)
        rig.audit_proof()

    return scenario


def test_a_lost_line_is_no_answer(tmp_path: Path) -> None:
    found: dict[str, tuple[Scenario, dict[str, Any]]] = {}
    for kind in ("reply_lost", "cut_line"):
        preempt = lost(kind, "fwctl ha preempt off", "fwctl ha preempt on", member=None)
        found |= {
            f"{kind}-install": (lost(kind, "fwctl image install", "fwctl backup step-3"), {}),
            f"{kind}-boot": (lost(kind, "fwctl image boot", "fwctl ha functional"), {}),
            f"{kind}-preempt": (preempt, {}),
        }
    together(tmp_path, found)


def test_a_switchover_whose_reply_is_lost_is_not_sent_again(tmp_path: Path) -> None:
    def cut_before(rig: Rig) -> None:
        """Nothing moved: only a person may have it sent again."""
        rig.fault("cut_line", "p1a", command="fwctl ha suspend")
        end = rig.run()
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.UNCLEAR
        assert "p1/p1a: the line dropped under the command: 'fwctl ha suspend'" in end.reason
        end = rig.run(person=lambda _, asked: (Choice.RETRY, "looked at it"))
        assert end.end is Outcome.DONE
        rig.audit_proof()

    reboots = lost("reply_lost", "fwctl reboot")
    together(
        tmp_path,
        {
            "cut-after": (lost("reply_lost", "fwctl ha suspend"), {}),
            "cut-before": (cut_before, {}),
            "reboot": (reboots, {}),
        },
    )


def test_a_switchover_that_hangs(tmp_path: Path) -> None:
    """No answer is no answer: the roles are read, and decide; our dead session is no login."""

    def took_effect(rig: Rig) -> None:
        rig.fault("suspend_hangs", "p1a", times=1, takes_effect=True)
        assert rig.run().end is Outcome.DONE
        first, *_ = rig.results(Action.SWITCH)
        assert first.verdict.reason == "p1b is active (the reply was lost)"
        assert rig.audit_proof().effects("suspend") == [("suspend", "p1a"), ("suspend", "p1b")]

    def did_not(rig: Rig) -> None:
        rig.fault("suspend_hangs", "p1a", times=1, takes_effect=False)
        end = rig.run()
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.UNCLEAR
        assert Choice.CONTINUE not in end.ask.options
        (switch,) = rig.results(Action.SWITCH)
        assert "no complete answer within" in switch.verdict.reason
        assert rig.run(on_hold=Choice.PARK).end is Outcome.NOT_STARTED
        assert rig.audit_proof().effects("suspend") == []

    together(tmp_path, {"done": (took_effect, {}), "not-done": (did_not, {})})


# --- services -------------------------------------------------------------------------------------


def test_dead_services_bring_the_role_back(tmp_path: Path) -> None:
    def after_6(rig: Rig) -> None:
        """HA says active, the data plane is dead: the probes win, within the limit."""
        rig.fault("data_dead", "p1a", on="fwctl reboot", is_after_effect=True)
        end = rig.run()
        assert end.end is Ended.HELD
        assert [asked.ask.kind for asked in rig.held] == [Kind.SERVICES_BAD, Kind.SWITCHED_BACK]
        assert re.search(r"back on p1b, because: .*shop: worked before", end.reason), end.reason
        assert rig.roles == ("BACKUP", "MASTER")
        assert _seconds_to_switch_back(rig) < rig.settings["switch_back_after"] + 2.5
        end = rig.run(on_hold=Choice.PARK)
        assert end.end is Outcome.PARKED
        assert end.owed
        assert rig.versions == (NEW, OLD)
        rig.audit_proof(is_dead=True, times={"suspend": 2})

    def trial(rig: Rig) -> None:
        """Nothing is upgraded: the role goes back by itself, and the pair is as it was."""
        rig.fault("data_dead", "p1b")
        end = rig.run()
        assert end.end is Outcome.NOT_STARTED
        assert "shop: worked before" in end.reason
        assert end.owed == ()
        assert rig.roles == ("MASTER", "BACKUP")
        proof = rig.audit_proof(is_dead=True)
        assert proof.effects("install", "reboot") == []

    def asked_for(rig: Rig) -> None:
        """Said beforehand: switch back at once."""
        rig.fault("data_dead", "p1a", on="fwctl reboot", is_after_effect=True)
        end = rig.run(on_hold=Choice.SWITCH_BACK)
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.SWITCHED_BACK
        rig.audit_proof(is_dead=True, times={"suspend": 2})

    together(
        tmp_path,
        {
            "after-6": (after_6, {"settings": {"switch_back_after": 1}}),
            "trial": (trial, {}),
            "asked-for": (asked_for, {"settings": {"switch_back_after": 60}}),
        },
    )


def _seconds_to_switch_back(rig: Rig) -> float:
    """From the verdict on the services to the switchover's end."""
    entries = rig.campaign.history.entries("p1")
    bad = next(
        entry.at
        for entry in entries
        if isinstance(entry.record, Asked) and entry.record.ask.kind is Kind.SERVICES_BAD
    )
    good = [
        entry.at
        for entry in entries
        if isinstance(entry.record, Result) and entry.record.run.action is Action.SWITCH
    ][-1]
    return (datetime.fromisoformat(good) - datetime.fromisoformat(bad)).total_seconds()


# --- the corners ----------------------------------------------------------------------------------


def test_the_survivor_is_not_held_back_by_our_latch(tmp_path: Path) -> None:
    """Invariant 9: nobody forwards, and the one write that is left is letting our own latch go."""

    def scenario(rig: Rig) -> None:
        rig.fault("crash", "p1b", on="fwctl ha suspend", after=0.4, is_after_effect=True)
        end = rig.run()
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.UNREACHABLE
        assert "p1b" in end.reason
        rig.lab.wait_until(lambda lab: lab.state("p1a").forwards)
        end = rig.run(on_hold=Choice.PARK)
        assert ("latch", "p1a") not in {(owed.lease.kind, owed.lease.member) for owed in end.owed}
        proof = rig.audit_proof(fault_gaps=True)
        assert proof.effects("functional") == [("functional", "p1a")]

    together(tmp_path, {"latch": (scenario, {"settings": SHORT})})


def test_another_device_is_not_written_to(tmp_path: Path) -> None:
    """It was planned by its identity; whoever answers at the address later is left alone."""

    def scenario(rig: Rig) -> None:
        rig.fault("wrong_device", "p1b", on="fwctl backup original", by="p1b", is_after_effect=True)
        end = rig.run()
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.CHANGED
        end = rig.run(person=lambda _, asked: _once_again(asked))
        assert end.ask is not None
        assert end.ask.kind is Kind.WRONG_DEVICE
        assert Choice.CONTINUE not in end.ask.options
        ours = rig.audit_proof().ours
        assert not [entry for entry in ours if entry["node_id"].endswith("01")]

    together(tmp_path, {"another": (scenario, {})})


def _once_again(asked: Asked) -> tuple[Choice, str] | None:
    return (Choice.RETRY, "look again") if asked.ask.kind is Kind.CHANGED else None
