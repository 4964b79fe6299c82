"""The twins' inventory: where they answer, and what is measured behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.rehearsal.pace import in_real_time
from nornir_haupgrade.rehearsal.standins import Behind
from nornir_haupgrade.rehearsal.twins import PASSWORD, USERNAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nornir_haupgrade.rehearsal.standins import StandIn
    from nornir_haupgrade.rehearsal.twins import Twin

_STABLE_FLOOR, _SETTLE_FLOOR = 0.1, 1.5
"""Real seconds, of a service's ``stable_for`` and ``settle``."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a lab answers: (address, port) of each member, and behind each pair."""

    members: Mapping[str, tuple[str, int]]
    services: Mapping[str, tuple[str, int]]
    pages: Mapping[str, tuple[str, int]]


def inventory_of(
    twins: Sequence[Twin],
    where: Where,
    spoken: Mapping[str, str],
    *,
    speed: float,
    password: str = PASSWORD,
) -> dict[str, dict[str, Any]]:
    """Hosts, groups and defaults; a group for each pair, which is one of ours if it has a driver.

    Args:
        twins: Whose inventory it is.
        where: Where they answer.
        spoken: Netmiko's platform of each member.
        speed: Device seconds per real second.
        password: Of the twins' login.
    """
    known = {twin.name for twin in twins if twin.has_driver}
    hosts: dict[str, Any] = {}
    for twin in twins:
        secret = PERSONALITIES[twin.spec.platform].secret
        extras = {"extras": {"secret": secret}} if secret else {}
        for name, called in twin.names:
            address, port = where.members[called]
            hosts[name] = {
                "hostname": address,
                "port": port,
                "groups": [twin.name],
                "connection_options": {"netmiko": {"platform": spoken[name], **extras}},
            }
    groups = {
        twin.name: {"data": {"ha": _ha(twin, where, known, speed)}} if twin.has_driver else {}
        for twin in twins
    }
    defaults = {"username": USERNAME, "password": password}
    return {"hosts": hosts, "groups": groups, "defaults": defaults}


def _ha(twin: Twin, where: Where, known: set[str], speed: float) -> dict[str, Any]:
    config = twin.likeness.config
    address, port = where.services[twin.name]
    services = [_service(one, twin, where, speed) for one in twin.stand_ins.services]
    canaries = [
        {"name": name, "type": "tcp", "address": address, "port": port}
        for name in twin.stand_ins.canaries
    ]
    ha: dict[str, Any] = {
        "pair": twin.name,
        "platform": str(twin.spec.platform),
        "site": config.site,
        "backs_up": [name for name in config.backs_up if name in known],
        "services": services,
        "canaries": canaries,
        "critical_sessions": list(twin.stand_ins.critical_sessions),
        "tolerance": {"sessions": f"{config.tolerance.sessions * 100:.6f}%"},
        "getters": [],
    }
    return {key: value for key, value in ha.items() if value or key == "getters"}


def _service(one: StandIn, twin: Twin, where: Where, speed: float) -> dict[str, Any]:
    times = {
        "settle": in_real_time(one.settle, speed=speed, floor=_SETTLE_FLOOR),
        "stable_for": in_real_time(one.stable_for, speed=speed, floor=_STABLE_FLOOR),
    }
    if one.behind is Behind.PAGES and one.page is not None:
        address, port = where.pages[twin.name]
        wanted = {"contains": one.page.text} if one.page.text else {}
        url = f"http://{address}:{port}{one.page.path}"
        return {"name": one.name, "type": "http", "url": url, "status": one.page.status,
                **wanted, **times}  # fmt: skip
    address, port = where.services[twin.name]
    return {"name": one.name, "type": "tcp", "address": address, "port": port, **times}
