"""A router's terminal, and the channels that copy a file instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.router import router_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.scp import Scp
from nornir_haupgrade.lab.terminal.console import AskingConsole

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor


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

    async def run_one(self, command: str) -> None:
        """One command without a terminal."""
        if command.split()[:1] == ["scp"]:
            await Scp(self.process, self.executor, self._router, self.terminal).serve()
        else:
            await super().run_one(command)
