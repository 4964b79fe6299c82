"""Faults as data: each strikes now or when the audit shows its moment, and can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.fault_kinds import FAULTS
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import Moment

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from typing import Any

    from nornir_haupgrade.lab.linux.audit import Audit, Entry
    from nornir_haupgrade.lab.linux.fault_kinds import Undo
    from nornir_haupgrade.lab.linux.node import Node
    from nornir_haupgrade.lab.spec import Fault


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    seen: int = 0


def happening(entry: Entry) -> tuple[str, Moment] | None:
    """What an entry of the audit is, for ``When.on``: a command, ``role STATE`` or ``boot``."""
    match entry["kind"]:
        case "begin":
            return entry["command"], Moment.BEFORE
        case "command":
            return entry["command"], Moment.AFTER
        case "role":
            return f"role {entry['state']}", Moment.BEFORE
        case "boot":
            return "boot", Moment.BEFORE
    return None


class FaultDesk:
    """Sets faults off when their moment comes, and undoes them."""

    def __init__(self, nodes: Mapping[str, Node], audit: Audit) -> None:
        self._nodes = nodes
        self._audit = audit
        self._waiting: list[_Waiting] = []
        self._undo: list[tuple[str, str, Undo]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        audit.listeners.append(self._heard)

    async def inject(self, fault: Fault) -> None:
        """Arm a fault, or have it strike now.

        Raises:
            SpecError: There is no such fault, member or port.
            HAUpgradeError: The member does not let it.
        """
        if fault.name not in FAULTS:
            msg = f"there is no fault {fault.name}; known are {', '.join(sorted(FAULTS))}"
            raise SpecError(msg)
        for name in (fault.member, *filter(None, [fault.when.by])):
            if name not in self._nodes:
                msg = f"there is no member {name}; known are {', '.join(self._nodes)}"
                raise SpecError(msg)
        if fault.when.on is not None:
            self._waiting.append(_Waiting(fault))
        elif fault.when.after > 0:
            self._soon(self._strike(fault))
        else:
            await self._strike(fault)

    async def heal(self, name: str | None, member: str | None = None) -> None:
        """Undo what struck and forget what waits: all, of one name, of one member."""

        def is_meant(own: str, whom: str | None) -> bool:
            return name in (None, own) and member in (None, whom)

        self._waiting = [
            item for item in self._waiting if not is_meant(item.fault.name, item.fault.member)
        ]
        for item in [item for item in self._undo if is_meant(item[0], item[1])]:
            self._undo.remove(item)
            self._audit.add("heal", self._nodes[item[1]].net, fault=item[0])
            await item[2]()

    def plain(self) -> dict[str, list[Any]]:
        """What struck and what waits, for the control channel."""
        return {
            "struck": [[name, member] for name, member, _ in self._undo],
            "waiting": [
                [item.fault.name, item.fault.member, item.fault.when.on] for item in self._waiting
            ],
        }

    def _heard(self, entry: Entry) -> None:
        found = happening(entry)
        if found is None:
            return
        text, moment = found
        for item in tuple(self._waiting):
            when = item.fault.when
            is_at_moment = when.moment is moment or entry["kind"] in {"role", "boot"}
            is_meant = when.by in (None, entry["member"]) and text.startswith(str(when.on))
            if not (is_at_moment and is_meant):
                continue
            item.seen += 1
            if item.seen >= when.nth:
                self._waiting.remove(item)
                self._soon(self._strike(item.fault))

    async def _strike(self, fault: Fault) -> None:
        if fault.when.after > 0:
            await asyncio.sleep(fault.when.after)
        node = self._nodes[str(fault.member)]
        peer = self._nodes[node.net.peer.name]
        self._audit.add("fault", node.net, fault=fault.name, params=dict(fault.params))
        undo = await FAULTS[fault.name](node, peer, fault.params)
        if undo is not None:
            self._undo.append((fault.name, node.net.name, undo))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
