"""A router's clock: the lab's device seconds as dates, in the forms that IOS prints."""

from __future__ import annotations

from nornir_haupgrade.lab.clock import moment

__all__ = ["log_stamp", "long_span", "moment", "short_span", "span", "stamp"]

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3_600, 86_400, 604_800, 31_536_000


def stamp(now: float) -> str:
    """As in ``System restarted at 16:23:49 UTC Sun Jul 19 2020``."""
    when = moment(now)
    return f"{when:%H:%M:%S} UTC {when:%a %b} {when.day} {when:%Y}"


def log_stamp(now: float) -> str:
    """As in ``install_add: START Thu May 12 00:11:54 UTC 2022``."""
    return f"{moment(now):%a %b %d %H:%M:%S} UTC {moment(now):%Y}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def long_span(seconds: float) -> str:
    """As in ``uptime is 1 year, 22 weeks, 6 days, 9 hours, 38 minutes``."""
    rest, parts = int(seconds), []
    for unit, size in (("year", _YEAR), ("week", _WEEK), ("day", _DAY), ("hour", _HOUR)):
        number, rest = divmod(rest, size)
        if number:
            parts.append(_counted(number, unit))
    parts.append(_counted(rest // _MINUTE, "minute"))
    return ", ".join(parts)


def short_span(seconds: float) -> str:
    """As in ``last state change 00:00:08``, ``5d14h``, ``10w3d``, ``1y47w``."""
    whole = max(0, int(seconds))
    if whole < _DAY:
        return span(whole)
    if whole < _WEEK:
        return f"{whole // _DAY}d{whole % _DAY // _HOUR:02}h"
    if whole < _YEAR:
        return f"{whole // _WEEK}w{whole % _WEEK // _DAY}d"
    return f"{whole // _YEAR}y{whole % _YEAR // _WEEK}w"


def span(seconds: float) -> str:
    """As in ``01:49:42``."""
    whole = max(0, int(seconds))
    return f"{whole // _HOUR:02}:{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"
