"""The appliance's command line, as its contract states it: a small shell that knows ``fwctl``."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.command import Line, Outcome, Reply, Terminal, refuse, say
from nornir_haupgrade.lab.personalities.linux_ha import change, show
from nornir_haupgrade.lab.personalities.linux_ha.appliance import appliance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.linux_ha.appliance import Appliance

Handler: TypeAlias = "Callable[[Pair, Appliance, list[str]], Outcome]"

_COMMANDS: dict[tuple[str, ...], tuple[Handler, range, bool]] = {
    ("show", "version"): (show.version, range(1), False),
    ("show", "ha"): (show.ha, range(1), False),
    ("show", "sessions"): (show.sessions, range(1), False),
    ("show", "sessions", "list"): (show.sessions_list, range(1), False),
    ("show", "interfaces"): (show.interfaces, range(1), False),
    ("show", "users"): (show.users, range(1), False),
    ("show", "session-sync"): (show.session_sync, range(1), False),
    ("show", "images"): (show.images, range(1), False),
    ("show", "boot"): (show.boot, range(1), False),
    ("image", "verify"): (show.verify, range(1, 2), False),
    ("image", "install"): (change.install, range(3, 4), True),
    ("image", "boot"): (change.select, range(1, 2), True),
    ("ha", "suspend"): (change.suspend, range(1), False),
    ("ha", "functional"): (change.functional, range(1), False),
    ("ha", "preempt"): (change.preempt, range(1, 2), False),
    ("ha", "request-sync"): (change.request_sync, range(1), False),
    ("ha", "sync-config"): (change.sync_config, range(1), False),
    ("ha", "sync-report"): (show.sync_report, range(1), False),
    ("backup",): (change.backup, range(1, 2), False),
    ("reboot",): (change.reboot, range(2), True),
}
"""Words -> handler, how many arguments it takes, whether it takes ``--if-state``."""


def _condition(words: list[str]) -> tuple[list[str], str | None]:
    """Take ``--if-state STATE`` off the end of a command."""
    if len(words) > 1 and words[-2] == "--if-state":
        return words[:-2], words[-1]
    return words, None


def fwctl(pair: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Understand ``fwctl WORDS...`` and check it, all in one instant; ``act`` changes."""
    words, state = _condition(words)
    for length in (3, 2, 1):
        found = _COMMANDS.get(tuple(words[:length]))
        if found is None or len(words) < length:
            continue
        handler, arguments, is_conditional = found
        if len(words) - length not in arguments or (state is not None and not is_conditional):
            return refuse(f"% wrong arguments: fwctl {' '.join(words)}")
        if state is not None and device.role != state:
            return refuse(f"% state is {device.role}")
        return handler(pair, device, words[length:])
    return refuse(f"% unknown command: {' '.join(words)}")


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(shlex.split(text))


class LinuxShell:
    """The login shell of the appliance: ``fwctl``, ``echo``, and nothing else."""

    more = ""

    def __init__(self, username: str = "admin") -> None:
        self._username = username

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """What bash prints."""
        del terminal
        return f"{self._username}@{device.hostname}:~$ "

    def is_end(self, line: Line) -> bool:
        """Whether the line logs out."""
        return line.text in {"exit", "logout"}

    def question(self, pair: Pair, device: Device, line: Line) -> None:
        """It asks nothing."""

    def execute(self, pair: Pair, device: Device, line: Line) -> Outcome:
        """Understand and check one line."""
        try:
            words = list(_words(line.text))
        except ValueError as exc:
            return refuse(f"-bash: syntax error: {exc}", status=2)
        if not words:
            return Outcome(Reply())
        if words[0] == "fwctl":
            return fwctl(pair, appliance(device), words[1:])
        if words[0] == "echo":
            return say(" ".join(words[1:]) + "\n")
        return refuse(f"-bash: {words[0]}: command not found", status=127)
