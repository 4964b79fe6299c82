"""A FortiGate's terminal: pages as configured, a banner to accept, a hop to the other member."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Reply, Terminal
from nornir_haupgrade.lab.personalities.fortinet.cluster import cluster_index
from nornir_haupgrade.lab.personalities.fortinet.context import own_of
from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate, fortigate_of
from nornir_haupgrade.lab.terminal.console import AskingConsole

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Line

_PAGE = 24
_LOOK_EVERY = 0.02
"""Real seconds."""
_BANNER = "This is a simulated system.\n\n(Press 'a' to accept):"


class FortiConsole(AskingConsole):
    """One session's terminal."""

    joins_returns = False
    _home: tuple[FortiGate, Terminal, int] | None = None
    """One's own member and terminal while the session is on the other one, and the line there."""

    async def _run_shell(self) -> None:
        configuration = fortigate_of(self.device).configuration
        if configuration.is_on("system global", "post-login-banner"):
            self._say(_BANNER)
            while await self._keyboard.key() not in {ord("a"), ord("A")}:
                self._say(_BANNER)
            self._print("\n")
        try:
            await super()._run_shell()
        finally:
            self._leave()

    def erased(self, more: str) -> str:
        """What takes the end of a page away again."""
        return "\r" + " " * len(more) + "\r"

    async def _page(self, text: str) -> None:
        configuration = fortigate_of(self.device).configuration
        is_paged = configuration.value("system console", "output") == "more"
        self.terminal.length = _PAGE if is_paged else 0
        await super()._page(text)

    async def _enter(self, line: Line) -> bool:
        if self._home is not None and self.command_line.is_end(line):
            self._return()
            return True
        return await super()._enter(line)

    async def _show(self, reply: Reply) -> bool:
        if self._home is not None and (reply.is_cut or reply.is_last):
            if not reply.is_cut:
                self._say(reply.stdout)
                while self.device.is_answering:  # noqa: ASYNC110  # its listeners are no coroutines
                    await asyncio.sleep(_LOOK_EVERY)
            self._return()
            return True
        goes_on = await super()._show(reply)
        if not goes_on:
            return False
        self._print("\n")
        own = own_of(self.terminal)
        if own.is_hopping:
            own.is_hopping = False
            self._hop()
        return True

    def _hop(self) -> None:
        device = fortigate_of(self.device)
        there, line = device.mate, device.mate.free_line()
        user, _ = self.terminal.login
        there.logins[line] = f"{user} pts/{line} 169.254.0.{1 + cluster_index(device)}"
        self._home = device, self.terminal, line
        self.device = there
        self.terminal = Terminal(line=line, login=self.terminal.login)

    def _return(self) -> None:
        """Be on one's own member again, and say so."""
        self._print(f"Connection to {self.device.hostname} closed.\n\n")
        self._leave()

    def _leave(self) -> None:
        """Be on one's own member again, with no login left on the other one."""
        if self._home is not None:
            home, terminal, line = self._home
            self.device.logins.pop(line, None)
            self._home, self.device, self.terminal = None, home, terminal
