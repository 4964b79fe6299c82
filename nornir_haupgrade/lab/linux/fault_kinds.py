"""What can go wrong in a Linux lab: a table of names, each with how it strikes and is undone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.lab.linux.spec import PORTS
from nornir_haupgrade.lab.plain import SpecError

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux.node import Node

Params: TypeAlias = Mapping[str, Any]
Undo: TypeAlias = Callable[[], Awaitable[None]]
Strike: TypeAlias = "Callable[[Node, Node, Params], Awaitable[Undo | None]]"
"""Called with the member, its peer and the parameters."""

_LATE = 10.0
_BETWEEN = 0.5
_BY_HAND = ("env", "FWCTL_BY=hand")


async def _crash(node: Node, _: Node, __: Params) -> Undo:
    """The member loses power and stays off until it is healed."""
    node.crash()

    async def undo() -> None:
        node.power_on()

    return undo


async def _late_sync(node: Node, _: Node, params: Params) -> Undo:
    """At the boots to come its session synchronisation starts late."""
    node.sync_delay = float(params.get("seconds", _LATE))

    async def undo() -> None:
        node.sync_delay = 0.0

    return undo


async def _sync_stopped(node: Node, _: Node, __: Params) -> Undo:
    """Its session synchronisation ends now."""
    await node.do("conntrackd", "-C", "/run/ha/conntrackd.conf", "-k")

    async def undo() -> None:
        await node.do("conntrackd", "-d", "-C", "/run/ha/conntrackd.conf")

    return undo


async def _ha_cut(node: Node, peer: Node, __: Params) -> Undo:
    """The link between the members has no carrier on either side."""
    for one in (node, peer):
        one.set_ports({"ha"}, up=False)

    async def undo() -> None:
        for one in (node, peer):
            one.set_ports({"ha"}, up=True)

    return undo


async def _port_down(node: Node, _: Node, params: Params) -> Undo:
    """One of its ports has no carrier."""
    port = str(params.get("port", "in"))
    if port not in PORTS:
        msg = f"there is no port {port}; known are {', '.join(PORTS)}"
        raise SpecError(msg)
    node.set_ports({port}, up=False)

    async def undo() -> None:
        node.set_ports({port}, up=True)

    return undo


async def _data_dead(node: Node, _: Node, __: Params) -> Undo:
    """HA sees nothing, but what should pass does not: its kernel forwards no packet."""
    await node.do("sysctl", "-q", "-w", "net.ipv4.ip_forward=0")

    async def undo() -> None:
        await node.do("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")

    return undo


async def _touch_config(node: Node, _: Node, params: Params) -> None:
    """Somebody changes the shared configuration by hand, and loads it."""
    line = str(params.get("line", "# changed by hand"))
    script = 'printf "%s\\n" "$1" >>/flash/config/shared/ruleset.nft && /usr/local/lib/fw/load'
    await node.do("sh", "-c", script, "sh", line)


async def _takeover(node: Node, _: Node, __: Params) -> None:
    """Somebody has the member give its role up by hand, and lets it come back as standby."""
    await node.do(*_BY_HAND, "fwctl", "ha", "suspend")
    await asyncio.sleep(_BETWEEN)
    await node.do(*_BY_HAND, "fwctl", "ha", "functional")


async def _preempt_on(node: Node, _: Node, __: Params) -> None:
    """Somebody turns preemption on by hand."""
    await node.do(*_BY_HAND, "fwctl", "ha", "preempt", "on")


async def _disk_full(node: Node, _: Node, params: Params) -> Undo:
    """Something else takes up the room on its flash, but for so many bytes."""
    free = int(params.get("free", 0))
    script = 'dd if=/dev/zero of=/flash/log/ballast bs=1M 2>/dev/null; truncate -s "-$1" "$2"'
    await node.do("sh", "-c", script, "sh", str(free), "/flash/log/ballast")

    async def undo() -> None:
        await node.do("rm", "-f", "/flash/log/ballast")

    return undo


FAULTS: dict[str, Strike] = {
    "crash": _crash,
    "data-dead": _data_dead,
    "disk-full": _disk_full,
    "ha-cut": _ha_cut,
    "late-sync": _late_sync,
    "port-down": _port_down,
    "preempt-on": _preempt_on,
    "sync-stopped": _sync_stopped,
    "takeover": _takeover,
    "touch-config": _touch_config,
}
