"""What lies on a member's flash when it is delivered: its configuration, keys and identity."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.spec import PROBE_PORT, SERVICE_PORT

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux.spec import LinuxSpec, MemberNet

NO_PREEMPT = "nopreempt\n"

_OBJECTS = """\
define SERVER = {net.server}
define SERVICES = {{ {service}, {probe} }}
define CLIENT_HIDDEN = {net.natted_client}
define INNER_VIP = {inner_vip}
define MEMBERS = {{ {one}, {two} }}
"""
_RULES = """\
flush ruleset
include "/flash/config/shared/objects.nft"

table inet firewall {
    chain untracked {
        type filter hook prerouting priority raw; policy accept;
        iifname { "mgmt", "ha" } notrack
        ip protocol vrrp notrack
    }
    chain untracked_output {
        type filter hook output priority raw; policy accept;
        oifname { "mgmt", "ha" } notrack
        ip protocol vrrp notrack
    }
    chain input {
        type filter hook input priority filter; policy drop;
        iifname { "lo", "mgmt", "ha" } accept
        ip protocol vrrp accept
        ct state invalid drop
        ct state established,related accept
        icmp type echo-request accept
        ip daddr $MEMBERS tcp dport 22 ct state new accept
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state invalid drop
        ct state established,related accept
        iifname "out" oifname "in" icmp type echo-request accept
        iifname "out" oifname "in" ip daddr $SERVER tcp dport $SERVICES tcp flags & (fin|syn|rst|ack) == syn ct state new accept
        iifname "out" oifname "in" ip daddr $MEMBERS tcp dport 22 ct state new accept
    }
    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        oifname "in" ip saddr $CLIENT_HIDDEN snat ip to $INNER_VIP
        oifname "in" ip daddr $MEMBERS tcp dport 22 masquerade
    }
}
"""  # noqa: E501 - a rule is one line to nft
_MEMBER = """\
NAME={member.name}
PRIORITY={member.priority}
ADVERT={advert:g}
MGMT={member.address}/24
OUT={member.outer}/24
OUT_PEER={member.peer.outer}
OUT_VIP={out_vip}/24
IN={member.inner}/24
IN_PEER={member.peer.inner}
IN_VIP={in_vip}/24
HA_OWN={ha_own}/24
HA_PEER={ha_peer}
"""


def node_id(member: MemberNet) -> str:
    """Its identity: 32 hexadecimal digits that follow from its name."""
    return hashlib.sha256(member.name.encode()).hexdigest()[:32]


def flash_files(spec: LinuxSpec, member: MemberNet) -> dict[str, str]:
    """Path on flash -> text, but for keys and images."""
    net = member.pair
    one, two = net.members
    return {
        "node-id": f"{node_id(member)}\n",
        "boot/next": "A",
        "login/password": spec.password,
        "login/authorized_keys": f"{spec.authorized_key}\n" if spec.authorized_key else "",
        "config/local/member.conf": _MEMBER.format(
            member=member,
            advert=spec.advert,
            out_vip=net.out(1),
            in_vip=net.inside(1),
            ha_own=net.ha(member.index + 1),
            ha_peer=net.ha(member.peer.index + 1),
        ),
        "config/local/preempt.conf": "" if spec.preempt else NO_PREEMPT,
        "config/shared/objects.nft": _OBJECTS.format(
            net=net,
            service=SERVICE_PORT,
            probe=PROBE_PORT,
            inner_vip=net.inside(1),
            one=one.inner,
            two=two.inner,
        ),
        "config/shared/ruleset.nft": _RULES,
    }
