"""Logins, clock and environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome


def users(at: At, _: tuple[str, ...]) -> Outcome:
    """``show users``: every login with a terminal, a star at one's own."""
    rows = []
    for line, login in sorted(at.router.logins.items()):
        user, *_rest, peer = login.split()
        star = "*" if line == at.terminal.line else " "
        rows.append(
            f"{star}{line:>3} vty {line - 1:<5} {user:<10} idle                 00:00:00 {peer}"
        )
    return show(
        "    Line       User       Host(s)              Idle       Location",
        *rows,
        "",
        "  Interface    User               Mode         Idle     Peer Address",
        "",
    )


def clock(at: At, _: tuple[str, ...]) -> Outcome:
    """``show clock``; a star marks a clock that nobody set."""
    when = moment(at.now)
    star = "" if at.router.spec.has_clock else "*"
    milliseconds = when.microsecond // 1000
    return show(f"{star}{when:%H:%M:%S}.{milliseconds:03} UTC {when:%a %b} {when.day} {when:%Y}")


def privilege(at: At, _: tuple[str, ...]) -> Outcome:
    """``show privilege``."""
    return show(f"Current privilege level is {at.terminal.privilege}")


def hosts(at: At, _: tuple[str, ...]) -> Outcome:
    """``show hosts``."""
    names = [line for line in at.router.configuration.running if line.startswith("ip domain name ")]
    domain = names[0].split()[-1] if names else "not set"
    return show(
        f"Default domain is {domain}",
        "Name servers are 255.255.255.255",
        "NAME  TTL  CLASS   TYPE      DATA/ADDRESS",
        "-----------------------------------------",
    )


def processes_cpu(_: At, __: tuple[str, ...]) -> Outcome:
    """``show processes cpu``, its head and one process."""
    return show(
        "CPU utilization for five seconds: 3%/0%; one minute: 4%; five minutes: 2%",
        " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process",
        "   1           9          31        290  0.00%  0.00%  0.00%   0 Chunk Manager",
    )


def memory_statistics(_: At, __: tuple[str, ...]) -> Outcome:
    """``show memory statistics``."""
    return show(
        "Tracekey : 1#7a4d0c1be2f36598c0a1d2e3f4051627",
        "",
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)",
        "Processor  7F21D4C8B048   2077148216   251806004  1825342212  1824220880  1543503684",
        " lsmpi_io  7F21D418E1A8      3149400     3148576         824         824         412",
    )
