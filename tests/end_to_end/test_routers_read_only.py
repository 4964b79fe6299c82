"""Looking at routers sends nothing that is not declared, by Netmiko and by NAPALM."""

from __future__ import annotations

import re
from typing import Final

from nornir_haupgrade import HAPairs, upgrade_pair
from nornir_haupgrade.engines.checking import check
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.platforms.cisco_iosxe import CiscoIosXe
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.router_rig import NEW, OLD, routers, routers_of

NAPALM: Final = {"napalm": {"platform": "ios"}}
ALL_GETTERS: Final = [
    *("get_facts", "get_interfaces", "get_interfaces_ip", "get_interfaces_counters"),
    *("get_bgp_neighbors", "get_arp_table", "get_network_instances", "get_config"),
    {"get_route_to": {"options": {"destination": "0.0.0.0/0"}}},
]


def test_a_check_and_a_dry_run_send_what_is_declared_and_nothing_else(make_rig: MakeRig) -> None:
    given = routers(connections=NAPALM, ha={"getters": ALL_GETTERS})
    rig = routers_of(make_rig(**given))
    before, states = rig.configurations(), rig.lab.states()

    (found,) = check(rig.project(), Errand(to=NEW))
    assert found.is_ready, found.checks
    assert found.plan is not None
    assert found.plan.path == (OLD, NEW)
    (dry,) = rig.engine().dry_run(Errand(to=NEW))
    shown = [text for row in dry.rows for _, text in row.commands]
    assert not [text for text in shown if text.startswith("(")], "an error instead of a command"
    for wanted in (
        f"scp put {rig.IMAGE} bootflash:{rig.IMAGE}",
        "standby 20 priority 254",
        f"install add file bootflash:{rig.IMAGE}",
        "install activate auto-abort-timer 120 prompt-level none",
        "install commit",
    ):
        assert wanted in shown
    nr = rig.nornir()
    nr.data.dry_run = True
    result = nr.with_runner(HAPairs()).run(task=upgrade_pair, to=NEW)
    assert not result.failed, {name: str(one[0]) for name, one in result.items()}

    sent = {entry["command"] for entry in rig.lab.audit("command") if entry["by"] == "ssh"}
    netmiko, napalm = (
        re.compile("|".join(declared))
        for declared in (CiscoIosXe.READ_ONLY, CiscoIosXe.NAPALM_READ_ONLY)
    )
    assert [
        line for line in sent if not netmiko.fullmatch(line) and not napalm.fullmatch(line)
    ] == []
    assert {"show standby", "show install summary"} <= sent, "Netmiko's were seen"
    assert {"show bgp all summary", "show vrf"} <= sent, "NAPALM's were seen"
    assert not [entry for entry in rig.lab.audit() if entry["kind"] in {"upload", "role", "boot"}]
    assert {entry["effect"] for entry in rig.lab.audit("command")} == {"none"}
    assert rig.configurations() == rig.configurations("startup") == before
    assert [state.config_hash for state in rig.lab.states().values()] == [
        state.config_hash for state in states.values()
    ]


def test_everything_wrong_with_routers_is_found_at_once(make_rig: MakeRig) -> None:
    rig = routers_of(make_rig(**routers(preempt=False)))
    rig.fault("unsaved_changes", "p1b")
    rig.fault("one_group_moves")
    (found,) = check(rig.project(), Errand(to=NEW))
    assert not found.is_ready
    bad = {one.name: one.verdict.reason for one in found.checks if not one.verdict.is_good}
    assert set(bad) >= {"roles", "saved on p1b"}, bad
    assert "mixed" in bad["roles"]
    assert "logging buffered 65536" in bad["saved on p1b"]
    assert rig.sent() == {}
