"""``ha.getters``: what NAPALM reads before and after, in a small dialect.

===================  ===========================================================================
``name``             read it, and compare all that does not change by itself
``"!name"``          leave it out of the platform's own list
``name: {...}``      read it, and compare it as said
===================  ===========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from nornir_haupgrade.settings.fields import Fraction, Label, Pause, Strict, Text, refused
from nornir_haupgrade.settings.messages import instead, shown

READ_ONLY_GETTERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "get_arp_table": ("vrf",),
        "get_bgp_config": ("group", "neighbor"),
        "get_bgp_neighbors": (),
        "get_bgp_neighbors_detail": ("neighbor_address",),
        "get_config": ("retrieve", "sanitized"),
        "get_environment": (),
        "get_facts": (),
        "get_firewall_policies": (),
        "get_interfaces": (),
        "get_interfaces_counters": (),
        "get_interfaces_ip": (),
        "get_ipv6_neighbors_table": (),
        "get_lldp_neighbors": (),
        "get_lldp_neighbors_detail": ("interface",),
        "get_mac_address_table": (),
        "get_network_instances": ("name",),
        "get_ntp_peers": (),
        "get_ntp_servers": (),
        "get_ntp_stats": (),
        "get_optics": (),
        "get_probes_config": (),
        "get_probes_results": (),
        "get_route_to": ("destination", "protocol", "longer"),
        "get_snmp_information": (),
        "get_users": (),
        "get_vlans": (),
    }
)
"""Every getter of NAPALM's documented base class, with the options that it takes.

Of ``get_config`` only the two that say what is fetched and whether its secrets are left out.
"""

_FLAGS = frozenset({"longer", "sanitized"})
_STORES = ("running", "startup", "candidate", "all")
# Drivers write options into command lines as they are: nothing may follow the command behind them.
_PLAIN = re.compile(r"[A-Za-z0-9:][A-Za-z0-9_.:/@%+,-]{0,99}", re.ASCII)

Options: TypeAlias = tuple[tuple[str, str | bool], ...]


def why_not(getter: str, options: Mapping[str, object]) -> tuple[str, str] | None:
    """Why a getter may not be called like that (what, advice); None if it may."""
    known = READ_ONLY_GETTERS.get(getter)
    if known is None:
        what = f"{shown(getter)} is not one of NAPALM's getters that only read"
        return what, instead(getter, READ_ONLY_GETTERS, kind="getter")
    for name, value in options.items():
        if name not in known:
            advice = instead(name, known, kind="option") if known else "It takes none."
            return f"{getter} has no option {shown(name)}", advice
        if (wanted := _unfit(name, value)) is not None:
            return f"{name} of {getter} cannot be {shown(value)}", wanted
    if getter == "get_route_to" and "destination" not in options:
        wanted = "Write it as in get_route_to: {options: {destination: 10.0.0.0/8}}."
        return "get_route_to needs a destination", wanted
    return None


def _unfit(name: str, value: object) -> str | None:
    """What is wanted instead of a value; None if it is good."""
    if name in _FLAGS:
        return None if isinstance(value, bool) else "Write true or false."
    if name == "retrieve":
        return None if value in _STORES else f"Write one of {', '.join(_STORES)}."
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return None
    return "Write a plain name, address or prefix as text."


def _one_kind(names: tuple[str, ...]) -> tuple[str, ...]:
    left_out = [name for name in names if name.startswith("!")]
    if left_out and len(left_out) < len(names):
        raise refused(
            f"{shown(left_out[0])} stands beside names that are not left out",
            'Name what is compared, or only what is left out, as in "!uptime".',
        )
    if "!" in names:
        raise refused("'!' names nothing", 'Write what is left out, as in "!uptime".')
    return names


class GetterOptions(Strict):
    """How one getter is read and compared."""

    name: Label = ""
    """What it is called in reports; left out, the getter's own name. Once per pair."""
    properties: Annotated[tuple[Text, ...], AfterValidator(_one_kind)] = ()
    """A list of the properties that are compared, or as "!uptime" of those that are not."""
    threshold: Fraction = 0.0
    """How many of the items may be missing afterwards, as in 10%."""
    settle: Pause = 60
    """Seconds that a member may take after its upgrade until all is as before."""
    options: Options = ()
    """What NAPALM is told with the call, as in {destination: 10.0.0.0/8}."""


class Getter(GetterOptions):
    """One getter of the list."""

    getter: str
    is_left_out: bool = False


def _entry(value: object) -> object:
    """An entry of the list, whichever way it is written."""
    if isinstance(value, Getter):
        return value
    if isinstance(value, str):
        name = _known(value.removeprefix("!"))
        is_left_out = value.startswith("!")
        if not is_left_out:
            _options(name, {})
        return {"getter": name, "name": name, "is_left_out": is_left_out}
    if isinstance(value, Mapping) and len(value) == 1:
        ((word, said),) = value.items()
        if isinstance(word, str) and isinstance(said, Mapping | None):
            return _spelt_out(_known(word), said or {})
    raise refused(
        f"{shown(value)} is not a getter", 'Write its name, "!name", or name: {threshold: 10%}.'
    )


def _spelt_out(getter: str, said: Mapping[object, object]) -> dict[object, object]:
    for inner in Getter.model_fields.keys() - GetterOptions.model_fields.keys():
        if inner in said:
            advice = instead(inner, GetterOptions.model_fields, kind="key")
            raise refused(f"unknown key {inner!r}", advice)
    options = said.get("options", {})
    if not isinstance(options, Mapping):
        what = f"a mapping is expected as options of {getter}, not {shown(options)}"
        raise refused(what, "Write it as in options: {destination: 10.0.0.0/8}.")
    return {"name": getter, **said, "getter": getter, "options": _options(getter, options)}


def _options(getter: str, options: Mapping[object, object]) -> Options:
    given = {str(name): value for name, value in options.items()}
    if (wrong := why_not(getter, given)) is not None:
        raise refused(*wrong)
    if getter == "get_config":
        # What is read here is kept as evidence, where no secret belongs.
        if given.get("sanitized") is False:
            raise refused("a configuration with its secrets is no evidence", "Remove sanitized.")
        given["sanitized"] = True
    # `why_not` has let nothing else pass.
    return tuple((name, value) for name, value in given.items() if isinstance(value, str | bool))


def _known(word: str) -> str:
    # nornir-napalm takes the names with and without it.
    name = word if word.startswith("get_") else f"get_{word}"
    if name not in READ_ONLY_GETTERS:
        advice = instead(name, READ_ONLY_GETTERS, kind="getter")
        raise refused(f"{shown(word)} is not one of NAPALM's getters that only read", advice)
    return name


def _one_way(entries: tuple[Getter, ...]) -> tuple[Getter, ...]:
    left_out = [entry.getter for entry in entries if entry.is_left_out]
    if left_out and len(left_out) < len(entries):
        raise refused(
            f"'!{left_out[0]}' stands beside getters that are not left out",
            "Name what is read, or only what is left out of the platform's own list.",
        )
    return entries


Getters = Annotated[
    tuple[Annotated[Getter, BeforeValidator(_entry)], ...], AfterValidator(_one_way)
]


def chosen(given: tuple[Getter, ...] | None, own: Sequence[str]) -> tuple[Getter, ...]:
    """The getters to read.

    Args:
        given: What ``ha.getters`` says; None if it says nothing.
        own: The platform's own list.
    """
    if given and not given[0].is_left_out:
        return given
    if given == ():
        return ()
    left_out = {entry.getter for entry in given or ()}
    return tuple(Getter(getter=name, name=name) for name in own if name not in left_out)
