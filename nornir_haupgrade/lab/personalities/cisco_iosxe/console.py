"""A router's terminal, and the channels that copy a file instead.

"Privilege denied." is what a login below 15 is told by SCP (ktbyers/scp_sidecar issue 16), and
options beside ``-t`` and ``-f`` are refused (sshnet/SSH.NET issue 829). No capture was found of
what a server that is switched off says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import router_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import flash_path
from nornir_haupgrade.lab.scp import Door, Scp
from nornir_haupgrade.lab.terminal.console import AskingConsole

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor

_FULL = 15


class RouterConsole(AskingConsole):
    """One session's terminal."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        terminal: Terminal,
    ) -> None:
        super().__init__(process, executor, device, terminal)
        self._router = router_of(device)

    def _refusal(self) -> str:
        if SCP not in self._router.configuration.running:
            return "Administratively disabled."
        return "" if self.terminal.privilege == _FULL else "Privilege denied."

    async def run_one(self, command: str) -> None:
        """One command without a terminal."""
        if command.split()[:1] == ["scp"]:
            door = Door(self._refusal, flash_path)
            await Scp(self.process, self.executor, self._router, door).serve()
        else:
            await super().run_one(command)
