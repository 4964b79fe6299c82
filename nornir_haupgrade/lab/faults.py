"""Faults as data: each strikes when its moment comes, and can be undone."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.fault_kinds import LASTING, WHOM, Target, Undo
from nornir_haupgrade.lab.fault_rules import OfCommands
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.spec import Fault, Moment

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Events, Executor
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.timeline import Timer


@dataclass(slots=True, eq=False)
class _Waiting:
    """A fault that has not struck: its event is to come, or its seconds run."""

    fault: Fault
    seen: int = 0
    timer: Timer | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Struck:
    """A fault at work on a member."""

    name: str
    member: str
    undo: Undo


class FaultDesk:
    """Sets a pair's faults off when their moment comes, and undoes them."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._kinds = executor.pair.personality.faults
        self._armed: list[Fault] = []
        """All that ever were, in order: the log tells them apart by their number."""
        self._waiting: list[_Waiting] = []
        self._struck: list[_Struck] = []
        executor.watchers.append(self._command)

    @property
    def _pair(self) -> Pair:
        return self._executor.pair

    def check(self, fault: Fault) -> None:
        """Whether a fault can strike here at all.

        Raises:
            SpecError: Its kind, a member or one of its parameters is unknown.
        """
        if fault.name not in self._kinds:
            msg = f"no fault {fault.name}; known are {', '.join(sorted(self._kinds))}"
            raise SpecError(msg)
        names = {device.name for device in self._pair.devices}
        for name in (fault.member, fault.when.by):
            is_role = name is fault.member and name in WHOM
            if name is not None and name not in names and not is_role:
                msg = f"fault {fault.name}: pair {self._pair.name} has no member {name}"
                raise SpecError(msg)
        self._kinds[fault.name].check(self._pair, fault.params)

    def arm(self, fault: Fault) -> None:
        """Have a fault strike at its time.

        Raises:
            SpecError: It cannot strike here.
        """
        self.check(fault)
        self._armed.append(fault)
        item = _Waiting(fault)
        self._waiting.append(item)
        if not fault.when.waits:
            self._later(item)

    def heal(self, name: str, member: str | None = None) -> None:
        """Undo a fault that struck, and forget those of its name that did not."""
        for item in tuple(self._waiting):
            if item.fault.name == name and member in (None, item.fault.member):
                self._forget(item)
        for struck in tuple(self._struck):
            if struck.name == name and member in (None, struck.member):
                self._undo(struck)

    def listed(self) -> list[tuple[str, str, str]]:
        """(kind, whom, "at work" or "waiting") of each."""
        struck = [(item.name, item.member, "at work") for item in self._struck]
        waits = [
            (item.fault.name, item.fault.member or self._pair.name, "waiting")
            for item in self._waiting
        ]
        return [*struck, *waits]

    def _forget(self, item: _Waiting) -> None:
        self._waiting.remove(item)
        if item.timer is not None:
            item.timer.cancel()

    def _undo(self, struck: _Struck) -> None:
        """Undo one that struck, once: a person may come before its time is over."""
        if struck not in self._struck:
            return
        self._struck.remove(struck)
        self._pair.audit.add("heal", self._pair.name, member=struck.member, fault=struck.name)
        with self._pair.timeline.caused_by(f"healed: {struck.name}"):
            struck.undo()

    def _later(self, item: _Waiting) -> None:
        seconds = item.fault.when.after
        if seconds > 0:
            item.timer = self._pair.timeline.after(seconds, lambda: self._come_true(item))
        else:
            self._come_true(item)

    def _come_true(self, item: _Waiting) -> None:
        self._waiting.remove(item)
        self._strike(item.fault)

    def _command(self, device: Device, line: str, moment: Moment, events: Events) -> None:
        for item in tuple(self._waiting):
            when = item.fault.when
            is_meant = when.moment is moment and when.by in (None, device.name)
            has_happened = item.timer is not None
            if has_happened or not is_meant or not line.startswith(when.on or ""):
                continue
            if when.at is not None and when.at not in events():
                continue
            item.seen += 1
            if item.seen >= when.nth:
                self._later(item)

    def _targets(self, fault: Fault) -> list[Device]:
        whom = self._kinds[fault.name].target
        if fault.member in WHOM:
            whom = Target(fault.member)
        elif fault.member is not None:
            return [self._pair.device(fault.member)]
        devices = list(self._pair.devices)
        masters = [device for device in devices if device.role is HaState.MASTER]
        match whom:
            case Target.PAIR:
                return devices[:1]
            case Target.ACTIVE:
                return masters[:1]
            case Target.STANDBY:
                return [device for device in devices if device not in masters][:1]
            case Target.BOTH:
                return devices

    def _strike(self, fault: Fault) -> None:
        lasts = fault.params.get("lasts")
        if lasts is None and fault.name in LASTING:
            lasts = fault.params.get("seconds")
        number = next(n for n, one in enumerate(self._armed, start=1) if one is fault)
        strike = self._kinds[fault.name].strike
        for device in self._targets(fault):
            self._pair.audit.add(
                "fault",
                self._pair.name,
                member=device.name,
                fault=fault.name,
                armed=number,
                is_of_commands=isinstance(strike, OfCommands),
                **_plain(fault),
            )
            with self._pair.timeline.caused_by(f"fault {fault.name} on {device.name}"):
                undo = strike(self._executor, device, fault.params)
                for rule in self._executor.rules[device.name]:
                    rule.armed = rule.armed or number
                if undo is None:
                    continue
                struck = _Struck(fault.name, device.name, undo)
                self._struck.append(struck)
                if lasts is not None:
                    end = functools.partial(self._undo, struck)
                    self._pair.timeline.after(float(lasts), end)


def _plain(fault: Fault) -> dict[str, object]:
    return {"params": dict(fault.params), "on": fault.when.on, "event": fault.when.at}
