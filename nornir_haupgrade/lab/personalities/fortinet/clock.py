"""A FortiGate's clock: the lab's device seconds in the forms that FortiOS prints."""

from __future__ import annotations

from nornir_haupgrade.lab.clock import moment

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def stamp(now: float) -> str:
    """As in ``Cluster state change time: 2024-09-16 13:03:51``."""
    return f"{moment(now):%Y-%m-%d %H:%M:%S}"


def slashed(now: float) -> str:
    """As in ``<2024/09/16 13:03:51> ... is selected``."""
    return f"{moment(now):%Y/%m/%d %H:%M:%S}"


def system_time(now: float) -> str:
    """As in ``System time: Fri Jan  8 13:22:01 2021``."""
    when = moment(now)
    return f"{when:%a %b} {when.day:>2} {when:%H:%M:%S %Y}"


def parts(seconds: float) -> tuple[int, int, int, int]:
    """Days, hours, minutes and seconds."""
    whole = max(0, int(seconds))
    return whole // _DAY, whole % _DAY // _HOUR, whole % _HOUR // _MINUTE, whole % _MINUTE


def cluster_span(seconds: float) -> str:
    """As in ``Cluster Uptime: 40 days 19:16:5``: nothing is padded."""
    days, hours, minutes, rest = parts(seconds)
    return f"{days} days {hours}:{minutes}:{rest}"


def spoken_span(seconds: float) -> str:
    """As in ``Cluster uptime: 85 days, 12 hours, 38 minutes, 8 seconds``."""
    days, hours, minutes, rest = parts(seconds)
    return f"{days} days, {hours} hours, {minutes} minutes, {rest} seconds"


def uptime(seconds: float) -> str:
    """As in ``Uptime: 0 days,  22 hours,  59 minutes``."""
    days, hours, minutes, _ = parts(seconds)
    return f"{days} days,  {hours} hours,  {minutes} minutes"


def route_age(seconds: float) -> str:
    """As in ``22:00:53``, ``3d13h31m`` and ``03w2d20h``."""
    days, hours, minutes, rest = parts(seconds)
    if days >= 7:  # noqa: PLR2004  # a week
        return f"{days // 7:02}w{days % 7}d{hours:02}h"
    return f"{days}d{hours:02}h{minutes:02}m" if days else f"{hours:02}:{minutes:02}:{rest:02}"
