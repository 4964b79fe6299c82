"""What PAN-OS firewalls print has the shape of real outputs: lines, columns, elements."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from ntc_templates.parse import parse_output

from nornir_haupgrade.lab import PanosSpec
from tests.lab.panos_world import FUNCTIONAL, NEW, OFFERS, OLD, SUSPEND, PanosWorld
from tests.lab.shapes import CAPTURES, strange

HA = "panos/show_high-availability_all.raw"
HA_DOCUMENTED = {"    State Reason: User requested", "    State Reason: Link down"}
"""In the vendor's articles kA1Ki000000TN4TKAW and kA1Ki000000TOGkKAO, which show them here."""
HA_WORDS = {
    *("State: initial", "State: suspended", "State: non-functional", "State: unknown"),
    *("Connection status: down", "Connection down; Primary HA1 link", "Link State: Down;"),
    *(
        "Software Version: Mismatch",
        "Software Version: Unknown",
        "State Synchronization: Incomplete;",
    ),
    *("Running Configuration: not synchronized", "Running Configuration: unknown"),
    *(
        "Running Configuration: synchronization in progress",
        "ethernet1/1: down",
        "ethernet1/2: down",
    ),
}
"""Other words in the places of the captured ones; ``test_panos_roles`` says when each stands."""


def named_as_captured(text: str) -> str:
    """The lab's own names for things exchanged for those in the capture."""
    for own, real in (("PA-VM", "PA-5020"), ("ha1", "dedicated-ha1"), ("ha2", "dedicated-ha2")):
        text = re.sub(rf"(: ){own}$", rf"\1{real}", text, flags=re.MULTILINE)
    for unit in ("hours", "minutes", "seconds"):
        text = text.replace(f" {unit})", " days)")
    return text.replace("Preemptive: no", "Preemptive: yes")


def titles(text: str) -> list[str]:
    """What stands before each line's colon."""
    return [line.partition(":")[0].strip() for line in text.splitlines()]


def parsed(world: PanosWorld, command: str) -> list[dict[str, Any]]:
    """As the community's templates read it."""
    return list(parse_output("paloalto_panos", command, world.ask(world.a, command)))


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld(setup=PanosSpec(offers=OFFERS))


@pytest.mark.parametrize("which", ["all", "state"])
def test_show_high_availability_has_the_captured_lines_and_no_others(
    world: PanosWorld, which: str
) -> None:
    texts = [world.ask(it, f"show high-availability {which}") for it in (world.a, world.b)]
    for text in texts:
        assert strange(named_as_captured(text), HA) == []
        captured = iter(titles((CAPTURES / HA).read_text()))
        assert all(title in captured for title in titles(text))  # each after the one before


def test_all_the_captured_titles_are_there(world: PanosWorld) -> None:
    text = world.ask(world.a, "show high-availability all")
    captured = (CAPTURES / HA).read_text()
    # the real one watched eight interfaces, the lab's has two
    captured = re.sub(r" +Interface ethernet1/[3-8]: up\n", "", captured)
    assert titles(text) == titles(captured)


def test_other_states_stand_where_the_captured_ones_do(world: PanosWorld) -> None:
    def show() -> list[str]:
        return [
            line
            for device in (world.a, world.b)
            for line in strange(
                named_as_captured(world.ask(device, "show high-availability all")),
                HA,
                documented=HA_DOCUMENTED,
            )
        ]

    seen: list[str] = []
    world.ask(world.a, SUSPEND)
    seen += show()
    world.wait(1)
    world.ask(world.a, FUNCTIONAL)
    seen += show()
    world.wait(1)
    world.strike("data_port_down", "p1a", lasts=1)
    seen += show()
    world.wait(2)
    world.strike("ha_link_down")
    world.wait(10)
    seen += show()
    assert seen
    unknown = {line for line in seen if not any(word in line for word in HA_WORDS)}
    assert unknown == set()


def test_the_community_s_template_reads_high_availability(world: PanosWorld) -> None:
    [found] = parsed(world, "show high-availability all")
    assert found["state"] == "active"
    assert (found["priority"], found["preemptive"]) == ("50", "no")
    assert (found["sw_version"], found["state_sync"]) == ("Match", "Complete")
    assert found["running_configuration"] == "synchronized"
    assert found["ha1_link_state"] == found["ha2_link_state"] == "Up"


def test_partitions_and_identity(world: PanosWorld) -> None:
    world.install(world.a)
    said = world.ask(world.a, "debug swm status")
    said = said.replace(OLD, "9.0.5").replace(NEW, "9.1.2")
    assert strange(said, "panos/debug_swm_status.raw") == []
    assert [row["state"] for row in parsed(world, "debug swm status")] == [
        "RUNNING-ACTIVE",
        "PENDING-CHANGE",
        "READY",
    ]
    [system] = parsed(world, "show system info")
    assert (system["hostname"], system["os"], system["model"]) == ("p1a", OLD, "PA-VM")
    assert system["serial"] == world.a.node_id
    assert re.fullmatch(r"1 day, 0:00:0\d", system["uptime"])


def test_show_system_info_has_the_captured_lines_in_their_order(world: PanosWorld) -> None:
    captured = (CAPTURES / "panos/show_system_info.raw").read_text().splitlines()
    lab = world.ask(world.a, "show system info").splitlines()
    names = [line.partition(":")[0] for line in captured]
    assert [line.partition(":")[0] for line in lab] == names


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("show interface all", ["show_interface_all"]),
        ("show interface hardware", ["show_interface_hardware2", "show_interface_all"]),
        ("show interface logical", ["show_interface_logical", "show_interface_all"]),
        ("show interface management", ["show_interface_management1"]),
        ("show routing route", ["show_routing_route2"]),
        ("show high-availability path-monitoring", ["show_high-availability_path-monitoring"]),
        ("request license info", ["request_license_info"]),
        ("show routing protocol bgp summary", ["show_routing_protocol_bgp_summary"]),
    ],
)
@pytest.mark.parametrize("is_down", [False, True], ids=["up", "down"])
def test_network_outputs_have_captured_lines_only(
    world: PanosWorld, command: str, files: list[str], *, is_down: bool
) -> None:
    if is_down:
        world.strike("data_port_down", "p1a")
    said = world.ask(world.a, command)
    for own, real in LOCAL.items():
        said = re.sub(own, real, said, flags=re.MULTILINE)
    captures = [f"panos/{file}.raw" for file in files]
    assert strange(said, *captures, documented=[""]) == []


LOCAL = {
    r"^ha[12] ( *)": r"ha1-a\1",
    r"\b(outside|inside) *(?=vr:)": "ZONE_TECH ",
    r"\bbranch *(?=vr:)": "ZONE_CORP ",
    r"^tunnel\.1": "loopback.99",
    "vr:default": "vr:vrf01",
    "Current GMT Date": "Current PDT Date",
    r"(Date: |Issued: |Expires: )\w+": r"\1January",
    "Date: January": "Date: May",
    "virtual router:( +)default": r"virtual router:\1VR_HANDOFF",
    "peer upstream:": "peer DC-N9K-BGW01 - BLU 301:",
    "AS 65000, Idle": "AS 65000, Established",
}
"""The lab's names exchanged for captured ones; Idle is BGP's own word."""


def test_the_community_s_templates_read_interfaces_and_routes(world: PanosWorld) -> None:
    rows = parsed(world, "show interface all")
    states = {row["interface"]: row["state"] for row in rows if row["state"]}
    assert {states[name] for name in ("ethernet1/1", "ethernet1/2", "ha1", "ha2")} == {"up"}
    zones = {row["interface"]: row["zone"] for row in rows if row["zone"]}
    assert zones == {"ethernet1/1": "outside", "ethernet1/2": "inside", "tunnel.1": "branch"}
    hardware = {row["interface"]: row for row in parsed(world, "show interface hardware")}
    assert (hardware["ethernet1/1"]["speed"], hardware["ethernet1/1"]["state"]) == ("1000", "up")
    logical = {row["interface"]: row for row in parsed(world, "show interface logical")}
    assert logical["ethernet1/2"]["ip_address"] == "10.2.1.1/24"
    [management] = parsed(world, "show interface management")
    assert management["ipv4_address"] == "10.99.1.2"
    routes = {row["network"]: row for row in parsed(world, "show routing route")}
    assert routes["0.0.0.0"]["nexthop_ip"] == "10.1.1.254"
    assert routes["198.51.100.128"]["nexthop_if"] == "ethernet1/2"
    [peer] = parsed(world, "show routing protocol bgp summary")
    assert (peer["neighbor_as"], peer["bgp_neighbor"]) == ("65000", "10.1.1.254")
    world.strike("data_port_down", "p1a", port="ethernet1/2")
    [port] = [
        row
        for row in parsed(world, "show interface all")
        if row["interface"] == "ethernet1/2" and row["state"]
    ]
    assert "down" in port["state"]


def test_the_community_s_template_reads_jobs_and_licences(world: PanosWorld) -> None:
    world.install(world.a)
    rows = parsed(world, "show jobs all")
    assert [(row["id"], row["type"], row["status"], row["result"]) for row in rows] == [
        ("4", "SWInstall", "FIN", "OK"),
        ("3", "Downld", "FIN", "OK"),
        ("2", "Downld", "FIN", "OK"),
        ("1", "AutoCom", "FIN", "OK"),
    ]
    assert rows[-1]["enqueued"] == "2026/03/01 08:00:00"
    licences = parsed(world, "request license info")
    assert {row["expired"] for row in licences} == {"no"}
    assert licences[0]["serial"] == world.a.node_id
    world.strike("licence_invalid", "p1a", now=True)
    assert {row["expired"] for row in parsed(world, "request license info")} == {"yes"}


def paths(element: ET.Element, above: str = "") -> list[str]:
    """The places of elements and attributes, without what comes again."""
    here = f"{above}/{element.tag}"
    found = [here, *(f"{here}@{name}" for name in element.attrib)]
    for child in element:
        found += [path for path in paths(child, here) if path not in found]
    return found


LATER = {
    "/response/result/hw/entry/fec": "in the text of a later release",
    "/response/result/sw-updates/versions/entry/sha256": "as content updates have it",
}
"""In the lab only, and why."""


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("show system info", "system_info"),
        ("show interface all", "interface_all"),
        ("show jobs all", "jobs"),
        ("request license info", "licenses"),
        ("request system software info", "available_image_data"),
        ("show session info", "session_stats"),
        ("show session all", "sessions"),
        ("show routing route", "routes"),
        ("show routing protocol bgp summary", "bgp_peers"),
        ("show running tunnel flow all", "tunnels"),
        ("show config-locks", "config_locks"),
    ],
)
def test_xml_has_captured_elements_only_and_in_their_order(
    world: PanosWorld, command: str, file: str
) -> None:
    world.load(world.a, NEW)
    world.strike("config_locked", "p1a")
    captured = paths(ET.parse(CAPTURES / "panos" / f"{file}.xml").getroot())  # noqa: S314
    lab = [path for path in paths(world.xml(world.a, command)) if path not in LATER]
    assert [path for path in lab if path not in captured] == []
    assert lab == [path for path in captured if path in lab]


@pytest.mark.parametrize(
    ("command", "file", "left_out"),
    [
        ("show jobs all", "jobs", set[str]()),
        ("show session all", "sessions", set[str]()),
        ("request system software info", "available_image_data", set[str]()),
        ("show config-locks", "config_locks", set[str]()),
        ("show running tunnel flow all", "tunnels", set[str]()),
        ("show routing route", "routes", set[str]()),
        ("show interface all", "interface_all", set[str]()),
        ("show system info", "system_info", {"devicename"}),
    ],
)
def test_xml_lacks_no_captured_element(
    world: PanosWorld, command: str, file: str, left_out: set[str]
) -> None:
    world.load(world.a, NEW)
    world.strike("config_locked", "p1a")
    lab = paths(world.xml(world.a, command))
    captured = paths(ET.parse(CAPTURES / "panos" / f"{file}.xml").getroot())  # noqa: S314
    assert {path.rpartition("/")[2] for path in captured if path not in lab} == left_out


def test_high_availability_has_the_elements_that_others_ask_for(world: PanosWorld) -> None:
    """Those of pan-os-python's ``base.py`` and cdot65/pan-os-upgrade's ``components/ha.py``."""
    for which in ("all", "state"):
        response = world.xml(world.a, f"show high-availability {which}")
        assert response.findtext("result/enabled") == "yes"
        assert response.findtext("result/group/local-info/state") == "active"
        assert response.findtext("result/group/peer-info/state") == "passive"
        assert response.findtext("result/group/running-sync") == "synchronized"
        assert response.findtext("result/group/running-sync-enabled") == "yes"
