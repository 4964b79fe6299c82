"""The cables, bridges and hosts around the firewalls. Everything is in our own namespaces.

The lab's process lives in the network namespace *fabric*: it has an address on each pair's
management network and on its clients' side, a route to the servers through the pair, and no other
way out.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux.shell import ip, run
from nornir_haupgrade.lab.linux.spec import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.lab.linux.spec import MemberNet, PairNet

_IPV6 = ("all", "default")
_BRIDGE = "type bridge mcast_snooping 0 stp_state 0 forward_delay 0"


def host_namespace(run_folder: Path, pair: PairNet, host: str) -> str:
    """The file that holds the network namespace of a pair's "client" or "server"."""
    return str(run_folder / "net" / f"{pair.name}-{host}")


def build(pairs: Iterable[PairNet], run_folder: Path) -> None:
    """Lay out every pair's networks and hosts."""
    run("sysctl", "-q", "-w", *(f"net.ipv6.conf.{which}.disable_ipv6=1" for which in _IPV6))
    ip("link set lo up\n")
    for pair in pairs:
        _build(pair, run_folder)


def _build(pair: PairNet, run_folder: Path) -> None:
    bridges = [
        f"link add {pair.name}-{port} {_BRIDGE}\nlink set {pair.name}-{port} up\n" for port in PORTS
    ]
    own = (
        f"address add {pair.mgmt(254)}/24 dev {pair.name}-mgmt\n"
        f"address add {pair.out(200)}/24 dev {pair.name}-out\n"
        f"route add {pair.inside(0)}/24 via {pair.out(1)}\n"
    )
    ip("".join(bridges) + own)
    _host(
        pair, "client", "out", (pair.client, pair.natted_client), gateway=pair.out(1), at=run_folder
    )
    _host(pair, "server", "in", (pair.server,), gateway=pair.inside(1), at=run_folder)


def _host(
    pair: PairNet, host: str, port: str, addresses: tuple[str, ...], *, gateway: str, at: Path
) -> None:
    namespace = host_namespace(at, pair, host)
    Path(namespace).touch()  # what the namespace is bound to
    run("unshare", f"--net={namespace}", "true")
    cable = f"{pair.name}-{host}"
    ip(
        f"link add {cable} type veth peer name {port}\n"
        f"link set {port} netns {namespace}\n"
        f"link set {cable} master {pair.name}-{port} up\n"
    )
    own = "".join(f"address add {address}/24 dev {port}\n" for address in addresses)
    ip(
        f"link set lo up\n{own}link set {port} up\nroute add default via {gateway}\n",
        inside=namespace,
    )


def plug_in(member: MemberNet, process: int, *, down: frozenset[str]) -> None:
    """Give a member that boots its ports: new cables with the old hardware addresses.

    Args:
        member: Whose ports.
        process: A process in its network namespace.
        down: The ports whose cable is cut.
    """
    unplug(member)
    lines = []
    for port in PORTS:
        cable = member.link(port)
        state = "down" if port in down else "up"
        lines.append(
            f"link add {cable} type veth peer name {port}\n"
            f"link set {port} address {member.mac(port)}\n"
            f"link set {port} netns {process}\n"
            f"link set {cable} master {member.pair.name}-{port} {state}\n"
        )
    ip("".join(lines))


def unplug(member: MemberNet) -> None:
    """Take a member's ports away, in this instant and not when its namespace is cleaned up."""
    for port in PORTS:
        with contextlib.suppress(HAUpgradeError):  # none there, or gone with its namespace
            run("ip", "link", "delete", member.link(port))


def set_carrier(member: MemberNet, ports: Iterable[str], *, up: bool) -> None:
    """Cut or mend the cables of some ports; both ends see it."""
    state = "up" if up else "down"
    ip("".join(f"link set {member.link(port)} {state}\n" for port in ports))
