"""From a line typed on a member to its effect, its audit entry and its answer."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.command import Done, Event, Line, Outcome, Reply, Say, Terminal, refuse
from nornir_haupgrade.lab.spec import Moment

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import CommandLine
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair

Events: TypeAlias = Callable[[], frozenset[Event]]
Watcher: TypeAlias = "Callable[[Device, str, Moment, Events], None]"

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
    EMPTY = "empty"
    """It is answered with nothing, as if all were well."""
    CUT_AT = "cut-at"
    """It was done, and the line is cut after so many bytes of the answer."""


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
    bytes: int = 0
    """Of the answer, before the line is cut."""
    armed: int | None = None
    """Which of the pair's faults it is from, as in the log."""

    @property
    def is_void(self) -> bool:
        """Whether a command that it strikes is not even looked at."""
        return self.twist is Twist.CUT_BEFORE or (
            self.twist is Twist.HANG and not self.takes_effect
        )

    @property
    def is_silent(self) -> bool:
        """Whether a command that it strikes prints nothing in its course either."""
        return self.is_void or self.twist in {Twist.REFUSE, Twist.CUT_AFTER}


def _nothing(_: str) -> None:
    pass


class Executor:
    """Executes lines on a pair's members, one command line for all of them."""

    def __init__(self, pair: Pair, command_line: CommandLine) -> None:
        self.pair = pair
        self.command_line = command_line
        self.watchers: list[Watcher] = []
        """Told about each command before and after its effect, and about logins."""
        self.rules: dict[str, list[Rule]] = {device.name: [] for device in pair.devices}

    def run(
        self,
        device: Device,
        line: Line | str,
        done: Done,
        *,
        by: str = "ssh",
        say: Say = _nothing,
    ) -> None:
        """Execute a line; ``done`` gets the reply, at once or later, or never (a hung command).

        What a command prints before it works goes to ``say``.
        """
        if isinstance(line, str):
            line = Line(line.strip(), Terminal())
        self._watch(
            device, line.text, Moment.BEFORE, functools.cache(lambda: self._is(device, line))
        )
        if not device.is_answering:
            done(CUT)
            return
        rule = self._rule(device, line.text)
        outcome = self._outcome(device, line, rule)
        if outcome.first and not (rule is not None and rule.is_silent):
            say(outcome.first)
        boot = device.boot_id

        def complete() -> None:
            if not device.is_answering or device.boot_id != boot:
                done(CUT)
                return
            final = outcome
            if outcome.seconds > 0 and outcome.act is not None:
                final = self.command_line.execute(self.pair, device, line)
            self._take_effect(device, line, final, by, rule)
            if device.has("management_cut") is not None and by == "ssh":
                return
            if final.follow is None or (rule is not None and rule.is_silent):
                self._answer(final.reply, rule, done)
            else:
                final.follow(say, lambda last: self._answer(last, rule, done))

        self._after(outcome.seconds, complete)

    def _outcome(self, device: Device, line: Line, rule: Rule | None) -> Outcome:
        if rule is not None and rule.is_void:
            return Outcome(CUT)
        if rule is not None and rule.twist is Twist.REFUSE:
            return refuse(rule.message)
        return self.command_line.execute(self.pair, device, line)

    def _answer(self, reply: Reply, rule: Rule | None, done: Done) -> None:
        twist = None if rule is None else rule.twist
        match twist:
            case Twist.HANG:
                return
            case Twist.CUT_AFTER | Twist.CUT_BEFORE:
                reply = CUT
            case Twist.CUT_AT:
                reply = dataclasses.replace(reply, cut_at=0 if rule is None else rule.bytes)
            case Twist.EMPTY:
                reply = Reply()
            case _:
                pass
        late = rule.seconds if rule is not None and twist is Twist.DELAY else 0.0
        self._after(late, lambda: done(reply))

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        if seconds > 0:
            self.pair.timeline.after(seconds, action)
        else:
            action()

    def _take_effect(
        self, device: Device, line: Line, outcome: Outcome, by: str, rule: Rule | None
    ) -> None:
        """Write a command down with the state it met, then have its effect happen."""
        changed = outcome.on or device
        self.pair.audit.add(
            "command",
            self.pair.name,
            member=changed.name,
            node_id=changed.node_id,
            state=str(changed.role),
            forwards=self.pair.forwards(changed),
            boot_id=changed.boot_id,
            via=device.name,
            command=line.text,
            status=outcome.reply.status,
            effect=str(outcome.effect),
            by=by,
            twist=None if rule is None else str(rule.twist),
            armed=None if rule is None else rule.armed,
        )
        if outcome.act is not None:
            with self.pair.timeline.caused_by(f"{device.name}: {line.text} (by {by})"):
                outcome.act()
        found = self._events(line, outcome)
        self._watch(device, line.text, Moment.AFTER, lambda: found)

    def login(self, device: Device) -> None:
        """Somebody is about to be judged at a member's login."""
        self._watch(device, "", Moment.BEFORE, lambda: frozenset({Event.LOGIN}))

    def _is(self, device: Device, line: Line) -> frozenset[Event]:
        """What a line that was not executed yet is going to be."""
        if not device.is_answering:
            return frozenset()
        return self._events(line, self.command_line.execute(self.pair, device, line))

    def _events(self, line: Line, outcome: Outcome) -> frozenset[Event]:
        return self.pair.personality.events(line.text, outcome.effect)

    def _rule(self, device: Device, text: str) -> Rule | None:
        for rule in self.rules[device.name]:
            if text.startswith(rule.prefix):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self.rules[device.name].remove(rule)
                return rule
        return None

    def _watch(self, device: Device, text: str, moment: Moment, events: Events) -> None:
        for watcher in tuple(self.watchers):
            watcher(device, text, moment, events)
