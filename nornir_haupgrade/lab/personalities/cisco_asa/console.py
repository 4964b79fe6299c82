"""A unit's terminal, and the channels that copy a file instead.

What the login is shown is that of transcripts of 9.x. No capture was found of what an SCP server
says that is switched off, or a login without privilege; the texts are those of IOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.asa import asa_of
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_asa.versions import flash_path
from nornir_haupgrade.lab.scp import Door, Scp
from nornir_haupgrade.lab.terminal.console import AskingConsole

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor


class AsaConsole(AskingConsole):
    """One session's terminal."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        terminal: Terminal,
    ) -> None:
        super().__init__(process, executor, device, terminal)
        self._asa = asa_of(device)

    def greeting(self) -> str:
        """Who logged in, and how often."""
        user = self.process.get_extra_info("username")
        return (
            f"User {user} logged in to {self._asa.hostname}\n"
            "Logins over the last 1 days: 1.  \n"
            "Failed logins since the last login: 0.  \n"
            "Type help or '?' for a list of available commands.\n"
        )

    def erased(self, more: str) -> str:
        """The line is written over."""
        return "\r" + " " * len(more) + "\r"

    def _refusal(self) -> str:
        is_on = SCP in self._asa.configuration.running
        return "" if is_on else "Administratively disabled."

    async def run_one(self, command: str) -> None:
        """One command without a terminal."""
        if command.split()[:1] == ["scp"]:
            door = Door(self._refusal, flash_path, options=("-v", "-p"))
            await Scp(self.process, self.executor, self._asa, door).serve()
        else:
            await super().run_one(command)
