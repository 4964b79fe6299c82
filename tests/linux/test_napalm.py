"""NAPALM beside our own sessions, on real Debian systems: evidence, and nobody's login."""

from __future__ import annotations

import json
from pathlib import Path

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

from nornir_haupgrade.errors import HAUpgradeError, HostKeyChanged
from nornir_haupgrade.gates.getters import as_before
from nornir_haupgrade.gates.items import SINGLE, items_of
from nornir_haupgrade.lab.linux import LinuxLab
from nornir_haupgrade.model import Status
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.procedure.actions.getters import checks_of
from nornir_haupgrade.settings import Getter, MemberConfig, PairConfig, Settings
from tests.linux.conftest import SPEC

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]

NAMES = ("get_facts", "get_interfaces", "get_interfaces_ip", "get_arp_table")
GETTERS = tuple(Getter(getter=name, name=name) for name in NAMES)


def pair_of(lab: LinuxLab, known_hosts: Path) -> Pair:
    """The pair p1, with its options on the group as an inventory has them."""
    options = {
        "netmiko": ConnectionOptions(platform="linux"),
        "napalm": ConnectionOptions(platform="linux", extras={"optional_args": {}}),
    }
    group = Group("p1", username="admin", password=SPEC.password, connection_options=options)
    hosts = Hosts(
        {
            name: Host(name, lab.states[name]["address"], groups=ParentGroups([group]))
            for name in ("p1a", "p1b")
        }
    )
    members = (MemberConfig("p1a", None, "linux_ha"), MemberConfig("p1b", None, "linux_ha"))
    config = PairConfig("p1", members, "linux_ha", getters=GETTERS)
    settings = Settings.model_validate({"known_hosts": str(known_hosts)})
    nr = Nornir(Inventory(hosts, Groups({"p1": group}), Defaults()))
    return Pair(nr, config, settings, is_read_only=True)


def read(pair: Pair) -> dict[str, dict[str, object] | HAUpgradeError]:
    def of(name: str, _: object) -> dict[str, object]:
        napalm = pair.getters_of(name)
        assert napalm is not None
        return {one: json.loads(json.dumps(napalm.get(one))) for one in NAMES}

    return pair.each(of)


def test_napalm_reads_both_members_and_is_nobody_s_login(lab: LinuxLab) -> None:
    pytest.importorskip("napalm_linux")
    pair = pair_of(lab, lab.known_hosts)
    try:
        facts, errors = pair.look()
        assert errors == {}
        found = read(pair)
        for name, answers in found.items():
            assert not isinstance(answers, HAUpgradeError), answers
            items = {one: items_of(one, answer) for one, answer in answers.items()}
            assert items["get_facts"][SINGLE]["hostname"] == f'"{name}"'
            assert {"mgmt", "out", "in", "ha"} <= items["get_interfaces"].keys()
            address = lab.states[name]["address"]
            assert f"mgmt ipv4 {address}" in items["get_interfaces_ip"]
            print(name, {one: len(own) for one, own in items.items()})
            again = read(pair)[name]
            assert not isinstance(again, HAUpgradeError), again
            for one in GETTERS[:3]:
                verdict = as_before(name, one, answers[one.name], again[one.name])
                assert verdict.status is Status.PASS, verdict
        # Its sessions have just ended; what the members list of them is not somebody's.
        after, errors = pair.look()
        assert errors == {}
        assert after == facts
        assert all(own is not None and own.others == 0 for _, own in after.members)
        (check,) = checks_of(pair)
        print(check.verdict.reason)
        assert not [host for host in pair.nr.inventory.hosts.values() if host.connections]
    finally:
        pair.close()


def test_napalm_logs_in_to_nobody_else(lab: LinuxLab, tmp_path: Path) -> None:
    """The members' keys, exchanged: our own session is refused as well, so NAPALM goes alone."""
    pytest.importorskip("napalm_linux")
    one, other = (lab.states[name]["address"] for name in ("p1a", "p1b"))
    keys = {
        name: f"{kind} {key}"
        for names, kind, key in map(str.split, lab.known_hosts.read_text().splitlines())
        for name in names.split(",")
    }
    exchanged = tmp_path / "known_hosts"
    exchanged.write_text(f"{one} {keys[other]}\n{other} {keys[one]}\n")
    pair = pair_of(lab, exchanged)
    napalm = pair.getters_of("p1a")
    assert napalm is not None
    with pytest.raises(HostKeyChanged):
        napalm.get("get_facts")
