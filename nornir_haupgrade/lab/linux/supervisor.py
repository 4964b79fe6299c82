"""The one process that is the lab: whatever ends it takes everything else with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.control import RequestServer
from nornir_haupgrade.lab.linux import fabric
from nornir_haupgrade.lab.linux.audit import Audit
from nornir_haupgrade.lab.linux.faults import FaultDesk
from nornir_haupgrade.lab.linux.flash import deliver, introduce, known_hosts
from nornir_haupgrade.lab.linux.media import Media
from nornir_haupgrade.lab.linux.node import Node
from nornir_haupgrade.lab.linux.programs import Programs
from nornir_haupgrade.lab.linux.service import serve
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import fault_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nornir_haupgrade.lab.linux.images import Image
    from nornir_haupgrade.lab.linux.spec import LinuxSpec, PairNet

_PRIORITY = -15
"""On busy cores, keepalived's timers and the start of a system otherwise run late."""
_APART = 0.5
"""Seconds between the starts of a pair's members: started at once, either may become active."""
_START_WITHIN = 60.0
_PARALLEL = 2


class Supervisor:
    """Builds the networks and the members, and runs them until it is told to stop."""

    def __init__(self, spec: LinuxSpec, image: Image, state: Path, cache: Path) -> None:
        self._spec = spec
        self._image = image
        self._state = state
        self._media = Media(state, cache)
        self._audit = Audit(state)
        self._nodes: dict[str, Node] = {}
        self._pairs = {pair.name: pair for pair in spec.networks}
        self._programs = Programs(self._media.run, state, self._pairs)
        self._desk = FaultDesk(self._nodes, self._audit)
        self._control = RequestServer(state, self._answer)
        self._services: list[asyncio.Server] = []

    async def live(self) -> None:
        """Start everything, say so with the file ``ready``, and wait for the end."""
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
        fabric.build(self._spec.networks, self._media.run)
        gate = asyncio.Semaphore(_PARALLEL)
        await asyncio.gather(*(self._deliver(pair, gate) for pair in self._spec.networks))
        hosts = [known_hosts(node.net, node.flash) for node in self._nodes.values()]
        (self._state / "known_hosts").write_text("".join(hosts))
        self._services = [await serve(pair, self._media.run) for pair in self._spec.networks]
        await self._control.start()
        try:
            await asyncio.gather(*(self._start(pair) for pair in self._spec.networks))
            (self._state / "ready").touch()
            await self._control.stop.wait()
        finally:
            self._control.close()
            (self._state / "ready").unlink(missing_ok=True)

    async def _deliver(self, pair: PairNet, gate: asyncio.Semaphore) -> None:
        async with gate:
            for net in pair.members:
                place = self._media.flash(net)
                await asyncio.to_thread(
                    deliver,
                    self._spec,
                    net,
                    self._image,
                    file=self._media.flash_file(net),
                    at=place,
                )
                self._nodes[net.name] = Node(net, self._spec, self._audit, self._media)
                self._listen(self._nodes[net.name])
            one, two = pair.members
            introduce(self._media.flash(one), self._media.flash(two))

    def _listen(self, node: Node) -> None:
        """Take over what a member writes; we hold the pipe open, so that it never waits for us."""
        descriptor = os.open(self._media.journal(node.net), os.O_RDWR | os.O_NONBLOCK)
        rest = bytearray()

        def read() -> None:
            rest.extend(os.read(descriptor, 1 << 16))
            *lines, last = rest.split(b"\n")
            rest[:] = last
            for line in lines:
                self._audit.add_line(bytes(line), node.net)

        asyncio.get_running_loop().add_reader(descriptor, read)

    async def _start(self, pair: PairNet) -> None:
        """The preferred member first, so that it is the active one in a fresh lab."""
        first, second = (self._nodes[net.name] for net in pair.members)
        first.power_on()
        await self._until(lambda: bool(first.boot_id), f"{first.net.name} does not boot")
        await asyncio.sleep(_APART)
        second.power_on()
        roles = lambda: {first.role, second.role} == {"MASTER", "BACKUP"}  # noqa: E731
        await self._until(roles, f"{pair.name} finds no roles")

    async def _until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        deadline = asyncio.get_running_loop().time() + _START_WITHIN + self._spec.pairs
        while not is_so():
            if asyncio.get_running_loop().time() > deadline:
                logs = self._state / "nodes"
                raise HAUpgradeError(otherwise, advice=f"look at {logs}")
            await asyncio.sleep(0.05)

    def _node(self, request: dict[str, Any]) -> Node:
        name = str(request.get("member"))
        if name not in self._nodes:
            msg = f"there is no member {name}; known are {', '.join(self._nodes)}"
            raise SpecError(msg)
        return self._nodes[name]

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "state":
                members = {name: self._nodes[name].plain() for name in sorted(self._nodes)}
                return {"members": members, "faults": self._desk.plain()}
            case "crash":
                self._node(request).crash()
            case "power-on":
                self._node(request).power_on()
            case "run":
                line = str(request["line"]).split()
                return {"said": await self._node(request).do("env", "FWCTL_BY=hand", *line)}
            case "inject":
                await self._desk.inject(fault_from(request["fault"]))
            case "heal":
                await self._desk.heal(request.get("name"), request.get("member"))
            case "start":
                return await self._programs.start(
                    str(request["host"]), str(request["pair"]), [str(w) for w in request["command"]]
                )
            case "status":
                return {"status": self._programs.status(int(request["number"]))}
            case "signal":
                self._programs.signal(int(request["number"]), str(request["signal"]))
            case "stop":
                self._control.stop.set()
            case other:
                msg = f"unknown request {other}"
                raise ValueError(msg)
        return {}
