"""The session table: counts, and sessions through the filter of the terminal.

A session has the lines of docs and articles on FortiOS 6 and 7 (handbook.fortinet.com.cn, "Session
List"), the counts those of article 196340.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Outcome, Reply
from nornir_haupgrade.lab.personalities.fortinet.cluster import sessions_of
from nornir_haupgrade.lab.personalities.fortinet.context import At, own_of, parse_error, show
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.sessions import Session

_TIMEOUT = 3_600
_ESTABLISHED, _TIME_WAIT = "01", "05"
_FILTERS = ("src", "dst", "sport", "dport", "proto", "policy", "vd")
_TCP = "6"


def _table(at: At) -> list[Session]:
    tables, device = at.pair.sessions, at.device
    is_primary = device.role is HaState.MASTER
    return tables.carried(device) if is_primary else tables.known(device)


def _ends(at: At, session: Session) -> tuple[str, str]:
    number = at.pair.spec.number
    return session.ends or (f"10.1.{number}.100:{session.port}", f"10.2.{number}.100:7000")


def count(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system session status``."""
    number = sessions_of(at, at.device)
    return show(f"The total number of IPv4 sessions for the current VDOM: {number}")


def stat(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys session stat``: states that nobody is in are not named."""
    sessions = _table(at)
    closed = sum(session.is_closed for session in sessions)
    states = {"ESTABLISHED": len(sessions) - closed, "TIME_WAIT": closed}
    numbers = f"session_count={len(sessions)} setup_rate=0 exp_count=0 reflect_count=0 clash=0"
    return show(
        f"misc info:       {numbers}",
        "        memory_tension_drop=0 ephemeral=0/131062 removeable=0 extreme_low_mem=0",
        "        npu_session_count=0",
        "        nturbo_session_count=0",
        "delete=0, flush=0, dev_down=0/0 ses_walkers=0",
        "TCP sessions:",
        *(f"         {number} in {name} state" for name, number in states.items() if number),
        "firewall error stat:",
        *(f"error{number}=00000000" for number in range(1, 5)),
        "tt=00000000",
        "cont=00000000",
        "ips_recv=00000000",
        "policy_deny=00000000",
        "av_recv=00000000",
        "fqdn_count=00000000",
        "fqdn6_count=00000000",
        "global: ses_limit=0 ses6_limit=0 rt_limit=0 rt6_limit=0",
    )


def _is_wanted(at: At, session: Session) -> bool:
    client, server = _ends(at, session)
    (src, sport), (dst, dport) = client.rsplit(":", 1), server.rsplit(":", 1)
    facts = {"src": src, "sport": sport, "dst": dst, "dport": dport, "proto": _TCP}
    for key, value in own_of(at.terminal).filters.items():
        first, _, last = value.partition(" ")
        known = facts.get(key)
        if known is None:
            continue
        if last and known.isdigit():
            if not int(first) <= int(known) <= int(last):
                return False
        elif known != first:
            return False
    return True


def _age(at: At, session: Session) -> int:
    return int(at.now - session.born)


def _lines(at: At, session: Session) -> list[str]:
    client, server = _ends(at, session)
    state = _TIME_WAIT if session.is_closed else _ESTABLISHED
    expire = 1 if session.is_closed else _TIMEOUT - 5
    source, target = client.rsplit(":", 1)[0], server.rsplit(":", 1)[0]
    timing = f"duration={_age(at, session)} expire={expire} timeout={_TIMEOUT}"
    kind = f"proto={_TCP} proto_state={state} {timing}"
    member = int(at.device.role is not HaState.MASTER)
    return [
        "",
        f"session info: {kind} flags=00000000 socktype=0 sockport=0 av_idx=0 use=3",
        "origin-shaper=",
        "reply-shaper=",
        "per_ip_shaper=",
        f"class_id=0 ha_id={member} policy_dir=0 tunnel=/ vlan_cos=0/255",
        "state=may_dirty synced",
        "statistic(bytes/packets/allow_err): org=1120/20/1 reply=600/10/1 tuples=2",
        "tx speed(Bps/kbps): 0/0 rx speed(Bps/kbps): 0/0",
        f"orgin->sink: org pre->post, reply pre->post dev=5->6/6->5 gwy={target}/{source}",
        f"hook=pre dir=org act=noop {client}->{server}(0.0.0.0:0)",
        f"hook=post dir=reply act=noop {server}->{client}(0.0.0.0:0)",
        "pos/(before,after) 0/(0,0), 0/(0,0)",
        "misc=0 policy_id=1 pol_uuid_idx=520 auth_info=0 chk_client_info=0 vd=0",
        f"serial={session.port:08x} tos=ff/ff app_list=0 app=0 url_cat=0",
        "rpdb_link_id=00000000 ngfwid=n/a",
        "npu_state=0x000100",
    ]


def listed(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys session list``: what passes the filter, then their number."""
    wanted = [session for session in _table(at) if _is_wanted(at, session)]
    rows = [line for session in wanted for line in _lines(at, session)]
    return show(*rows, f"total session {len(wanted)}")


def short_list(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system session list``: one a line, whatever the filter."""
    rows = []
    for session in _table(at):
        client, server = _ends(at, session)
        expire = 1 if session.is_closed else _TIMEOUT - 5
        rows.append(f"tcp     {expire:<6} {client:<16} {'-':<16} {server:<16} -")
    head = "PROTO   EXPIRE SOURCE           SOURCE-NAT       DESTINATION      DESTINATION-NAT"
    return show(head, *rows)


def set_filter(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``diagnose sys session filter KEY VALUE [TO]``: for this terminal."""
    key, *values = arguments[0].split()
    if key not in _FILTERS or not values:
        return parse_error(key)
    filters = own_of(at.terminal).filters
    return Outcome(Reply(), act=lambda: filters.update({key: " ".join(values[:2])}))


def clear_filter(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys session filter clear``."""
    return Outcome(Reply(), act=own_of(at.terminal).filters.clear)


def show_filter(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys session filter``: what is set; the rest is any."""
    filters, names = own_of(at.terminal).filters, {"src": "source ip", "dst": "dest ip"}
    names |= {"sport": "source port", "dport": "dest port", "policy": "policy id"}
    rows = [
        f"        {names.get(key, key)}: {filters.get(key, 'any').replace(' ', '-')}"
        for key in ("vd", "proto", "src", "dst", "sport", "dport", "policy")
    ]
    return show("session filter:", *rows)
