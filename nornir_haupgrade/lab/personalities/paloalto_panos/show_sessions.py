"""``show session``: the active's own sessions, the passive's copies of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
    wrong,
)
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.sessions import Session

_TCP, _UDP = 6, 17
_SUPPORTED = 250_000
_UDP_EACH = 4
_WIDTH = 80
_FILTERS = {
    "source": "source",
    "destination": "dst",
    "source-port": "sport",
    "destination-port": "dport",
    "protocol": "proto",
    "application": "application",
    "state": "state",
    "from": "from",
    "to": "to",
    "type": "type",
}
"""Word of a filter to the element that it compares."""


def _known(at: At) -> list[Session]:
    own, sessions = at.firewall, at.pair.sessions
    return sessions.carried(own) if own.role is HaState.MASTER else sessions.known(own)


@dataclass(frozen=True, slots=True)
class _Flow:
    """A session of the pair as a firewall sees it."""

    session: Session
    protocol: int
    client: tuple[str, int]
    server: tuple[str, int]


def _flow(at: At, session: Session) -> _Flow:
    if session.ends is not None:
        ends = [(host, int(port)) for host, _, port in (it.rpartition(":") for it in session.ends)]
        return _Flow(session, _TCP, ends[0], ends[1])
    # the lab's own clients are told apart by their port, alike on both members
    protocol = _TCP if session.port % _UDP_EACH else _UDP
    net = at.pair.spec.number
    return _Flow(session, protocol, (f"10.1.{net}.100", session.port), (f"10.2.{net}.100", 7000))


def info(at: At, _: tuple[str, ...]) -> Outcome:
    """``show session info``, the part of it that counts.

    XML as captured. No capture of the text was found: names and alignment are those of public
    transcripts, one block for the one data plane.
    """
    flows = [_flow(at, session) for session in _known(at)]
    udp = sum(flow.protocol == _UDP for flow in flows)
    is_active = at.firewall.role is HaState.MASTER
    result = branch(
        "result",
        cps=4 if is_active else 0,
        kbps=623 if is_active else 0,
        num_active=len(flows),
        num_bcast=0,
        num_icmp=0,
        num_installed=1_254_101,
        num_max=_SUPPORTED,
        num_mcast=0,
        num_predict=0,
        num_tcp=len(flows) - udp,
        num_udp=udp,
        pps=160 if is_active else 0,
        tmo_icmp=6,
        tmo_tcp=3600,
        tmo_udp=30,
        dp="*.dp0",
    )
    return answer(at, result, _info_text)


def _info_text(result: ET.Element) -> str:
    used = 100 * int(text_at(result, "num-active")) // _SUPPORTED
    rows = (
        ("target-dp", text_at(result, "dp")),
        ("Number of sessions supported", text_at(result, "num-max")),
        ("Number of allocated sessions", text_at(result, "num-active")),
        ("Number of active TCP sessions", text_at(result, "num-tcp")),
        ("Number of active UDP sessions", text_at(result, "num-udp")),
        ("Number of active ICMP sessions", text_at(result, "num-icmp")),
        ("Number of active BCAST sessions", text_at(result, "num-bcast")),
        ("Number of active MCAST sessions", text_at(result, "num-mcast")),
        ("Number of active predict sessions", text_at(result, "num-predict")),
        ("Session table utilization", f"{used}%"),
        ("Number of sessions created since bootup", text_at(result, "num-installed")),
        ("Packet rate", f"{text_at(result, 'pps')}/s"),
        ("Throughput", f"{text_at(result, 'kbps')} kbps"),
        ("New connection establish rate", f"{text_at(result, 'cps')} cps"),
    )
    lines = [f"{f'{title}:':<49}{value}" for title, value in rows]
    timeouts = [
        f"  {f'{title} default timeout:':<47}{text_at(result, f'tmo-{title.lower()}'):>4} secs"
        for title in ("TCP", "UDP", "ICMP")
    ]
    ruler = "-" * _WIDTH
    return text_of("", *lines, ruler, "Session timeout", *timeouts, ruler, "")


def _entry(flow: _Flow) -> ET.Element:
    (source, sport), (dst, dport) = flow.client, flow.server
    state = "CLOSED" if flow.session.is_closed else "ACTIVE"
    made = branch(
        "entry",
        dst=dst,
        xsource=source,
        source=source,
        xdst=dst,
        xsport=sport,
        xdport=dport,
        sport=sport,
        dport=dport,
        proto=flow.protocol,
    )
    made.extend((leaf("from", "outside"), leaf("to", "inside")))
    made.extend(
        branch(
            "rest",
            start_time=f"{moment(flow.session.born):%a %b %e %H:%M:%S %Y}",
            nat="False",
            srcnat="False",
            dstnat="False",
            proxy="False",
            decrypt_mirror="False",
            state=state,
            type="FLOW",
            total_byte_count=196,
            idx=flow.session.port,
            vsys_idx=1,
            vsys="vsys1",
            application="lab-service",
            security_rule=f"service-{dport}",
            ingress="ethernet1/1",
            egress="ethernet1/2",
            flags="",
        )
    )
    return made


def _conditions(words: tuple[str, ...]) -> dict[str, str] | None:
    """``source A destination-port N`` by element; None: it is no filter."""
    pairs = list(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or any(name not in {*_FILTERS, "count"} for name, _ in pairs):
        return None
    return dict(pairs)


def sessions(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show session all [filter ...]``; the words of a filter are the vendor's."""
    wanted = _conditions(tuple(arguments[0].split()) if arguments else ())
    if wanted is None:
        return wrong("Invalid syntax.")
    counts = wanted.pop("count", "no") == "yes"
    entries = [
        entry
        for entry in (_entry(_flow(at, session)) for session in _known(at))
        if all(
            text_at(entry, _FILTERS[name]).lower() == value.lower()
            for name, value in wanted.items()
        )
    ]
    if counts:
        number = branch("result", leaf("member", len(entries)))
        text = f"\nNumber of sessions that match filter: {len(entries)}\n\n"
        return answer(at, number, lambda _: text)
    return answer(at, branch("result", *entries), lambda result: text_of(*_rows(result)))


def _rows(result: ET.Element) -> Iterator[str]:
    """Two lines a session, in the columns of the vendor's article kA10g000000PLnlCAG."""
    found = result.findall("entry")
    if not found:
        yield from ("", "No Active Sessions", "")
        return
    ruler = "-" * _WIDTH
    yield ruler
    yield (
        f"{'ID':<11} {'Application':<14} {'State':<7} {'Type':<4} {'Flag':<5}"
        "Src[Sport]/Zone/Proto (translated IP[Port])"
    )
    yield f"{'Vsys':<46}Dst[Dport]/Zone (translated IP[Port])"
    yield ruler
    for entry in found:
        source, sport = text_at(entry, "source"), text_at(entry, "sport")
        dst, dport = text_at(entry, "dst"), text_at(entry, "dport")
        place = f"{text_at(entry, 'from')}/{text_at(entry, 'proto')}"
        yield (
            f"{text_at(entry, 'idx'):<11} {text_at(entry, 'application'):<14} "
            f"{text_at(entry, 'state'):<7} {text_at(entry, 'type'):<4} {'':<5}"
            f"{source}[{sport}]/{place}  ({source}[{sport}])"
        )
        yield f"{text_at(entry, 'vsys'):<46}{dst}[{dport}]/{text_at(entry, 'to')}  ({dst}[{dport}])"
