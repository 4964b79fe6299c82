"""The FortiGates' texts have the shape of real ones, and the community's templates read them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import FortigateSpec
from tests.lab.conftest import FortiWorld, MakeFortigates

CAPTURES = Path(__file__).parent / "captures" / "fortinet"
HA_STATUS = {
    "6.0.7": ("get_system_ha_status_5.6.raw", "get_system_ha_status_6.0.raw"),
    "6.4.9": ("get_system_ha_status_6.4.raw", "get_system_ha_status_5.6.raw"),
    "7.0.15": ("get_system_ha_status_7.0_hbdev.raw", "get_system_ha_status_5.6.raw"),
}
STATUS = {
    "6.0.7": "get_system_status.raw",
    "6.2.6": "get_system_status_6.2.raw",
    "7.0.13": "get_system_status_7.0_1801f.raw",
    "7.0.15": "get_system_status_7.0_40f.raw",
    "7.4.1": "get_system_status_7.4.raw",
}
PHYSICAL = {
    "6.0.7": "get_system_interface_physical_6.0.raw",
    "7.4.1": "get_system_interface_physical_7.4.raw",
}
HARDWARE = FortigateSpec(model="FortiGate-60F")

KINDS = (
    (r"<?\b\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d>?", "DATE"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", "DATE"),
    (r"\bF[GX][\dA-Zxyz]{12,14}\b", "SERIAL"),
    (r"\bFortiGate\b\S*", "MODEL"),
    (r"\b(fgt[-_]\w+|FGT-fw-\w|fw1|FGT|FW|MYCOOLEFIREWALLNAME|p1[ab])\b *", "HOST"),
    (r"\b(enable|disable|multiple)$", "SWITCH"),
    (r"\b(warm reboot|power cycle)$", "REASON"),
    (r"^( *)[\w-]+: physical/", r"\1PORT: physical/"),
    (r"==\[\w+\]", "==[PORT]"),
    (r"(?<=, )(lan|wan|port\d|mgmt|Vlan\d+|Tu-\w+-\w+)$", "PORT"),
    (r"\b([\da-f]{2}:){5}[\da-f]{2}\b", "MAC"),
    (r"(?<=MAC )\w+$", "PORT"),
    (r"\b(\d+[wd]\d\w+|\d\d:\d\d:\d\d)\b", "AGE"),
    (r"\d+", "N"),
    (r" +", " "),
)
"""What is a value in a line, whatever it is."""


def shape(line: str) -> str:
    """A line without its values; its indentation stands."""
    text = line.strip()
    inset = len(line) - len(line.lstrip())
    for kind, word in KINDS:
        text = re.sub(kind, word, text)
    return " " * inset + text


def strange(text: str, *names: str) -> list[str]:
    """Lines that no capture has."""
    captured = [line for name in names for line in (CAPTURES / name).read_text().splitlines()]
    real = {shape(line) for line in captured}
    return [line for line in text.splitlines() if shape(line) not in real]


def parsed(world: FortiWorld, line: str) -> list[dict[str, Any]]:
    # the template knows no group's name, which releases from 7.2 on have
    said = re.sub("Group Name: .*\nGroup ID:", "Group:", world.ask(world.a, line))
    return list(parse_output("fortinet", line, said))


@pytest.mark.parametrize("version", HA_STATUS)
def test_get_system_ha_status_of_both_members(
    make_fortigates: MakeFortigates, version: str
) -> None:
    world = make_fortigates(versions=(version, version))
    for unit in (world.a, world.b):
        said = world.ask(unit, "get system ha status")
        if version == "6.4.9":
            # that capture has lost its indentation; this reason was captured in 6.0 only
            said = "\n".join(line.strip() for line in said.splitlines())
            said = said.replace("largest value of override priority", "largest value of uptime")
        assert strange(said, *HA_STATUS[version]) == []


@pytest.mark.parametrize("version", [*HA_STATUS, "7.4.4", "7.6.0"])
def test_the_template_for_get_system_ha_status(
    make_fortigates: MakeFortigates, version: str
) -> None:
    world = make_fortigates(versions=(version, version), preempt=True)
    [found] = parsed(world, "get system ha status")
    assert found["ha_health"] == ["OK"]
    assert (found["ha_mode"], found["ha_override_status"]) == ("HA A-P", "enable")
    assert (found["ha_master_unit_name"], found["ha_slave_unit_name"]) == ("p1a", "p1b")
    serials = (found["ha_master_unit_serial"], found["ha_slave_unit_serial"])
    assert serials == (world.a.node_id, world.b.node_id)
    assert found["ha_session_pickup_status"] == "enable"
    assert found["cluster_uptime"] == "1 days 0:0:0"


def test_the_address_in_the_status_is_the_primarys(fortigates: FortiWorld) -> None:
    texts = [fortigates.ask(unit, "get system ha status") for unit in (fortigates.a, fortigates.b)]
    [first, second] = [re.findall(r"vcluster 1: (\w+) (\S+)\n", text) for text in texts]
    assert (first[0][0], second[0][0]) == ("work", "standby")
    assert first[0][1] == second[0][1]


def test_a_member_that_is_lost_or_has_a_monitored_port_down(fortigates: FortiWorld) -> None:
    fortigates.strike("data_port_down", "p1b", port="port2")
    [found] = parsed(fortigates, "get system ha status")
    assert found["ha_health"] == [f"WARNING: {fortigates.b.node_id} has mondev down"]
    said = fortigates.ask(fortigates.a, "get system ha status")
    assert said.count("port2: physical/00, down, rx-bytes") == 1
    fortigates.strike("ha_link_down", "p1a")
    fortigates.wait(10)
    said = fortigates.ask(fortigates.a, "get system ha status")
    # wording of the handbook of 6.0, "HA Health Status"
    assert f"    WARNING: {fortigates.a.node_id} has hbdev down;\n" in said
    assert f"    ERROR: {fortigates.b.node_id} is lost @ 2026/03/02 08:00:0" in said
    assert fortigates.b.node_id not in said.partition("Configuration Status:")[2]


def test_a_member_without_its_ha(fortigates: FortiWorld) -> None:
    fortigates.strike("ha_state_empty", "p1a")
    fortigates.reboot(fortigates.a)
    said = fortigates.ask(fortigates.a, "get system ha status")
    known = ("get_system_ha_status_6.0_noha.raw", "get_system_ha_status_6.0.raw")
    assert strange(said, *known) == ["Group Name: lab", "Group ID: 10"]
    assert "number of vcluster: 0" in said


@pytest.mark.parametrize("version", STATUS)
def test_get_system_status_has_the_lines_of_the_release_in_their_order(
    make_fortigates: MakeFortigates, version: str
) -> None:
    world = make_fortigates(versions=(version, version), setup=HARDWARE)
    lines = world.ask(world.a, "get system status").splitlines()
    # what a capture of a member alone, or of another model, cannot have
    apart = ("FortiOS x86-64", "Current HA mode", "Cluster uptime", "Cluster state", "Log hard")
    ours = [line for line in lines if not line.startswith(apart)]
    assert strange("\n".join(ours), STATUS[version]) == []
    real = (CAPTURES / STATUS[version]).read_text().splitlines()
    labels = iter(line.partition(":")[0] for line in real)
    assert all(line.partition(":")[0] in labels for line in ours), "in another order"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("6.2.6", ["a-p, master", "a-p, backup"]),
        ("7.0.15", ["a-p, primary", "a-p, secondary"]),
    ],
)
def test_the_role_in_get_system_status(
    make_fortigates: MakeFortigates, version: str, said: list[str]
) -> None:
    world = make_fortigates(versions=(version, version))
    assert [world.word(unit) for unit in (world.a, world.b)] == said


def test_the_template_for_get_system_status(fortigates: FortiWorld) -> None:
    fortigates.strike("licence_expired", "p1a")
    [found] = parsed(fortigates, "get system status")
    assert found["version"].startswith("FortiGate-VM64-KVM v7.4.4,build")
    assert (found["serial_number"], found["hostname"]) == (fortigates.a.node_id, "p1a")
    assert (found["current_ha_mode"], found["license_status"]) == ("a-p, primary", "Invalid")
    assert found["last_reboot_reason"] == "power cycle"
    assert found["system_time"] == "Mon Mar  2 08:00:00 2026"


@pytest.mark.parametrize("version", PHYSICAL)
def test_get_system_interface_physical(make_fortigates: MakeFortigates, version: str) -> None:
    world = make_fortigates(versions=(version, version))
    world.strike("data_port_down", "p1a")
    said = world.ask(world.a, "get system interface physical")
    # the newer capture has no port that is down
    rest = [line.strip() for line in strange(said, PHYSICAL[version])]
    assert rest == ([] if version == "6.0.7" else ["status: down", "speed: n/a"])
    found = {row["name"]: row for row in parsed(world, "get system interface physical")}
    assert (found["port1"]["status"], found["port2"]["status"]) == ("down", "up")
    assert found["mgmt"]["ip_address"] == "10.99.1.2"
    states = {row["name"]: row["status"] for row in parsed(world, "get system interface")}
    assert states == {"ha": "up", "mgmt": "up", "port1": "down", "port2": "up"}


def test_neighbours_and_routes(fortigates: FortiWorld) -> None:
    fortigates.wait(10)
    said = fortigates.ask(fortigates.a, "get system arp")
    assert strange(said, "get_system_arp.raw") == []
    assert {row["ip_address"] for row in parsed(fortigates, "get system arp")} == {
        *("10.99.1.254", "10.1.1.254", "10.2.1.254"),
    }
    said = fortigates.ask(fortigates.a, "get router info routing-table all")
    # the default route is not static in the capture
    [default] = strange(said, "get_router_info_routing-table_all.raw")
    assert default == "S*      0.0.0.0/0 [10/0] via 10.1.1.254, port1"
    rows = parsed(fortigates, "get router info routing-table all")
    learned = [row["destination"] for row in rows if row["type"].strip() == "B"]
    assert learned == ["198.51.100.0/25"]


def test_tunnels(fortigates: FortiWorld) -> None:
    line = "get vpn ipsec tunnel summary"
    assert fortigates.ask(fortigates.a, line) == (
        "'to-dc' 203.0.113.9:0  selectors(total,up): 1/1  rx(pkt,err): 1450/0  "
        "tx(pkt,err): 1448/0\n"
    )
    fortigates.strike("data_port_down", "p1a")
    assert "selectors(total,up): 1/0 " in fortigates.ask(fortigates.a, line)


def test_bgp_up_and_down(fortigates: FortiWorld) -> None:
    fortigates.wait(10)
    for unit in (fortigates.a, fortigates.b):
        said = fortigates.ask(unit, "get router info bgp summary")
        # one that never was up is idle in the capture
        said = said.replace("never Active", "never Idle")
        assert strange(said, "get_router_info_bgp_summary.raw") == []
    [up] = parsed(fortigates, "get router info bgp summary")
    assert (up["bgp_neigh"], up["state_pfxrcd"]) == ("10.1.1.254", "1")
    fortigates.strike("data_port_down", "p1a")
    fortigates.wait(1)
    [down] = parsed(fortigates, "get router info bgp summary")
    assert (down["up_down"], down["state_pfxrcd"]) == ("never", "Active")


def test_other_templates(fortigates: FortiWorld) -> None:
    [date] = parsed(fortigates, "execute date")
    assert date == {"year": "2026", "month": "03", "day": "02"}
    [time] = parsed(fortigates, "execute time")
    assert (time["hour"], time["last_ntp_sync"]) == ("08", "Mon Mar  2 08:00:00 2026")
    nics = [row["nic"] for row in parsed(fortigates, "get hardware nic")]
    assert nics == ["ha", "mgmt", "port1", "port2"]
    said = fortigates.ask(fortigates.a, "diagnose sys top 1 3 1")
    rows = list(parse_output("fortinet", "diagnose sys top", said))
    assert (rows[0]["uptime_days"], rows[0]["idle_cpu"]) == ("1", "100")
    assert [row["process_name"] for row in rows] == ["ipsengine", "hasync", "hatalk"]
    fortigates.ask(fortigates.a, "execute ha failover set 1")
    fortigates.wait(1)
    newest, *_ = parsed(fortigates, "execute log display")
    assert "EXE_FAIL_OVER flag is set on peer member" in newest["message"]
