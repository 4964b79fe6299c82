"""From a line typed on a member to its effect, its audit entry and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.command import Outcome, Reply, refuse
from nornir_haupgrade.lab.spec import Moment

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Personality
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair

Done: TypeAlias = Callable[[Reply], None]
Watcher: TypeAlias = "Callable[[Device, str, Moment], None]"

CUT = Reply(is_cut=True, status=255)


class Twist(StrEnum):
    """What can go wrong between a command and its answer."""

    REFUSE = "refuse"
    CUT_BEFORE = "cut-before"
    """The line is cut and nothing was done."""
    CUT_AFTER = "cut-after"
    """It was done, and the line is cut before any output."""
    DELAY = "delay"
    """It is done at once and answered late."""
    HANG = "hang"
    """It is never answered."""


@dataclass(slots=True)
class Rule:
    """A twist for the commands that begin with certain words."""

    prefix: str
    twist: Twist
    message: str = ""
    seconds: float = 0.0
    times: int | None = None
    takes_effect: bool = False
    """Whether a command that hangs was done."""


class Executor:
    """Executes lines on a pair's members, one personality for all of them."""

    def __init__(self, pair: Pair, personality: Personality) -> None:
        self.pair = pair
        self.personality = personality
        self.watchers: list[Watcher] = []
        """Told about each command before and after its effect."""
        self.rules: dict[str, list[Rule]] = {device.name: [] for device in pair.devices}

    def run(self, device: Device, line: str, done: Done, *, by: str = "ssh") -> None:
        """Execute a line; ``done`` gets the reply, at once or later, or never (a hung command)."""
        line = line.strip()
        self._watch(device, line, Moment.BEFORE)
        if not device.is_answering:
            done(CUT)
            return
        rule = self._rule(device, line)
        twist = None if rule is None else rule.twist
        is_void = twist is Twist.CUT_BEFORE or (
            rule is not None and twist is Twist.HANG and not rule.takes_effect
        )
        if is_void:
            outcome = Outcome(CUT)
        elif rule is not None and twist is Twist.REFUSE:
            outcome = refuse(rule.message)
        else:
            outcome = self.personality.execute(self.pair, device, line)
        boot = device.boot_id

        def complete() -> None:
            if not device.is_answering or device.boot_id != boot:
                done(CUT)
                return
            final = outcome
            if outcome.seconds > 0 and outcome.act is not None:
                final = self.personality.execute(self.pair, device, line)
            self._take_effect(device, line, final, by, twist)
            reply = CUT if twist in {Twist.CUT_AFTER, Twist.CUT_BEFORE} else final.reply
            late = rule.seconds if rule is not None and twist is Twist.DELAY else 0.0
            if twist is not Twist.HANG:
                self._after(late, lambda: done(reply))

        self._after(outcome.seconds, complete)

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        if seconds > 0:
            self.pair.timeline.after(seconds, action)
        else:
            action()

    def _take_effect(
        self, device: Device, line: str, outcome: Outcome, by: str, twist: Twist | None
    ) -> None:
        """Write a command down with the state it met, then have its effect happen."""
        self.pair.audit.add(
            "command",
            self.pair.name,
            member=device.name,
            node_id=device.node_id,
            state=str(device.role),
            forwards=self.pair.forwards(device),
            boot_id=device.boot_id,
            command=line,
            status=outcome.reply.status,
            effect=str(outcome.effect),
            by=by,
            twist=None if twist is None else str(twist),
        )
        if outcome.act is not None:
            with self.pair.timeline.caused_by(f"{device.name}: {line} (by {by})"):
                outcome.act()
        self._watch(device, line, Moment.AFTER)

    def _rule(self, device: Device, line: str) -> Rule | None:
        for rule in self.rules[device.name]:
            if line.startswith(rule.prefix):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self.rules[device.name].remove(rule)
                return rule
        return None

    def _watch(self, device: Device, line: str, moment: Moment) -> None:
        for watcher in tuple(self.watchers):
            watcher(device, line, moment)
