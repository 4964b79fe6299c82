"""What NAPALM documents, item by item; the samples are its own (docstrings of its base class)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from napalm.base import models

from nornir_haupgrade.gates.items import SINGLE, is_volatile, items_of
from nornir_haupgrade.settings.getters import READ_ONLY_GETTERS

SAMPLES: dict[str, tuple[object, set[str]]] = {
    "get_facts": (
        {
            "uptime": 151005.57332897186,
            "vendor": "Arista",
            "os_version": "4.14.3-2329074.gaatlantarel",
            "serial_number": "SN0123A34AS",
            "model": "vEOS",
            "hostname": "eos-router",
            "fqdn": "eos-router",
            "interface_list": ["Ethernet2", "Management1", "Ethernet1", "Ethernet3"],
        },
        {SINGLE},
    ),
    "get_interfaces": (
        {
            "Management1": {
                "is_up": False,
                "is_enabled": False,
                "description": "",
                "last_flapped": -1.0,
                "speed": 1000.0,
                "mtu": 1500,
                "mac_address": "FA:16:3E:57:33:61",
            },
            "Ethernet1": {
                "is_up": True,
                "is_enabled": True,
                "description": "foo",
                "last_flapped": 1429978575.1554043,
                "speed": 1000.0,
                "mtu": 1500,
                "mac_address": "FA:16:3E:57:33:62",
            },
        },
        {"Management1", "Ethernet1"},
    ),
    "get_interfaces_ip": (
        {
            "FastEthernet8": {"ipv4": {"10.66.43.169": {"prefix_length": 22}}},
            "Loopback555": {
                "ipv4": {"192.168.1.1": {"prefix_length": 24}},
                "ipv6": {
                    "1::1": {"prefix_length": 64},
                    "FE80::3": {"prefix_length": "N/A"},
                },
            },
            "Tunnel0": {"ipv4": {}},
        },
        {
            "FastEthernet8 ipv4 10.66.43.169",
            "Loopback555 ipv4 192.168.1.1",
            "Loopback555 ipv6 1::1",
            "Loopback555 ipv6 FE80::3",
        },
    ),
    "get_interfaces_counters": (
        {"Ethernet2": {"tx_errors": 0, "rx_octets": 123}},
        {"Ethernet2"},
    ),
    "get_lldp_neighbors": (
        {
            "Ethernet2": [{"hostname": "junos-unittest", "port": "520"}],
            "Ethernet3": [
                {"hostname": "junos-unittest", "port": "522"},
                {"hostname": "ios-xrv-unittest", "port": "Gi0/0/0/0"},
            ],
        },
        {
            "Ethernet2 junos-unittest 520",
            "Ethernet3 junos-unittest 522",
            "Ethernet3 ios-xrv-unittest Gi0/0/0/0",
        },
    ),
    "get_lldp_neighbors_detail": (
        {
            "TenGigE0/0/0/8": [
                {
                    "parent_interface": "Bundle-Ether8",
                    "remote_chassis_id": "8c60.4f69.e96c",
                    "remote_system_name": "switch",
                    "remote_port": "Eth2/2/1",
                    "remote_system_capab": ["bridge", "repeater"],
                }
            ]
        },
        {"TenGigE0/0/0/8 switch Eth2/2/1"},
    ),
    "get_bgp_neighbors": (
        {
            "global": {
                "router_id": "10.0.1.1",
                "peers": {
                    "10.0.0.2": {
                        "local_as": 65000,
                        "remote_as": 65000,
                        "remote_id": "10.0.1.2",
                        "is_up": True,
                        "is_enabled": True,
                        "description": "internal-2",
                        "uptime": 4838400,
                        "address_family": {
                            "ipv4": {
                                "sent_prefixes": 637213,
                                "accepted_prefixes": 3142,
                                "received_prefixes": 3142,
                            }
                        },
                    }
                },
            },
            "customers": {"router_id": "10.0.1.1", "peers": {}},
        },
        {"global 10.0.0.2"},
    ),
    "get_bgp_neighbors_detail": (
        {"global": {"8121": [{"up": True, "remote_address": "192.247.78.0", "remote_port": 1}]}},
        {"global 8121 192.247.78.0"},
    ),
    "get_bgp_config": (
        {"PEERS-GROUP-NAME": {"type": "external", "neighbors": {"192.168.0.1": {"remote_as": 2}}}},
        {"PEERS-GROUP-NAME"},
    ),
    "get_arp_table": (
        [
            {
                "interface": "MgmtEth0/RSP0/CPU0/0",
                "mac": "5C:5E:AB:DA:3C:F0",
                "ip": "172.17.17.1",
                "age": 1454496274.84,
            },
            {
                "interface": "MgmtEth0/RSP0/CPU0/0",
                "mac": "5C:5E:AB:DA:3C:FF",
                "ip": "172.17.17.2",
                "age": 1435641582.49,
            },
        ],
        {"MgmtEth0/RSP0/CPU0/0 172.17.17.1", "MgmtEth0/RSP0/CPU0/0 172.17.17.2"},
    ),
    "get_ipv6_neighbors_table": (
        [
            {
                "interface": "MgmtEth0/RSP0/CPU0/0",
                "mac": "5c:5e:ab:da:3c:f0",
                "ip": "2001:db8:1:1::1",
                "age": 1454496274.84,
                "state": "REACH",
            }
        ],
        {"MgmtEth0/RSP0/CPU0/0 2001:db8:1:1::1"},
    ),
    "get_mac_address_table": (
        [
            {
                "mac": "00:1C:58:29:4A:71",
                "interface": "Ethernet47",
                "vlan": 100,
                "static": False,
                "active": True,
                "moves": 1,
                "last_move": 1454417742.58,
            }
        ],
        {"100 00:1C:58:29:4A:71"},
    ),
    "get_route_to": (
        {
            "1.0.0.0/24": [
                {
                    "protocol": "BGP",
                    "current_active": True,
                    "age": 105219,
                    "next_hop": "172.17.17.17",
                    "outgoing_interface": "GigabitEthernet0/0/0/0",
                    "protocol_attributes": {"local_as": 13335, "communities": ["no-export"]},
                },
                {"protocol": "static", "next_hop": "", "outgoing_interface": "Tunnel1"},
            ]
        },
        {"1.0.0.0/24 172.17.17.17 GigabitEthernet0/0/0/0", "1.0.0.0/24 Tunnel1"},
    ),
    "get_ntp_peers": ({"192.168.0.1": {}, "17.72.148.53": {}}, {"192.168.0.1", "17.72.148.53"}),
    "get_ntp_servers": (
        {"192.168.0.1": {"address": "192.168.0.1", "prefer": False}},
        {"192.168.0.1"},
    ),
    "get_ntp_stats": (
        [{"remote": "188.114.101.4", "referenceid": "188.114.100.1", "when": "18", "delay": 0.1}],
        {"188.114.101.4"},
    ),
    "get_environment": (
        {
            "fans": {"right": {"status": True}},
            "temperature": {"cpu": {"temperature": 51.0, "is_alert": False}},
            "power": {"1": {"status": True, "capacity": 600.0, "output": 100.0}},
            "cpu": {"0": {"%usage": 18.5}},
            "memory": {"available_ram": 2013200, "used_ram": 1500000},
        },
        {"fans right", "temperature cpu", "power 1", "cpu 0", "memory"},
    ),
    "get_snmp_information": (
        {"chassis_id": "Asset Tag 54670", "contact": "Joe Smith", "community": {"***": {}}},
        {SINGLE},
    ),
    "get_probes_config": ({"probe1": {"test1": {"target": "192.168.0.1"}}}, {"probe1 test1"}),
    "get_probes_results": ({"probe1": {"test1": {"rtt": 1.5}}}, {"probe1 test1"}),
    "get_users": ({"mircea": {"level": 15, "password": "***", "sshkeys": []}}, {"mircea"}),
    "get_optics": (
        {"et1": {"physical_channels": {"channel": [{"index": 0, "state": {}}]}}},
        {"et1"},
    ),
    "get_config": ({"running": "hostname r1\nend\n", "startup": "", "candidate": ""}, {SINGLE}),
    "get_network_instances": (
        {
            "MGMT": {
                "name": "MGMT",
                "type": "L3VRF",
                "state": {"route_distinguisher": "123:456"},
                "interfaces": {"interface": {"Management1": {}}},
            }
        },
        {"MGMT"},
    ),
    "get_firewall_policies": (
        {"policy_name": [{"position": 1, "packet_hits": 200, "id": "230", "action": "Permit"}]},
        {"policy_name 230"},
    ),
    "get_vlans": ({"1": {"name": "default", "interfaces": ["Gi0/1"]}}, {"1"}),
}

EMPTY: dict[str, Any] = {
    "get_config": {"running": "", "startup": "", "candidate": ""},
    "get_bgp_neighbors": {"global": {"router_id": "10.0.1.1", "peers": {}}},
    "get_interfaces_ip": {"Ethernet1": {}, "Ethernet2": {"ipv4": {}}},
    "get_facts": {"hostname": "", "interface_list": [], "vendor": None},
}

json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=15,
)


def test_every_getter_has_a_sample() -> None:
    assert SAMPLES.keys() == READ_ONLY_GETTERS.keys()


@pytest.mark.parametrize(("getter", "sample"), SAMPLES.items(), ids=SAMPLES.keys())
def test_a_documented_answer_is_taken_apart(getter: str, sample: tuple[object, set[str]]) -> None:
    data, names = sample
    assert set(items_of(getter, json.loads(json.dumps(data)))) == names


@pytest.mark.parametrize(
    ("getter", "model"),
    [
        ("get_interfaces_counters", models.InterfaceCounterDict),
        ("get_probes_results", models.ProbeTestResultDict),
    ],
)
def test_of_counters_and_measurements_only_their_subject_is_compared(
    getter: str, model: type
) -> None:
    subject = {"target", "source", "probe_type", "probe_count"}
    steady = {name for name in model.__annotations__ if not is_volatile(getter, name)}
    assert steady <= subject


@pytest.mark.parametrize(
    ("getter", "steady", "by_itself"),
    [
        ("get_facts", {"hostname", "serial_number", "model"}, {"uptime", "os_version"}),
        ("get_interfaces", {"is_up", "mtu", "speed", "is_enabled"}, {"last_flapped"}),
        ("get_arp_table", {"mac"}, {"age"}),
        ("get_bgp_neighbors", {"is_up", "remote_as"}, {"address_family.ipv4.sent_prefixes"}),
        ("get_environment", {"status", "is_alert", "capacity"}, {"temperature", "%usage"}),
        ("get_route_to", {"protocol", "next_hop", "current_active"}, {"age", "last_active"}),
        ("get_optics", set(), {"physical_channels.channel"}),
    ],
)
def test_what_changes_by_itself_is_known(
    getter: str, steady: set[str], by_itself: set[str]
) -> None:
    assert not [name for name in steady if is_volatile(getter, name)]
    assert all(is_volatile(getter, name) for name in by_itself)


def test_nested_properties_have_dotted_names() -> None:
    found = items_of("get_network_instances", SAMPLES["get_network_instances"][0])["MGMT"]
    assert found["state.route_distinguisher"] == '"123:456"'
    assert found["interfaces.interface.Management1"] == "{}"


def test_the_order_of_a_list_and_the_kind_of_a_number_say_nothing() -> None:
    one = items_of("get_facts", {"interface_list": ["b", "a"], "x": 1500.0})
    other = items_of("get_facts", {"interface_list": ["a", "b"], "x": 1500})
    assert one == other


def test_a_configuration_is_told_by_its_hash() -> None:
    found = items_of("get_config", SAMPLES["get_config"][0])[SINGLE]
    assert found["running"].startswith('"sha256 ')
    assert "hostname" not in str(found)


def test_two_of_one_name_are_two() -> None:
    row = {"interface": "Gi1", "ip": "10.0.0.1", "mac": "a"}
    found = items_of("get_arp_table", [row, row | {"mac": "b"}, row | {"mac": "c"}])
    assert set(found) == {"Gi1 10.0.0.1", "Gi1 10.0.0.1 (2)", "Gi1 10.0.0.1 (3)"}


@pytest.mark.parametrize(("getter", "data"), EMPTY.items(), ids=EMPTY.keys())
def test_what_says_nothing_has_no_item(getter: str, data: object) -> None:
    assert items_of(getter, data) == {}


@pytest.mark.parametrize("getter", [*READ_ONLY_GETTERS, "get_something_new"])
@pytest.mark.parametrize("data", [None, "", [], {}])
def test_nothing_at_all_has_no_item(getter: str, data: object) -> None:
    assert items_of(getter, data) == {}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"a": {"x": 1}, "b": {"x": 2}}, {"a", "b"}),
        ({"a": 1, "b": {"x": 2}}, {SINGLE}),
        ([{"x": 1}, {"x": 2}], {"1", "2"}),
        (["one", "two"], {"one", "two"}),
        ("a text", {SINGLE}),
        (0, {SINGLE}),
    ],
)
def test_what_has_no_known_shape_is_taken_as_it_comes(data: object, names: set[str]) -> None:
    assert set(items_of("get_something_new", data)) == names


@pytest.mark.parametrize(
    ("getter", "data", "names"),
    [
        ("get_arp_table", {"Gi1": {"ip": "10.0.0.1"}}, {"Gi1"}),
        ("get_arp_table", ["a line"], {'"a line"'}),
        ("get_arp_table", [{"mac": "a"}], {"?"}),
        ("get_interfaces", [{"name": "Gi1"}], {"1"}),
        ("get_bgp_neighbors", {"global": {"router_id": "10.0.1.1"}}, set()),
        ("get_bgp_neighbors", {"global": ["10.0.0.2"]}, {"global 10.0.0.2"}),
    ],
)
def test_another_shape_than_the_documented_one_is_not_lost(
    getter: str, data: object, names: set[str]
) -> None:
    assert set(items_of(getter, data)) == names


@given(st.sampled_from([*READ_ONLY_GETTERS, "get_something_new"]), json_data)
def test_any_answer_is_taken_apart_the_same_way_twice(getter: str, data: object) -> None:
    found = items_of(getter, data)
    assert found == items_of(getter, json.loads(json.dumps(data)))
    assert all(isinstance(value, str) for item in found.values() for value in item.values())
