"""What a NAPALM getter returned, as items with properties: an interface, a neighbour, a route.

The shapes are those of NAPALM's documented models. What changes by itself (counters, ages, what is
measured) is known by its name and compared only when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Items: TypeAlias = Mapping[str, Mapping[str, str]]
"""Name of an item -> name of a property -> its value, as canonical JSON."""

SINGLE: Final = "device"
"""The name of the one item of a getter that tells about the device as a whole."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A list whose rows are named by some of their own values."""

    names: tuple[str, ...]


_EACH: Final = "*"
_Step: TypeAlias = _Rows | str
"""On the way to an item: rows, each key of a mapping, or one key that is the same everywhere."""

_SHAPES: Final[Mapping[str, tuple[_Step, ...]]] = {
    "get_arp_table": (_Rows(("interface", "ip")),),
    "get_bgp_config": (_EACH,),
    "get_bgp_neighbors": (_EACH, "peers", _EACH),
    "get_bgp_neighbors_detail": (_EACH, _EACH, _Rows(("remote_address",))),
    "get_config": (),
    "get_environment": (_EACH, _EACH),
    "get_facts": (),
    "get_firewall_policies": (_EACH, _Rows(("id",))),
    "get_interfaces": (_EACH,),
    "get_interfaces_counters": (_EACH,),
    "get_interfaces_ip": (_EACH, _EACH, _EACH),
    "get_ipv6_neighbors_table": (_Rows(("interface", "ip")),),
    "get_lldp_neighbors": (_EACH, _Rows(("hostname", "port"))),
    "get_lldp_neighbors_detail": (_EACH, _Rows(("remote_system_name", "remote_port"))),
    "get_mac_address_table": (_Rows(("vlan", "mac")),),
    "get_network_instances": (_EACH,),
    "get_ntp_peers": (_EACH,),
    "get_ntp_servers": (_EACH,),
    "get_ntp_stats": (_Rows(("remote",)),),
    "get_optics": (_EACH,),
    "get_probes_config": (_EACH, _EACH),
    "get_probes_results": (_EACH, _EACH),
    "get_route_to": (_EACH, _Rows(("next_hop", "outgoing_interface"))),
    "get_snmp_information": (),
    "get_users": (_EACH,),
    "get_vlans": (_EACH,),
}

_ALWAYS: Final = frozenset({"age", "last_flapped", "last_move", "moves", "uptime"})
_VOLATILE: Final[Mapping[str, frozenset[str]]] = {
    # The upgrade itself changes them, and has gates of its own.
    "get_facts": frozenset({"os_version", "running_kernel"}),
    "get_bgp_neighbors": frozenset({"accepted_prefixes", "received_prefixes", "sent_prefixes"}),
    "get_bgp_neighbors_detail": frozenset(
        {
            "accepted_prefix_count",
            "active_prefix_count",
            "advertised_prefix_count",
            "flap_count",
            "input_messages",
            "input_updates",
            "last_event",
            "local_port",
            "messages_queued_out",
            "output_messages",
            "output_updates",
            "previous_connection_state",
            "received_prefix_count",
            "remote_port",
            "suppressed_prefix_count",
        }
    ),
    "get_environment": frozenset({"%usage", "available_ram", "output", "temperature", "used_ram"}),
    "get_firewall_policies": frozenset({"byte_hits", "packet_hits", "position"}),
    "get_interfaces_counters": frozenset(
        f"{way}_{what}"
        for way in ("rx", "tx")
        for what in (
            *("broadcast_packets", "discards", "errors"),
            *("multicast_packets", "octets", "unicast_packets"),
        )
    ),
    "get_ipv6_neighbors_table": frozenset({"state"}),
    "get_ntp_stats": frozenset(
        {"delay", "hostpoll", "jitter", "offset", "reachability", "stratum", "when"}
    ),
    "get_optics": frozenset({"avg", "channel", "channels", "instant", "max", "min"}),
    "get_probes_results": frozenset(
        {
            "last_test_loss",
            "round_trip_jitter",
            "rtt",
            *(
                f"{which}_test_{what}_delay"
                for which in ("current", "last", "global")
                for what in ("avg", "max", "min")
            ),
        }
    ),
    "get_route_to": frozenset({"last_active"}),
}


def is_volatile(getter: str, name: str) -> bool:
    """Whether a property changes by itself, an upgrade or none."""
    last = name.rpartition(".")[2]
    return last in _ALWAYS or last in _VOLATILE.get(getter, frozenset())


def items_of(getter: str, data: object) -> Items:
    """What a getter returned, item by item; what it has no shape for is taken as it comes.

    Args:
        getter: Its name, as in get_facts.
        data: Plain lists, mappings and scalars.
    """
    found: dict[str, dict[str, str]] = {}
    steps = _SHAPES.get(getter)
    walked = _walk(data, steps, ()) if steps is not None else _unknown(data, ())
    for path, value in walked:
        name = " ".join(path) or SINGLE
        again = 2
        while name in found:
            name = f"{' '.join(path) or SINGLE} ({again})"
            again += 1
        found[name] = dict(_properties(value))
    return found


_Found: TypeAlias = Iterator[tuple[tuple[str, ...], object]]


def _walk(data: object, steps: Sequence[_Step], path: tuple[str, ...]) -> _Found:
    if not steps:
        if not _is_nothing(data) or path:
            yield path, data
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, _Rows) and isinstance(data, list):
        for row in data:
            yield from _walk(row, rest, (*path, *_named(row, step.names)))
    elif step == _EACH and isinstance(data, Mapping):
        scalars = {key: value for key, value in data.items() if not _is_nested(value)}
        if scalars:
            yield path, scalars
        for key, value in data.items():
            if _is_nested(value):
                yield from _walk(value, rest, (*path, str(key)))
    elif isinstance(step, str) and isinstance(data, Mapping):
        if step in data:
            yield from _walk(data[step], rest, path)
    else:
        yield from _unknown(data, path)


def _unknown(data: object, path: tuple[str, ...]) -> _Found:
    """Each entry of a list or of a mapping of mappings; everything else is one item."""
    if isinstance(data, list):
        for number, row in enumerate(data, start=1):
            yield (*path, str(number) if _is_nested(row) else str(row)), row
    elif (
        isinstance(data, Mapping)
        and data
        and all(isinstance(one, Mapping) for one in data.values())
    ):
        for key, value in data.items():
            yield (*path, str(key)), value
    elif not _is_nothing(data):
        yield path, data


def _named(row: object, names: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(row, Mapping):
        return (_text(row),)
    found = tuple(str(row[name]) for name in names if not _is_nothing(row.get(name)))
    return found or ("?",)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)


def _is_nothing(value: object) -> bool:
    """Nothing was said; a zero and a False are something."""
    if isinstance(value, Mapping):
        return all(_is_nothing(one) for one in value.values())
    return value is None or value in ("", [])


def _properties(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested mappings by dotted names, everything else as one value."""
    if isinstance(value, Mapping) and (value or not name):
        for key, inner in value.items():
            yield from _properties(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name or "value", _text(value)


def _text(value: object) -> str:
    """Canonical JSON; the order of a list says nothing, a text of many lines becomes its hash."""
    if isinstance(value, str) and "\n" in value:
        return _text(f"sha256 {hashlib.sha256(value.encode()).hexdigest()}")
    if isinstance(value, float) and value.is_integer():
        return _text(int(value))
    if isinstance(value, list):
        return f"[{', '.join(sorted(_text(one) for one in value))}]"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
