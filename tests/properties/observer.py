"""Somebody inside the simulated pair who sees what every command met, and believes nobody else.

What it knows comes from the lab: the members' true state at the instant of each effect, the
intervals in which nobody forwarded and what began them. What the tool says counts only where the
tool is held to its own word: for what it lists as owed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from nornir_haupgrade.engines.events import Owed
from nornir_haupgrade.lab import Moment
from nornir_haupgrade.lab.audit import Entry
from nornir_haupgrade.lab.device import Device
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.procedure.records import Goal, Opened, Record
from nornir_haupgrade.rehearsal.memory.bench import Bench
from tests.properties.gates import Gates
from tests.properties.profiles import PROFILES

ROLE_AGE: Final = 2.0
"""Seconds that a role reading may be old when a change is sent that depends on it."""
_SOFTWARE: Final = {"install", "boot-select", "reboot"}
_BY_US: Final = "(by ssh)"
_ROUNDED: Final = 0.0002
"""The lab's log rounds instants to a tenth of a millisecond."""


@dataclass(frozen=True)
class Sent:
    """A command as it reached a member, before anything of it was done."""

    index: int
    """How many entries the log had."""
    at: float
    member: str
    text: str
    node_id: str
    state: HaState
    forwards: bool
    nobody_since: float | None
    """Since when no member has had the role of the active."""


class Observer:
    """Watches one pair from the start."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.is_read_only = False
        """Whether what comes now may only read."""
        self._gates: list[Gates] = []
        """What was proven in each campaign, by its own records."""
        self._pair = bench.rig.pair
        self._profile = PROFILES[bench.spec.platform]
        self._entries = bench.audit.entries
        self._sent: list[Sent] = []
        self._not_read: list[str] = []
        self._nobody_since: float | None = None
        self._preempted = False
        self._turned_on: list[str] = []
        self.first = bench.states
        self._groups = self._group_lines()
        self._plans: list[tuple[int, dict[str, str]]] = []
        """From which place of the log on a plan is for whom, by what was there when its members
        were asked who they are."""
        bench.rig.executor.watchers.append(self._command)
        self._pair.listeners.append(self._changed)

    def recorded(self, record: Record) -> None:
        """A record is on disk."""
        if isinstance(record, Opened):
            self._gates.append(Gates())
        self._gates[-1].take(record)

    def is_planned(self, opened: Opened) -> None:
        """A campaign is opened: for whom was just looked at, or as earlier ones were."""
        if opened.goal is not Goal.UP:
            return
        reads = self._profile.reads_identity
        planned = {sent.member: sent.node_id for sent in self._sent if sent.text == reads}
        self._plans.append((len(self._entries), planned))

    def _command(self, device: Device, text: str, moment: Moment, *_: object) -> None:
        if moment is Moment.BEFORE:
            self._sent.append(
                Sent(
                    len(self._entries),
                    self.bench.clock.timeline.now(),
                    device.name,
                    text,
                    device.node_id,
                    device.role,
                    self._pair.forwards(device),
                    self._nobody_since,
                )
            )
            self._preempted = device.preempts
            return
        has_begun = device.preempts and not self._preempted
        if has_begun and self._is_mixed and self._is_last_ours:
            self._turned_on.append(f"{device.name}: {text}")
        if self.is_read_only:
            entry = next(one for one in reversed(self._entries) if one["kind"] == "command")
            if entry["by"] == "ssh" and entry["effect"] != "none":
                self._not_read.append(text)

    @property
    def _is_mixed(self) -> bool:
        return len({device.image.version for device in self._pair.devices}) > 1

    @property
    def _is_last_ours(self) -> bool:
        entry = next(one for one in reversed(self._entries) if one["kind"] == "command")
        return bool(entry["by"] == "ssh")

    def _changed(self) -> None:
        is_led = any(device.role is HaState.MASTER for device in self._pair.devices) or any(
            device.role is HaState.MIXED for device in self._pair.devices
        )
        if is_led:
            self._nobody_since = None
        elif self._nobody_since is None:
            self._nobody_since = self.bench.clock.timeline.now()

    # --- what must not have happened --------------------------------------------------------------

    def wrong(self, owed: Collection[Owed] | None, *, is_over: bool = False) -> list[str]:
        """All of it.

        Args:
            owed: What the pair's end lists as owed; None: its controller never came to an end.
            is_over: Whether the last campaign came to the end of its way, up or back.
        """
        return [
            *(f"in a run that only reads: {text}" for text in self._not_read),
            *self._preempting_again(),
            *self._software(),
            *self._gaps(),
            *self._while_nobody_was_active(),
            *self._other_devices(),
            *self._mixed_syncs(),
            *self._reloads_for_nothing(),
            *(text for gates in self._gates for text in gates.wrong),
            *(self._gates[-1].unproven if is_over and self._gates else []),
            *([] if owed is None else self._not_given_back(owed)),
        ]

    @property
    def ours(self) -> Iterator[tuple[int, Entry]]:
        """Our commands that changed something, each with its place in the log."""
        for index, entry in enumerate(self._entries):
            if (
                entry["kind"] == "command"
                and entry["by"] == "ssh"
                and entry["effect"] != "none"
                and entry["status"] == 0
            ):
                yield index, entry

    def _sent_of(self, index: int, entry: Entry) -> Sent:
        """The sending of a command that took effect at a place of the log."""
        return next(
            sent
            for sent in reversed(self._sent)
            if sent.index <= index and sent.member == entry["via"] and sent.text == entry["command"]
        )

    def _preempting_again(self) -> Iterator[str]:
        """In a mixed pair the role stays where it is put; where it is put so, nothing is said."""
        if not self._profile.takes_by_preempting:
            yield from (f"preemption came back in a mixed pair: {one}" for one in self._turned_on)

    def _software(self) -> Iterator[str]:
        """Nothing is done to the software of a member that forwards, nor on an old reading."""
        for index, entry in self.ours:
            if entry["effect"] not in _SOFTWARE:
                continue
            sent = self._sent_of(index, entry)
            read = self._role_read(sent, sent.member)
            peer = self._role_read(sent, self._peer_of(sent.member))
            if read is None or peer is None:
                yield f"on a role that was never read: {_said(entry)}"
                continue
            age = sent.at - min(read.at, peer.at)
            if age > ROLE_AGE + self.bench.pace.command + self.bench.pace.answer + _ROUNDED:
                yield f"on a role that was read {age:.2f} s before: {_said(entry)}"
            if peer.state is not HaState.MASTER:
                yield f"while its peer was seen {peer.state}: {_said(entry)}"
            if not entry["forwards"] and entry["state"] != "MASTER":
                continue
            if self._profile.is_conditional:
                yield f"on a forwarding member: {_said(entry)}"
            elif read.forwards or read.state is HaState.MASTER:
                yield f"on a member that was seen to forward: {_said(entry)}"

    def _peer_of(self, name: str) -> str:
        return self._pair.peer(self._pair.device(name)).name

    def _role_read(self, sent: Sent, member: str) -> Sent | None:
        """When a member's role was read last before something was sent."""
        reads = self._profile.reads_role
        for one in reversed(self._sent):
            if one.index > sent.index or one is sent or one.at > sent.at:
                continue
            if one.member == member and one.text in reads:
                return one
        return None

    def _gaps(self) -> Iterator[str]:
        """Nobody forwards through our doing for longer than a switchover takes."""
        began: Entry | None = None
        for entry in self._entries:
            if entry["kind"] == "gap-begin":
                began = entry
            elif entry["kind"] == "gap-end" and began is not None:
                yield from self._gap(began, entry["at"])
                began = None
        if began is not None:
            yield from self._gap(began, self.bench.clock.now)

    def _gap(self, began: Entry, ended: float) -> Iterator[str]:
        if _BY_US not in began["cause"]:
            return
        seconds = ended - began["at"]
        if seconds <= self._takeover or self._is_explained(began["at"], ended):
            return
        yield f"nobody forwarded for {seconds:.2f} s from {began['at']}: {began['cause']}"

    @property
    def _takeover(self) -> float:
        """Seconds that a switchover may take, group after group."""
        groups = len(self._pair.elections)
        each = self.bench.spec.takeover_ms / 1000
        # Routers are told line by line, and each group moves when it is told.
        on_the_way = 10 * (self.bench.pace.command + self.bench.pace.answer) if groups > 1 else 0.0
        return groups * (each + on_the_way) + 2 * _ROUNDED

    def _is_explained(self, began: float, ended: float) -> bool:
        """Something else happened that could not be seen before we acted, or while we did."""
        since = began - ROLE_AGE - 2 * (self.bench.pace.command + self.bench.pace.answer)
        dead: set[str] = set()
        for entry in self._entries:
            is_foreign = entry["kind"] in {"fault", "heal"} or (
                entry["kind"] == "command" and entry["by"] == "hand"
            )
            if is_foreign and since <= entry["at"] <= min(ended, began + self._takeover):
                return True
            if entry.get("fault") in _UNNOTICED and entry["at"] <= began:
                # Only what comes after the switchover shows it.
                (dead.add if entry["kind"] == "fault" else dead.discard)(entry["member"])
        return bool(dead)

    def _while_nobody_was_active(self) -> Iterator[str]:
        """Without an active member only our own latch is let go, and what was begun is ended."""
        for index, entry in self.ours:
            sent = self._sent_of(index, entry)
            since = sent.nobody_since
            if since is None or entry["effect"] not in {*_SOFTWARE, "config-sync", "suspend"}:
                continue
            nobody = sent.at - since
            if nobody > ROLE_AGE + 2 * self.bench.pace.command + _ROUNDED:
                yield f"nobody had been active for {nobody:.2f} s: {_said(entry)}"

    def _other_devices(self) -> Iterator[str]:
        """Only the planned devices are written to; one that was put there just now is not seen."""
        reads = self._profile.reads_identity
        for index, entry in enumerate(self._entries):
            is_write = entry["kind"] == "upload" or (
                entry["kind"] == "command" and entry["by"] == "ssh" and entry["effect"] != "none"
            )
            if not is_write:
                continue
            plans = [plan for begins, plan in self._plans if begins <= index]
            planned = plans[-1][entry["member"]] if plans else None
            if entry["node_id"] == planned:
                continue
            read = next(
                one.node_id
                for one in reversed(self._sent)
                if one.member == entry["member"] and one.text == reads and one.index <= index
            )
            if read != planned:
                yield f"on another device: {_said(entry)}"

    def _mixed_syncs(self) -> Iterator[str]:
        """The configuration is not pushed to a member that runs something else."""
        runs = {name: state.version for name, state in self.first.items()}
        for entry in self._entries:
            if entry["kind"] == "boot":
                runs[entry["member"]] = entry["version"]
            is_sync = entry.get("effect") == "config-sync" and entry.get("by") == "ssh"
            if is_sync and len(set(runs.values())) > 1:
                yield f"with mixed versions: {_said(entry)}"

    def _reloads_for_nothing(self) -> Iterator[str]:
        """A reload brings other software; one that was lost sight of is not ordered again."""
        for index, entry in self.ours:
            if entry["effect"] != "reboot":
                continue
            boot = next(
                (
                    one
                    for one in self._entries[index:]
                    if one["kind"] == "boot" and one["member"] == entry["member"]
                ),
                None,
            )
            before = self._ran_before(index, entry["member"])
            is_foreign = any(
                one["kind"] == "fault" and one["fault"] in _KEEPS_OLD for one in self._entries
            )
            if boot is not None and boot["version"] == before and not is_foreign:
                yield f"reloaded for nothing, into {before}: {_said(entry)}"

    def _ran_before(self, index: int, member: str) -> str:
        boots = (
            one["version"]
            for one in reversed(self._entries[:index])
            if one["kind"] == "boot" and one["member"] == member
        )
        return str(next(boots, self.first[member].version))

    # --- leases -----------------------------------------------------------------------------------

    def _not_given_back(self, owed: Collection[Owed]) -> Iterator[str]:
        kinds = {(str(one.lease.kind), one.lease.member) for one in owed}
        hands = {
            (entry["fault"], entry["member"]) for entry in self._entries if entry["kind"] == "fault"
        }
        touched = {member for name, member in hands if name in _HANDS}
        for name, state in self.bench.states.items():
            mine = {kind for kind, member in kinds if member == name}
            if name in touched:
                continue
            if state.preempts != self.first[name].preempts and not mine & {"preemption", "latch"}:
                yield f"preemption of {name} is neither as it was found nor owed"
            if state.is_suspended and "latch" not in mine:
                yield f"{name} is suspended, and that is not owed"
            if state.is_on_trial and "software-trial" not in mine:
                yield f"{name} is on trial, and that is not owed"
            goes_back = state.is_on_trial and "software-trial" in mine
            if state.next_slot != state.slot and not ("boot-selection" in mine or goes_back):
                yield f"{name} would boot something else, and that is not owed"
            if self._group_lines()[name] != self._groups[name] and not mine & {
                "preemption",
                "latch",
            }:
                yield f"the lines of {name}'s groups are neither as they were nor owed"

    def _group_lines(self) -> dict[str, tuple[str, ...]]:
        """What each member's running configuration says of its groups, where it has one."""
        found: dict[str, tuple[str, ...]] = {}
        for device in self._pair.devices:
            running = getattr(getattr(device, "configuration", None), "running", {})
            found[device.name] = tuple(
                f"{header} | {line}"
                for header in sorted(running)
                for line in running[header]
                if line.removeprefix("no ").startswith(("standby ", "vrrp "))
            )
        return found


_HANDS: Final = {"hand_switchover", "preempt_turned_on", "peer_priority_high", "trial_ends"}
"""What somebody else does to what we borrow."""
_UNNOTICED: Final = {"data_dead", "data_port_unnoticed", "both_standby"}
"""What no device says of itself before the role is given to it."""
_KEEPS_OLD: Final = {
    "old_image_after_reboot",
    "trial_ends",
    "commit_lost",
    "crash",
    "power_on",
    "never_boots",
    "restore_image_deleted",
}
"""What makes a member come back with what it ran, or boot once more by itself; an image may be
deleted while it goes down to boot it."""


def _said(entry: Entry) -> str:
    what = entry.get("command", entry.get("path"))
    return f"{entry['member']} ({entry.get('state')}) at {entry['at']:.3f} s: {what}"
