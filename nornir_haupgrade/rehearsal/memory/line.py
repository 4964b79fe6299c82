"""One login to a simulated device: when it is refused, and when its line is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HostKeyChanged, LoginRefused, Unreachable
from nornir_haupgrade.lab.command import Terminal
from nornir_haupgrade.lab.device import AAA_TIMEOUT

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.rehearsal.memory.bench import Bench

_LONGEST = 511
"""Columns of the terminal; a login asks for them, and for no pages."""


class Line:
    """A session's line; it follows its device from the login on.

    Attributes:
        device: Where it leads to.
        terminal: What the device remembers of it.
        is_cut: Whether it has ended, whoever ended it.
        is_busy: Whether the device still works on what was typed: it goes on listing the login.
    """

    def __init__(self, bench: Bench, device: Device, *, is_listed: bool = True) -> None:
        self.device = device
        self.terminal = Terminal(length=0, width=_LONGEST)
        self.is_cut = False
        self.is_busy = False
        self._bench = bench
        self._was_silent = False
        self._login = ""
        if is_listed:
            self.terminal.line = device.free_line()
            self._login = f"{bench.username} pts/{self.terminal.line} 192.0.2.1"
            device.logins[self.terminal.line] = self._login
        device.listeners.append(self._follow)

    def cut(self) -> None:
        """End it, from either side."""
        self.is_cut = True
        if self._follow in self.device.listeners:
            self.device.listeners.remove(self._follow)
        if not self.is_busy:
            self.leave()

    def leave(self) -> None:
        """The device does not list it any more."""
        number = self.terminal.line
        # after a boot the number may be somebody else's
        if number is not None and self.device.logins.get(number) is self._login:
            del self.device.logins[number]

    def _follow(self) -> None:
        if self.device.is_answering:
            if self._was_silent:
                self.cut()
        elif self.device.is_silent:
            self._was_silent = True
        else:
            self.cut()


def log_in(bench: Bench, device: Device, *, pair: str, timeout: float) -> Line:
    """A line to a device.

    Raises:
        ConnectFailed: There is none, and why.
    """
    where, clock = f"{device.name} in memory", bench.clock
    if not device.is_answering and not device.is_silent:
        raise Unreachable(f"{where} refused the connection", pair=pair, member=device.name)
    if (
        device.is_silent
        or device.has("mute") is not None
        or device.has("management_cut") is not None
    ):
        clock.advance(timeout)
        raise Unreachable(
            f"{where} timed out while waiting for the banner", pair=pair, member=device.name
        )
    if device.has("host_key_changed") is not None:
        raise HostKeyChanged(f"{where} offers another key", pair=pair, member=device.name)
    bench.rig.executor.login(device)
    unreachable = device.has("aaa_unreachable")
    if unreachable is not None:
        seconds = float(unreachable.get("seconds", AAA_TIMEOUT))
        clock.advance(min(seconds, timeout))
        if seconds >= timeout:
            raise Unreachable(f"{where} timed out while logging in", pair=pair, member=device.name)
    is_refused = unreachable is not None or device.has("login_refused") is not None
    bench.audit.add(
        "login", pair, member=device.name, user=bench.username, is_admitted=not is_refused
    )
    if is_refused:
        raise LoginRefused(f"{where} refuses the login", pair=pair, member=device.name)
    line = Line(bench, device)
    if clock.advance(bench.pace.login, lambda: line.is_cut):
        raise Unreachable(f"{where} broke off", pair=pair, member=device.name)
    return line
