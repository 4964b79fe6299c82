"""NAPALM's `ios` on simulated routers over real SSH: what it reads, and that it only reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)

from nornir_haupgrade import lab as labs
from nornir_haupgrade.errors import CommandFailed
from nornir_haupgrade.gates.getters import as_before
from nornir_haupgrade.gates.items import SINGLE, items_of
from nornir_haupgrade.lab import LabSpec, LabThread
from nornir_haupgrade.model import Status
from nornir_haupgrade.platforms.logins import OwnLogins
from nornir_haupgrade.platforms.napalm import Napalm, Reach
from nornir_haupgrade.settings import Getter

router_pair: Any = getattr(labs, "router_pair", None)
pytestmark = [
    pytest.mark.ssh,
    pytest.mark.skipif(router_pair is None, reason="this lab has no routers"),
]

PASSWORD = "s3cret-of-the-lab"
NAMES = ("get_facts", "get_interfaces", "get_interfaces_ip", "get_bgp_neighbors", "get_arp_table")


@pytest.fixture
def lab() -> Iterator[LabThread]:
    with LabThread(LabSpec((router_pair("p1"),), speed=5.0, password=PASSWORD)) as lab:
        yield lab


@pytest.fixture
def reach(lab: LabThread, tmp_path: Path) -> Iterator[Callable[[str], Napalm]]:
    """Both members behind one address, by their ports, with the options on their group."""
    known = tmp_path / "known_hosts"
    known.write_text(lab.known_hosts)
    options = ConnectionOptions(platform="ios", extras={"optional_args": {"fast_cli": True}})
    group = Group("p1", username="admin", password=PASSWORD)
    group.connection_options["napalm"] = options
    hosts = Hosts(
        {
            name: Host(name, "127.0.0.1", port, groups=ParentGroups([group]))
            for name, port in lab.ports.items()
        }
    )
    nr = Nornir(Inventory(hosts, Groups({"p1": group}), Defaults()))
    opened: list[Napalm] = []

    def reach(member: str) -> Napalm:
        limits = Reach("p1", "ios", 10.0, 10.0, known)
        opened.append(Napalm(nr, hosts[member], limits, OwnLogins()))
        return opened[-1]

    yield reach
    for napalm in opened:
        napalm.close()


def plain(napalm: Napalm, getter: str) -> object:
    return json.loads(json.dumps(napalm.get(getter)))


def test_each_member_is_read_and_is_as_it_was(
    lab: LabThread, reach: Callable[[str], Napalm]
) -> None:
    for member in ("p1a", "p1b"):
        napalm = reach(member)
        before = {name: plain(napalm, name) for name in NAMES}
        assert items_of("get_facts", before["get_facts"])[SINGLE]["hostname"] == f'"{member}"'
        assert len(items_of("get_interfaces", before["get_interfaces"])) == 4
        assert list(items_of("get_bgp_neighbors", before["get_bgp_neighbors"])) == [
            "global 10.1.1.254"
        ]
        napalm.close()
        for name in NAMES:
            one = Getter(getter=name, name=name)
            verdict = as_before(member, one, before[name], plain(napalm, name))
            assert verdict.status is Status.PASS, verdict


def test_only_what_shows_is_sent(lab: LabThread, reach: Callable[[str], Napalm]) -> None:
    napalm = reach("p1a")
    for name in NAMES:
        napalm.get(name)
    napalm.get("get_config", retrieve="running")
    napalm.get("get_route_to", destination="198.51.100.0/25")
    napalm.close()
    sent = {str(entry["command"]) for entry in lab.audit() if entry["kind"] == "command"}
    assert any(line.startswith("show ip bgp") or "bgp" in line for line in sent)
    assert [line for line in sent if not line.startswith(("show ", "terminal ", "exit"))] == []


def test_a_line_that_is_cut_is_a_session_that_broke(
    lab: LabThread, reach: Callable[[str], Napalm]
) -> None:
    napalm = reach("p1b")
    napalm.get("get_facts")
    lab.call(lambda it: it.rig_of("p1").pair.devices[1].crash())
    with pytest.raises(CommandFailed, match=r"the session broke|no complete answer in time"):
        napalm.get("get_interfaces")
