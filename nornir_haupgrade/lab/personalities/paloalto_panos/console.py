"""A firewall's terminal."""

from __future__ import annotations

from nornir_haupgrade.lab.personalities.paloalto_panos.context import ON, SCRIPTING, settings_of
from nornir_haupgrade.lab.terminal.less import LessConsole


class PanosConsole(LessConsole):
    """Pages like ``less``; until scripting mode is on, a line is drawn again when it is entered.

    That is why Netmiko waits for prompt and command on one line when it turns the mode on, and
    for the plain echo afterwards.
    """

    def greeting(self) -> str:
        """Worded as in public transcripts of logins."""
        return "Number of failed attempts since last successful login: 0\n\n"

    async def read_command(self) -> str:
        """A line, and in the middle of no script the prompt once more."""
        if settings_of(self.terminal).get(SCRIPTING) == ON:
            return await self._read()
        prompt = self.command_line.prompt(self.device, self.terminal).splitlines()[-1]
        return await self._keyboard.line(prompt=prompt)
