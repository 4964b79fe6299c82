"""The units' texts have the shape of real ones, and the community's templates read them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ntc_templates.parse import parse_output

from tests.lab import shapes
from tests.lab.conftest import AsaWorld, MakeAsas

OLD, NEW = "9.16(3)19", "9.18(4)5"
FAILOVER = tuple(
    f"cisco_asa/show_failover{kind}"
    for kind in ("1.raw", "_failed.txt", "_host_active.txt", "_host_off.txt", "_ips.raw")
)
DOCUMENTED = {
    "",
    "Configuration has not been modified since last system restart.",
    "ASAv Platform License State: Licensed",
    "Failover Off (pseudo-Standby)",
}
"""Not in these captures, but in Cisco's own documents."""
HARDWARE = (
    *("Xeon E5 series", "Pentium II", "Lynnfield", "net_vmxnet3", "net_virtio"),
    *(
        "ASAv Adaptive Security Virtual Appliance",
        r"ASA 5515-X with SW, \d GE Data, \d GE Mgmt, AC",
    ),
)
"""What only the units of a capture are made of, and ours."""
PORTS = ("outside", "inside", "management")


def alike(line: str) -> str:
    """With one name for each kind of thing, and one month."""
    line = re.sub(r"\b(FOVER|FAILOVER|folink|foupdateif)\b|Port-channel1", "x0", line)
    line = re.sub(r"\b(outside|inside|management|dmz|DMZ_Trunk|Inside|Outside)\b", "x0", line)
    line = re.sub(r"\b(Jan|Feb|Mar|Apr|May|Jun|Nov) ", "0 ", line)
    line = re.sub(r"(This|Other) host: (Primary|Secondary)", "host", line)
    line = re.sub(r"\b(day|hour|min)s?\b", "x0", line)
    line = re.sub(r"\b(System|admin|DATA|TEST)$", "x0", line)
    line = re.sub("|".join(HARDWARE), "x0", line)
    return line.replace("\t", "    ")


def strange(text: str, *files: str) -> list[str]:
    return shapes.strange(text, *files, documented=DOCUMENTED, alike=alike)


def parsed(asas: AsaWorld, line: str, *, on_b: bool = False) -> list[dict[str, Any]]:
    return list(parse_output("cisco_asa", line, asas.ask(asas.b if on_b else asas.a, line)))


# Failover


def test_show_failover_of_both_units_has_captured_lines_only(asas: AsaWorld) -> None:
    for unit in (asas.a, asas.b):
        assert strange(asas.ask(unit, "show failover"), *FAILOVER) == []


@pytest.mark.parametrize("state", ["alone", "mate-gone", "mixed", "off", "joining"])
def test_show_failover_in_other_states_has_captured_lines_only(
    make_asas: MakeAsas, state: str
) -> None:
    asas = make_asas(boot_seconds=60, sync_seconds=30)
    if state == "off":
        asas.configure(asas.a, "no failover")
    elif state == "mixed":
        asas.upgrade_standby(NEW)
        asas.wait(120)
    elif state == "joining":
        asas.ask(asas.a, "write standby")
        asas.wait(5)
    else:
        asas.strike("crash", "p1a")
        asas.wait(20)
    if state == "alone":
        asas.ask(asas.b, "reload noconfirm")
        asas.wait(100)
    said = asas.ask(asas.b, "show failover")
    words = {
        "alone": "Mate Unknown",
        "mate-gone": "Primary - Failed",
        "mixed": f"Ours {NEW}, Mate {OLD}",
        "off": "Failover Off (pseudo-Standby)",
        "joining": "Secondary - Sync Config",
    }
    assert words[state] in said
    rest = strange(said, *FAILOVER)
    # of a unit on its way no capture was found: the words are those of its history
    assert [line.strip() for line in rest] == (
        ["This host: Secondary - Sync Config"] if state == "joining" else []
    )


def test_the_template_reads_roles_versions_and_interfaces(asas: AsaWorld) -> None:
    asas.upgrade_standby(NEW)
    [first] = parsed(asas, "show failover")
    [second] = parsed(asas, "show failover", on_b=True)
    assert (first["state"], first["role"], second["role"]) == ("On", "Primary", "Secondary")
    assert (first["sw_version"], first["sw_version_mate"]) == (OLD, NEW)
    assert (second["sw_version"], second["sw_version_mate"]) == (NEW, OLD)
    assert (first["service_state"], first["service_state_mate"]) == (["Active"], ["Standby Ready"])
    assert (second["service_state"], second["service_state_mate"]) == (
        ["Standby Ready"], ["Active"],
    )  # fmt: skip
    assert first["interfaces"] == list(PORTS)
    assert set(first["interfaces_status"]) == {"Normal"}
    assert set(first["interfaces_state_mate"]) == {"Monitored"}


def test_the_template_reads_a_unit_that_failed(asas: AsaWorld) -> None:
    asas.strike("data_port_down", "p1b")
    [said] = parsed(asas, "show failover")
    assert (said["service_state"], said["service_state_mate"]) == (["Active"], ["Failed"])
    assert said["interfaces_status_mate"] == ["No Link", "Normal", "Normal"]


def test_the_failover_link_keeps_the_address_of_the_unit(asas: AsaWorld) -> None:
    said = asas.ask(asas.a, "show failover interface")
    assert "My IP Address    : 10.3.1.1\n" in said
    rest = strange(said.replace(" 255.255.255.0", "/24"), "cisco_asa/show_failover_interface.txt")
    assert rest == []
    asas.ask(asas.a, "no failover active")
    asas.wait(1)
    assert asas.ask(asas.a, "show failover interface") == said


# What a unit is


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("show version", ("show_version.txt", "show_version1.raw", "show_version2.raw")),
        ("show inventory", ("show_inventory.raw",)),
        ("show module", ("show_module_02.raw",)),
        ("dir", ("dir2.raw",)),
        ("show interface", ("show_interface1.raw",)),
        ("show interface ip brief", ("show_interface_ip_brief.raw",)),
        ("show route", ("show_route.raw", "show_route_alt_multiline.raw")),
        ("show resource usage", ("show_resource_usage.raw",)),
        ("show ospf neighbor", ("show_ospf_neighbor.raw",)),
        ("show vpn-sessiondb", ("show_vpn-sessiondb.raw",)),
    ],
)
def test_other_outputs_have_captured_lines_only(
    asas: AsaWorld, line: str, files: tuple[str, ...]
) -> None:
    asas.wait(3700)  # one day, one hour
    said = asas.ask(asas.a, line)
    assert said.strip()
    assert strange(said, *(f"cisco_asa/{file}" for file in files)) == []


def test_the_templates_read_what_a_unit_is(asas: AsaWorld) -> None:
    asas.wait(3700)
    [version] = parsed(asas, "show version")
    assert (version["version"], version["hostname"]) == (OLD, "p1")
    assert version["serial"] == [asas.a.node_id]
    assert version["uptime"] == "1 day 1 hour"
    assert version["image"] == "disk0:/asa9-16-3-19-smp-k8.bin"
    assert (version["failover"], version["license_state"]) == ("Active/Standby", "Licensed")
    [chassis] = parsed(asas, "show inventory")
    assert (chassis["pid"], chassis["sn"]) == ("ASAv", asas.a.node_id)
    [module] = parsed(asas, "show module")
    assert (module["serial"], module["mod_sw"], module["status"]) == (
        asas.a.node_id, OLD, "Up Sys",
    )  # fmt: skip
    [file] = parsed(asas, "dir")
    assert (file["name"], file["size"]) == ("asa9-16-3-19-smp-k8.bin", "262144")
    assert int(file["total_size"]) - int(file["total_free"]) == 262_144


def test_the_templates_read_the_network(asas: AsaWorld) -> None:
    ports = parsed(asas, "show interface")
    assert [port["interface_zone"] for port in ports] == list(PORTS)
    assert {(port["link_status"], port["protocol_status"]) for port in ports} == {("up", "up")}
    brief = {row["interface"]: row["ip_address"] for row in parsed(asas, "show interface ip brief")}
    assert (brief["GigabitEthernet0/0"], brief["GigabitEthernet0/2"]) == ("10.1.1.1", "10.3.1.1")
    routes = [(row["protocol"], row["network"]) for row in parsed(asas, "show route")]
    assert routes[:2] == [("S", "0.0.0.0"), ("S", "198.51.100.128")]
    assert ("C", "10.2.1.0") in routes
    [neighbour] = parsed(asas, "show ospf neighbor")
    assert (neighbour["state"], neighbour["ip_address"]) == ("FULL/BDR", "10.2.1.254")
    assert "10.1.1.254" in [row["ip_address"] for row in parsed(asas, "show arp")]
    usage = {row["resource"]: row["current"] for row in parsed(asas, "show resource usage")}
    assert usage["Conns"] == "200"
    [vpn] = parsed(asas, "show vpn-sessiondb")
    assert vpn["total_active_and_inactive"] == "0"


def test_an_interface_that_is_down_is_so_in_each_output(asas: AsaWorld) -> None:
    asas.strike("data_port_down", "p1b", port="GigabitEthernet0/1")
    brief = parsed(asas, "show interface ip brief", on_b=True)
    assert [row["status"] for row in brief] == ["up", "down", "up", "up"]
    outside, inside, _ = parsed(asas, "show interface", on_b=True)
    assert (outside["link_status"], inside["link_status"]) == ("up", "down")
    routes = parsed(asas, "show route", on_b=True)
    assert {row["nexthopif"] for row in routes} == {"outside"}


# Documents


def test_states_and_history_stand_in_their_columns(asas: AsaWorld) -> None:
    """Cisco's documents 117906 and the forensic investigation guide show these."""
    asas.strike("crash", "p1a")
    asas.wait(20)
    said = asas.ask(asas.b, "show failover state").splitlines()
    assert said[1] == "               State          Last Failure Reason      Date/Time"
    assert said[2:4] == ["This host  -   Secondary", "               Active         None"]
    assert said[4] == "Other host -   Primary"
    assert re.fullmatch(r" {15}Failed {9}Comm Failure {13}\d\d:\d\d:\d\d UTC Mar 2 2026", said[5])
    assert "08:00:15" in said[5]  # a hold time after the crash
    assert "====Configuration State===" in said
    assert "====Communication State===" in said
    history = asas.ask(asas.b, "show failover history").splitlines()
    assert history[0] == history[2] == history[-1] == "=" * 74
    assert re.fullmatch(r"From State +To State +Reason", history[1])
    [at] = [place for place, line in enumerate(history) if "Just Active" in line[27:]]
    assert re.fullmatch(r"08:00:\d\d UTC Mar 2 2026", history[at - 1])
    assert re.fullmatch(r"Standby Ready +Just Active +HELLO not heard from mate", history[at])


def test_a_connection_has_a_line_of_its_own_as_in_the_command_reference(asas: AsaWorld) -> None:
    first, blank, *rows = asas.ask(asas.a, "show conn").splitlines()
    assert (first, blank, len(rows)) == ("200 in use, 200 most used", "", 200)
    form = r"TCP outside \S+:\d+ inside \S+:7000, idle \d:\d\d:\d\d, bytes \d+, flags UIOB"
    assert all(re.fullmatch(form, row) for row in rows)
