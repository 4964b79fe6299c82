"""What may be sent in a read-only run: the driver's own reads, NAPALM's getters, nothing behind."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import NotReadOnly
from nornir_haupgrade.platforms.cisco_iosxe_reads import NAPALM_READ_ONLY, READ_ONLY
from nornir_haupgrade.platforms.guard import Guard
from tests.platforms.captured import captured

READS = (
    "",
    "terminal width 511",
    "terminal length 0",
    "show version",
    "show users",
    "show standby",
    "show vrrp all",
    "show boot",
    "show install summary",
    "show install committed",
    "show ip interface brief",
    "show running-config",
    "show startup-config",
    "show running-config | section ^interface",
    "show running-config | include configuration change|NVRAM config last",
    "show running-config | include ip scp server enable",
    "dir bootflash:",
    "dir flash:",
    "dir usb0:",
    "verify /sha512 bootflash:c8000v-universalk9.17.09.04a.SPA.bin",
    "verify /md5 flash0:x.bin",
)
CHANGES = (
    "enable",
    "configure terminal",
    "write memory",
    "write erase",
    "reload",
    "install add file bootflash:x.bin",
    "install activate auto-abort-timer 120 prompt-level none",
    "install abort",
    "install commit",
    "delete /force bootflash:x.bin",
    "dir bootflash: | redirect flash:x",
    "show running-config | redirect flash:x",
    "show running-config | append flash:x",
    "show running-config | tee flash:x",
    "show running-config | section ^interface | redirect flash:x",
    "show startup-config | include configuration change",
    "verify /md5 bootflash:x.bin | redirect flash:y",
    "copy running-config startup-config",
    "debug all",
    "clear counters",
    "do reload",
    "show tech-support",
    "SHOW VERSION",
    "show  version",
)


def guard(declared: tuple[str, ...] = READ_ONLY) -> Guard:
    return Guard(declared, read_only=True, pair="edge", member="r1")


@pytest.mark.parametrize("line", READS)
def test_each_read_passes(line: str) -> None:
    guard().check_command(line)


@pytest.mark.parametrize("line", CHANGES)
def test_no_change_passes(line: str) -> None:
    for declared in (READ_ONLY, NAPALM_READ_ONLY):
        with pytest.raises(NotReadOnly):
            guard(declared).check_command(line)


@pytest.mark.parametrize("read", [line for line in READS if line])
@pytest.mark.parametrize("tail", [" ", "\n", ";reload", "\nreload", " | redirect x", "?", "\t"])
def test_nothing_rides_behind_a_read(read: str, tail: str) -> None:
    with pytest.raises(NotReadOnly):
        guard().check_command(read + tail)


@given(st.text())
def test_no_write_is_hidden_in_what_passes(text: str) -> None:
    if any(re.fullmatch(pattern, text) for pattern in (*READ_ONLY, *NAPALM_READ_ONLY)):
        assert text == "" or text.split(maxsplit=1)[0] in {"show", "dir", "verify", "terminal"}


class Asked:
    """Stands where NAPALM has its Netmiko session, and writes down what is sent."""

    def __init__(self, *, knows: bool) -> None:
        self.lines: list[str] = []
        self._knows = knows

    def send_command(self, line: str, **_: object) -> str:
        self.lines.append(line)
        if not self._knows:
            return "% Invalid input detected at '^' marker."
        if line == "show vrf":
            return "  Name   Default RD   Protocols   Interfaces\n  BLUE   65000:1   ipv4   Gi1\n"
        if line.startswith("show ip route"):
            return (
                "Routing entry for 10.0.0.0/24\n"
                '  Known via "bgp 65000", distance 20, metric 0\n'
                "  Routing Descriptor Blocks:\n  * 192.0.2.1, from 192.0.2.1, 1w6d ago\n"
            )
        if line == "show ip protocols | include bgp":
            return 'Routing Protocol is "bgp 65000"'
        if line.startswith("show ip bgp") and "neighbors" not in line:
            return "  Refresh Epoch 1\n  65001\n    192.0.2.1 from 192.0.2.1\n      best\n"
        return captured("show_version_isr4k") if line == "show version" else ""


GETTERS: dict[str, dict[str, Any]] = {
    "get_facts": {},
    "get_interfaces": {},
    "get_interfaces_ip": {},
    "get_interfaces_counters": {},
    "get_bgp_neighbors": {},
    "get_bgp_neighbors_detail": {},
    "get_arp_table": {"vrf": "BLUE"},
    "get_ipv6_neighbors_table": {},
    "get_mac_address_table": {},
    "get_route_to": {"destination": "10.0.0.0/24"},
    "get_config": {},
    "get_lldp_neighbors": {},
    "get_lldp_neighbors_detail": {"interface": "GigabitEthernet0/0/0"},
    "get_environment": {},
    "get_ntp_servers": {},
    "get_ntp_peers": {},
    "get_ntp_stats": {},
    "get_network_instances": {},
    "get_optics": {},
    "get_snmp_information": {},
    "get_users": {},
    "get_vlans": {},
}


@pytest.mark.parametrize("getter", GETTERS)
@pytest.mark.parametrize("knows", [True, False])
def test_all_that_a_getter_of_napalm_sends_is_declared(getter: str, *, knows: bool) -> None:
    from napalm import get_network_driver

    driver = get_network_driver("ios")("192.0.2.1", "ops", "secret")
    asked = Asked(knows=knows)
    driver.device = asked
    for options in (GETTERS[getter], {}):
        with suppress(Exception):  # of an empty answer; what was asked is what counts
            getattr(driver, getter)(**options)
    assert asked.lines
    check = guard(NAPALM_READ_ONLY)
    for line in asked.lines:
        check.check_command(line)


def test_a_configuration_with_its_defaults_is_declared_too() -> None:
    guard(NAPALM_READ_ONLY).check_command("show running-config all")
