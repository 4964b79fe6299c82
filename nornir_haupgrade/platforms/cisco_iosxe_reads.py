"""All that may be sent to IOS-XE in a run that only reads, as whole lines."""

from __future__ import annotations

SHOW_CHANGED = "show running-config | include configuration change|NVRAM config last"
SHOW_INTERFACES = "show running-config | section ^interface"
SHOW_COPIES = "show running-config | include ip scp server enable"

_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}"
_FILE_SYSTEM = r"[a-z]{2,20}\d{0,2}:"
_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_VRF = r"[A-Za-z0-9_.:-]{1,64}"
_INTERFACE = r"[A-Za-z][A-Za-z0-9/.:-]{0,63}"

READ_ONLY = (
    # What Netmiko's `cisco_xe` sends at login.
    r"",
    r"terminal width 511",
    r"terminal length 0",
    r"show (?:version|users|standby|vrrp all|boot|ip interface brief)",
    r"show install (?:summary|committed)",
    # Nothing may follow: `| redirect` and `| append` would write a file.
    r"show (?:running|startup)-config",
    r"show running-config \| section \^interface",
    r"show running-config \| include configuration change\|NVRAM config last",
    r"show running-config \| include ip scp server enable",
    rf"dir {_FILE_SYSTEM}",
    rf"verify /(?:sha512|md5) {_FILE_SYSTEM}{_NAME}",
)
"""The driver's own reads, and the library's login."""

NAPALM_READ_ONLY = (
    r"",
    r"terminal width 511",
    r"terminal length 0",
    # get_facts, get_interfaces, get_interfaces_ip, get_interfaces_counters
    r"show (?:version|hosts|ip interface brief|interfaces|ip interface|ipv6 interface)",
    r"show interface summary",
    # get_bgp_neighbors, get_bgp_neighbors_detail
    r"show (?:bgp all summary|ip bgp all sum)",
    r"show bgp ipv[46] (?:uni|multi)cast neighbors",
    r"show bgp (?:vpnv[46] unicast|ipv4 mdt) all neighbors",
    rf"show ip bgp [a-z0-9 ]{{1,30}} neigh {_ADDRESS}",
    # get_arp_table, get_ipv6_neighbors_table, get_mac_address_table
    rf"show arp(?: vrf {_VRF})? \| exclude Incomplete",
    r"show ipv6 neighbors",
    r"show mac[ -]address-table",
    # get_route_to, get_network_instances
    r"show (?:vrf|ip vrf|vrf detail)",
    rf"show ip route(?: vrf {_VRF})? {_ADDRESS}(?: {_ADDRESS}?)?",
    r"show ip protocols \| include bgp",
    rf"show ip bgp (?:vpnv4 vrf {_VRF} )?{_ADDRESS}(?:/\d{{1,3}})?",
    rf"show ip bgp (?:vpnv4 vrf {_VRF} )?neighbors \| include is {_ADDRESS}",
    # get_config
    r"show (?:startup-config|running-config(?: all)?)",
    # get_lldp_neighbors, get_lldp_neighbors_detail
    rf"show lldp neighbors(?: {_INTERFACE})?(?: detail)?",
    # get_environment, get_optics
    r"show (?:proc cpu|memory statistics|memory|env temperature status)",
    r"show interfaces transceiver(?: switch [12])?",
    r"show switch virtual",
    # get_ntp_servers, get_ntp_peers, get_ntp_stats
    r"show run \| include ntp server",
    r"show ntp associations",
    # get_snmp_information, get_users, get_vlans
    r"show run \| include snmp-server",
    r"show snmp chassis",
    r"show run \| (?:section|include) username",
    r"show vlan (?:all-ports|brief|id \d{1,4})",
)
"""What the getters of NAPALM's `ios` send, its login included: napalm 5.2.0, ``napalm/ios/ios.py``.

A session of NAPALM's passes no guard of ours: who lets one in asks for these getters only.
"""
