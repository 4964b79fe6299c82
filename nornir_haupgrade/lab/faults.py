"""Faults as data: each strikes when its moment comes, and can be undone."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.fault_kinds import LASTING, WHOM, Target, Undo
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.spec import Fault, Moment

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Events, Executor
    from nornir_haupgrade.lab.pair import Pair


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    seen: int = 0


class FaultDesk:
    """Sets a pair's faults off when their moment comes, and undoes them."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._kinds = executor.pair.personality.faults
        self._waiting: list[_Waiting] = []
        self._undo: list[tuple[str, str, Undo]] = []
        executor.watchers.append(self._command)

    @property
    def _pair(self) -> Pair:
        return self._executor.pair

    def arm(self, fault: Fault) -> None:
        """Have a fault strike at its time; an unknown name or member is an error at once."""
        if fault.name not in self._kinds:
            msg = f"no fault {fault.name}; known are {', '.join(sorted(self._kinds))}"
            raise SpecError(msg)
        names = {device.name for device in self._pair.devices}
        for name in (fault.member, fault.when.by):
            is_role = name is fault.member and name in WHOM
            if name is not None and name not in names and not is_role:
                msg = f"fault {fault.name}: pair {self._pair.name} has no member {name}"
                raise SpecError(msg)
        if fault.when.waits:
            self._waiting.append(_Waiting(fault))
        else:
            self._later(fault)

    def heal(self, name: str, member: str | None = None) -> None:
        """Undo a fault that struck, and forget those of its name that did not."""
        self._waiting = [
            item
            for item in self._waiting
            if item.fault.name != name or member not in (None, item.fault.member)
        ]
        mine = [item for item in self._undo if item[0] == name and member in (None, item[1])]
        for item in mine:
            self._undo.remove(item)
            self._pair.audit.add("heal", self._pair.name, member=item[1], fault=name)
            with self._pair.timeline.caused_by(f"healed: {name}"):
                item[2]()

    def listed(self) -> list[tuple[str, str, str]]:
        """(kind, whom, "at work" or "waiting") of each."""
        struck = [(name, member, "at work") for name, member, _ in self._undo]
        waits = [
            (item.fault.name, item.fault.member or self._pair.name, "waiting")
            for item in self._waiting
        ]
        return [*struck, *waits]

    def _later(self, fault: Fault) -> None:
        if fault.when.after > 0:
            self._pair.timeline.after(fault.when.after, lambda: self._strike(fault))
        else:
            self._strike(fault)

    def _command(self, device: Device, line: str, moment: Moment, events: Events) -> None:
        for item in tuple(self._waiting):
            when = item.fault.when
            is_meant = when.moment is moment and when.by in (None, device.name)
            if not is_meant or not line.startswith(when.on or ""):
                continue
            if when.at is not None and when.at not in events():
                continue
            item.seen += 1
            if item.seen >= when.nth:
                self._waiting.remove(item)
                self._later(item.fault)

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
        for device in self._targets(fault):
            self._pair.audit.add(
                "fault", self._pair.name, member=device.name, fault=fault.name, **_plain(fault)
            )
            with self._pair.timeline.caused_by(f"fault {fault.name} on {device.name}"):
                undo = self._kinds[fault.name].strike(self._executor, device, fault.params)
                if undo is None:
                    continue
                self._undo.append((fault.name, device.name, undo))
                if lasts is not None:
                    heal = functools.partial(self.heal, fault.name, device.name)
                    self._pair.timeline.after(float(lasts), heal)


def _plain(fault: Fault) -> dict[str, object]:
    return {"params": dict(fault.params), "on": fault.when.on, "event": fault.when.at}
