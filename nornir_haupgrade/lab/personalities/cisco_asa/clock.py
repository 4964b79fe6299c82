"""A unit's clock: the lab's device seconds in the forms that the ASA prints."""

from __future__ import annotations

from nornir_haupgrade.lab.clock import moment

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3_600, 86_400, 31_536_000


def stamp(now: float) -> str:
    """As in ``Last Failover at: 12:52:34 UTC Apr 26 2017``."""
    when = moment(now)
    return f"{when:%H:%M:%S} UTC {when:%b} {when.day} {when:%Y}"


def exact_stamp(now: float) -> str:
    """As in ``modified by enable_15 at 16:49:41.489 UTC Mon Mar 2 2015``."""
    when = moment(now)
    milliseconds = when.microsecond // 1000
    return f"{when:%H:%M:%S}.{milliseconds:03} UTC {when:%a %b} {when.day} {when:%Y}"


def file_stamp(now: float) -> str:
    """As in the listing of a disk: ``06:43:00 Jun 30 2018``."""
    return f"{moment(now):%H:%M:%S %b %d %Y}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def up(seconds: float) -> str:
    """As in ``up 1 year 97 days``, ``up 41 days 19 hours``, ``up 2 hours 12 mins``: two units."""
    units = (("year", _YEAR), ("day", _DAY), ("hour", _HOUR), ("min", _MINUTE), ("sec", 1))
    rest, parts = max(0, int(seconds)), list[tuple[int, str]]()
    for unit, size in units:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append((number, unit))
    return " ".join(_counted(number, unit) for number, unit in parts[:2]) or "0 secs"


def idle(seconds: float) -> str:
    """As in ``idle 0:00:22``."""
    whole = max(0, int(seconds))
    return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"
