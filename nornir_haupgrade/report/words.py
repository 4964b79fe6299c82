"""The words that people read: steps, actions, holds, choices and endings."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.model import MemberFacts, Status
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import (
    Ask,
    Choice,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Outcome,
    Run,
)

CHOICES: Final[dict[Choice, str]] = {
    Choice.RETRY: "look again and decide afresh from what is there",
    Choice.CONTINUE: "accept what the gate named and go on; recorded with your name and reason",
    Choice.SWITCH_BACK: "give the active role back to the member that had it before",
    Choice.ROLL_BACK: "take both members back to the old version, the standby first",
    Choice.PARK: "stop here safely: return what can be returned, change no role, end this run",
    Choice.FORWARD: "take the half-upgraded pair to the new version",
    Choice.WAS_ON: "preemption was on before this upgrade began: switch it on again at the end",
    Choice.WAS_OFF: "preemption was off before this upgrade began: leave it off",
}
"""What follows from each choice, in one line."""

KINDS: Final[dict[Kind, str]] = {
    Kind.QUESTION: "a question before the first write",
    Kind.MIXED: "the members run different versions, and this run did not do it",
    Kind.PREEMPTION_BEFORE: "what was preemption set to before somebody else began?",
    Kind.GATE: "a gate did not pass",
    Kind.NOT_MEASURED: "a gate could not be measured, so it does not pass",
    Kind.REFUSED: "the device refused a change",
    Kind.UNCLEAR: "a change was sent, and it cannot be told whether it took effect",
    Kind.MEMBER_BAD: "the member that was worked on is not what it should be",
    Kind.SERVICES_BAD: "a service is not as it was before, or a canary was lost",
    Kind.SWITCHED_BACK: "the role was switched back",
    Kind.CHANGED: "someone else acted on the pair",
    Kind.NO_RESTORE: "the image to go back to is not on the device",
    Kind.WRONG_DEVICE: "another device answers than the one that was planned",
    Kind.UNREACHABLE: "a member does not answer",
    Kind.NOBODY_FORWARDS: "no member forwards",
    Kind.SPLIT: "both members say that they are active",
    Kind.ROLE_UNKNOWN: "a member's role cannot be told",
    Kind.SOLO: "the standby is not ready",
}
"""Why a pair is held, in one line."""

LEASES: Final[dict[LeaseKind, str]] = {
    LeaseKind.PREEMPTION: "preemption is to be switched on again",
    LeaseKind.LATCH: "its latch is to be released",
    LeaseKind.TRIAL: "its software is on trial and is to be committed, or it goes back by itself",
    LeaseKind.BOOT: "its boot selection is to be set to the version that it runs",
}
"""What is owed to a member, in one line."""

NEXT: Final[dict[Outcome | Ended, str]] = {
    Outcome.DONE: "nothing",
    Outcome.NOT_STARTED: "mend what the reason names, then haupgrade run again",
    Outcome.PARKED: "haupgrade run goes on from here; haupgrade rollback goes back",
    Outcome.ROLLED_BACK: "find out why it was needed before the next run",
    Outcome.STRANDED: "do not reload either member; look at both consoles, then run again",
    Outcome.FAILED: "look at both members; haupgrade status shows the history",
    Ended.INTERRUPTED: "haupgrade run looks at the members and goes on",
    Ended.HELD: "haupgrade decide, then haupgrade run again",
}
"""What to do next when the engine gave no better advice."""

PURPOSES: Final[dict[Purpose, str]] = {
    Purpose.UPGRADE: "upgrade",
    Purpose.REBOOT: "reboot",
    Purpose.DRILL: "drill",
    Purpose.SYNC_CONFIG: "synchronise from",
    Purpose.BACK_UP: "back up",
    Purpose.STAGE: "stage an image on",
    Purpose.PREEMPTION_OFF: "preemption off, on",
    Purpose.PREEMPTION_ON: "preemption back on, on",
    Purpose.SWITCH_OVER: "switch over to",
    Purpose.UPGRADE_MEMBER: "upgrade only",
    Purpose.ROLL_BACK_MEMBER: "roll back only",
}
"""What a campaign is for; a single thing is followed by its member."""

COLOURS: Final[dict[Status, str]] = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "bold red",
    Status.ERROR: "bold red",
    Status.SKIPPED: "dim",
}


def clean(text: object) -> str:
    """One line, fit for a terminal, whatever a device put into it."""
    return " ".join(escape(str(text)).split())


def purpose_text(plan: Plan, goal: Goal) -> str:
    """What a campaign is for: ``upgrade``, ``roll back``, ``back up p1b``."""
    if plan.member is not None:
        return clean(f"{PURPOSES[plan.purpose]} {plan.member}")
    return "roll back" if goal is Goal.BACK else PURPOSES[plan.purpose]


def action_text(run: Run) -> str:
    """What a run does, absolutely: ``reload p1b -> 13.8``."""
    who = run.members[0] if len(run.members) == 1 else ""
    text = f"{run.action} {who}".rstrip()
    return clean(f"{text} -> {run.to}" if run.to else text)


def member_text(name: str, facts: MemberFacts | None) -> str:
    """``p1a active 12.15``, or that it was not read."""
    return clean(f"{name} {facts.role} {facts.version}" if facts else f"{name} not read")


def lease_text(lease: Lease) -> str:
    """``p1a: preemption is to be switched on again``."""
    return clean(f"{lease.member}: {LEASES[lease.kind]}")


def ask_text(ask: Ask) -> str:
    """What a hold is about, in one line."""
    if ask.question is not None:
        return f"{ask.question}: {ask.question.text}"
    about = f" ({action_text(ask.about)})" if ask.about else ""
    return f"{KINDS[ask.kind]}{about}"


def end_text(end: Outcome | Ended) -> str:
    """An ending as a word."""
    return end.value.replace("_", " ")


def local_time(at: str) -> str:
    """A time of the history as the engineer's own."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"
