"""One member: power, boots and crashes, as the lab's process sees them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux import fabric
from nornir_haupgrade.lab.linux.flash import next_slot
from nornir_haupgrade.lab.linux.spec import PORTS

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux.audit import Audit, Entry
    from nornir_haupgrade.lab.linux.media import Media
    from nornir_haupgrade.lab.linux.spec import LinuxSpec, MemberNet

_BOOT = Path(__file__).parent / "host" / "boot"
_NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child=KILL")
_REBOOT = -signal.SIGHUP
"""How reboot(2) ends the first process of a pid namespace; any other end leaves it off."""


class Phase(StrEnum):
    """What a member is doing."""

    OFF = "off"
    STARTING = "starting"
    """Between two systems: firmware and loader."""
    RUNNING = "running"


class Node:
    """A member's hardware; ``changed`` is set and cleared whenever something about it changes."""

    def __init__(self, net: MemberNet, spec: LinuxSpec, audit: Audit, media: Media) -> None:
        self.net = net
        self.phase = Phase.OFF
        self.role = "INIT"
        self.version = ""
        self.slot = ""
        self.boot_id = ""
        self.boots = 0
        self.down_ports: set[str] = set()
        self.sync_delay = 0.0
        """Seconds that conntrackd starts late at a boot."""
        self.flash = media.flash(net)
        self._boot_seconds = spec.boot_seconds
        self._audit = audit
        self._media = media
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        audit.listeners.append(self._heard)

    def plain(self) -> dict[str, Any]:
        """The member for the control channel."""
        return {
            "phase": str(self.phase),
            "role": self.role,
            "version": self.version,
            "slot": self.slot,
            "boot_id": self.boot_id,
            "boots": self.boots,
            "address": self.net.address,
            "inner": self.net.inner,
            "down_ports": sorted(self.down_ports),
        }

    def power_on(self) -> None:
        """Boot, unless it is on."""
        if self._life is None or self._life.done():
            self._audit.add("power", self.net, on=True)
            self._life = asyncio.create_task(self._live(), name=self.net.name)
            self._life.add_done_callback(self._died)

    def crash(self) -> None:
        """Lose power in this instant: the carrier of every port first, as a cable sees it."""
        if self._process is not None:
            with contextlib.suppress(HAUpgradeError):  # in the middle of a boot
                fabric.set_carrier(self.net, PORTS, up=False)
            self._audit.add("power", self.net, on=False)
            with contextlib.suppress(ProcessLookupError, HAUpgradeError):
                os.kill(self.first_process, signal.SIGKILL)
        elif self._life is not None:
            self._life.cancel()
            self._go_off()

    @property
    def first_process(self) -> int:
        """Its process 1, as we see it.

        Raises:
            HAUpgradeError: It does not run.
        """
        if self._process is not None:
            pid = self._process.pid
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                if children:
                    return int(children[0])
        raise HAUpgradeError(f"{self.net.name} does not run", advice="power it on")

    async def do(self, *command: str) -> str:
        """Run a command inside, as its root; what it printed.

        Raises:
            HAUpgradeError: It failed, or the member does not run.
        """
        enter = ("nsenter", "--target", str(self.first_process), "--all", "--root", "--wd")
        process = await asyncio.create_subprocess_exec(
            *enter,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        text = said.decode(errors="replace")
        if process.returncode:
            raise HAUpgradeError(f"{self.net.name}: {' '.join(command)}: {text.strip()}")
        return text

    def set_ports(self, ports: set[str], *, up: bool) -> None:
        """Cut or mend cables, also for the boots to come."""
        self.down_ports = self.down_ports - ports if up else self.down_ports | ports
        if self._process is not None:
            fabric.set_carrier(self.net, ports, up=up)

    async def _live(self) -> None:
        """Boot again and again, until something else than a reboot ends it."""
        while True:
            self.phase = Phase.STARTING
            await asyncio.sleep(self._boot_seconds)
            slot, lower = self._media.bootable(self.net, next_slot(self.flash))
            if await self._run(slot, lower) != _REBOOT:
                return

    async def _run(self, slot: str, lower: Path) -> int:
        log = self._media.log(self.net)
        self._process = process = await asyncio.create_subprocess_exec(
            "unshare",
            *_NAMESPACES,
            *("sh", str(_BOOT), str(self._media.work(self.net)), str(lower)),
            *(str(self.flash), str(self._media.journal(self.net)), slot),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={"PATH": os.defpath + ":/usr/sbin:/sbin", "SYNC_DELAY": f"{self.sync_delay:g}"},
        )
        try:
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stdout is not None  # noqa: S101
            if await process.stdout.readline() == b"ready\n":
                fabric.plug_in(self.net, process.pid, down=frozenset(self.down_ports))
                process.stdin.write(b"go\n")
                self.phase = Phase.RUNNING
                self.boots += 1
            return await process.wait()
        finally:
            self._process = None
            self._go_off()

    def _go_off(self) -> None:
        fabric.unplug(self.net)
        self.phase = Phase.OFF
        if self.role != "INIT":
            # Its own word for it may have been lost with the power.
            self._audit.add("role", self.net, state="INIT", before=self.role)

    def _died(self, life: asyncio.Task[None]) -> None:
        self.phase = Phase.OFF
        if not life.cancelled() and (error := life.exception()) is not None:
            self._audit.add("broken", self.net, error=str(error))

    def _heard(self, entry: Entry) -> None:
        if entry["member"] != self.net.name:
            return
        match entry["kind"]:
            case "role":
                self.role = entry["state"]
            case "boot":
                self.version, self.slot = entry["version"], entry["slot"]
                self.boot_id = entry["boot_id"]
