"""The lab's own log as the proof: what was done to a member, and what it did at that instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from nornir_haupgrade.lab import MemberState
from tests.end_to_end.compress import SPEED

_SOFTWARE: Final = {"install", "boot-select", "reboot"}
_SHORT: Final = 0.5
"""Device seconds in which nobody forwards, at most, when we move the role."""

Entry = dict[str, Any]


@dataclass
class Proof:
    """Reads a lab's log; ``wrong`` names what a procedure that keeps its rules cannot have done.

    Attributes:
        was_on: Whether each member preempted before we came.
        first: What each member ran before we came.
        owed: (kind, member) of what the pair's end lists as owed.
        times: How often each of install, reboot and suspend may take effect on one member; a run
            forward has one of each, one forward and back two reboots and no second install.
        fault_gaps: Whether a fault, or somebody's hand, may leave nobody forwarding.
        is_left_down: Whether a fault may leave the pair without a forwarding member.
        may_preempt: Whether returning preemption may move the role, its gate passed.
        is_dead: Whether a member's data plane is dead, which no member says: then the role is moved
            while nobody forwards.
        is_touched: Whether somebody else sets and releases latches and next boots as well.
    """

    ONCE: ClassVar[tuple[str, ...]] = ("install", "reboot", "suspend")
    PREEMPTION: ClassVar[frozenset[str]] = frozenset({"preemption"})
    """The leases that explain why a member preempts, or does not."""

    entries: list[Entry]
    states: Mapping[str, MemberState]
    was_on: Mapping[str, bool]
    first: Mapping[str, str]
    owed: frozenset[tuple[str, str]]
    times: Mapping[str, int] = field(default_factory=dict)
    fault_gaps: bool = False
    is_left_down: bool = False
    may_preempt: bool = False
    is_dead: bool = False
    is_touched: bool = False

    @property
    def ours(self) -> list[Entry]:
        """Our commands that took effect."""
        return [
            entry
            for entry in self.entries
            if entry["kind"] == "command"
            and entry["by"] == "ssh"
            and entry["effect"] != "none"
            and entry["status"] == 0
        ]

    def effects(self, *kinds: str) -> list[tuple[str, str]]:
        """(what, on whom) of our changes of these kinds, in order."""
        found = [(self.what(entry), entry["member"]) for entry in self.ours]
        return [one for one in found if one[0] in kinds]

    def what(self, entry: Entry) -> str:
        """What a command of ours did, in one word."""
        return str(entry["effect"])

    @property
    def gaps(self) -> list[tuple[str, float]]:
        """(cause, device seconds) of each interval in which nobody forwarded."""
        return [
            (entry["cause"], entry["seconds"])
            for entry in self.entries
            if entry["kind"] == "gap-end"
        ]

    def wrong(self) -> list[str]:
        """All that must not have happened."""
        return [
            *self._work_on_a_forwarding_member(),
            *self._writes_while_nobody_forwards(),
            *self._syncs_of_a_mixed_pair(),
            *self._gaps(),
            *self._done_twice(),
            *self._not_given_back(),
        ]

    def _work_on_a_forwarding_member(self) -> Iterator[str]:
        for entry in self.ours:
            is_software = entry["effect"] in _SOFTWARE
            if is_software and (entry["forwards"] or entry["state"] == "MASTER"):
                yield f"on a forwarding member: {_said(entry)}"

    def _writes_while_nobody_forwards(self) -> Iterator[str]:
        """Only our own latch may be let go then."""
        is_gap = False
        for entry in self.entries:
            if entry["kind"] in {"gap-begin", "gap-end"}:
                is_gap = entry["kind"] == "gap-begin"
            elif is_gap and entry in self.ours and not self.may_be_sent_then(entry):
                yield f"while nobody forwarded: {_said(entry)}"

    def may_be_sent_then(self, entry: Entry) -> bool:
        """Whether a command may take effect while nobody forwards."""
        allowed = {"functional", "suspend", "backup"} if self.is_dead else {"functional"}
        return entry["effect"] in allowed

    def _syncs_of_a_mixed_pair(self) -> Iterator[str]:
        runs = dict(self.first)
        for entry in self.entries:
            if entry["kind"] == "boot":
                runs[entry["member"]] = entry["version"]
            is_sync = entry in self.ours and entry["effect"] == "config-sync"
            if is_sync and len(set(runs.values())) > 1:
                yield f"with mixed versions: {_said(entry)}"

    def _gaps(self) -> Iterator[str]:
        for cause, seconds in self.gaps:
            if self._is_wrong(cause, seconds):
                yield f"nobody forwarded for {seconds} s, because of {cause}"
        edges = [entry["kind"] for entry in self.entries if entry["kind"].startswith("gap-")]
        if edges[-1:] == ["gap-begin"] and not self.is_left_down:
            yield "nobody forwards at the end"

    def _is_wrong(self, cause: str, seconds: float) -> bool:
        if cause == "start":
            return False
        if "(by ssh)" not in cause:
            return not self.fault_gaps
        is_move = self.is_move(cause) or (self.may_preempt and " preempts, " in cause)
        return not is_move or (seconds > _SHORT and not self.is_dead)

    def is_move(self, cause: str) -> bool:
        """Whether a command of ours that moves the role is the cause."""
        return " fwctl ha suspend " in cause

    def _done_twice(self) -> Iterator[str]:
        counted = Counter(pair for pair in self.effects(*self.ONCE))
        for (effect, member), number in sorted(counted.items()):
            if number > self.times.get(effect, 1):
                yield f"{effect} took effect {number} times on {member}"

    def _not_given_back(self) -> Iterator[str]:
        for name, state in self.states.items():
            is_owed = {kind for kind, member in self.owed if member == name}
            if state.preempts != self.was_on[name] and not is_owed & self.PREEMPTION:
                yield f"preemption of {name} is neither as it was found nor owed"
            if state.is_suspended and "latch" not in is_owed and not self.is_touched:
                yield f"{name} is suspended, and that is not owed"
            goes_back = state.is_on_trial and "software-trial" in is_owed
            if state.is_on_trial and not goes_back:
                yield f"{name} is on trial, and that is not owed"
            if state.next_slot != state.slot and not ("boot-selection" in is_owed or goes_back):
                yield f"{name} would boot another slot, and that is not owed"


def _said(entry: Entry) -> str:
    return (
        f"{entry['member']} ({entry['state']}): {entry['command']} at {entry['at'] / SPEED:.1f} s"
    )
