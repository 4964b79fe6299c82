"""What one host says about its pair: its own data over its groups' over the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from nornir_haupgrade.errors import Finding
from nornir_haupgrade.settings.ha import SHAPES, CriticalSession, HaData
from nornir_haupgrade.settings.messages import findings_of, shown
from nornir_haupgrade.settings.places import Keys, Place

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Defaults, Group, Host

_KEY = "ha"
_PLACES: tuple[tuple[str, ...], ...] = (
    (),
    ("custom_fields",),
    ("config_context",),
    ("pynautobot_dictionary", "custom_fields"),
    ("pynautobot_dictionary", "config_context"),
)
"""Where in its data: sources of truth keep apart what a site adds. The first with a value wins."""


@dataclass(frozen=True, slots=True)
class InventoryFiles:
    """The files of a SimpleInventory; None where the inventory comes from elsewhere."""

    hosts: Path | None = None
    groups: Path | None = None
    defaults: Path | None = None

    @classmethod
    def of(cls, nr: Nornir) -> InventoryFiles:
        """The files that this Nornir was read from, as far as its configuration tells."""
        inventory = nr.config.inventory
        if inventory.plugin != "SimpleInventory":
            return cls()
        return cls.named(inventory.options)

    @classmethod
    def named(cls, options: Mapping[str, Any]) -> InventoryFiles:
        """The files that the options of a SimpleInventory name, with Nornir's own defaults."""
        names = ("host_file", "group_file", "defaults_file")
        standard = ("hosts.yaml", "groups.yaml", "defaults.yaml")
        paths = (options.get(name, usual) for name, usual in zip(names, standard, strict=True))
        return cls(*(Path(path).expanduser() if isinstance(path, str) else None for path in paths))


@dataclass(slots=True)
class HostData:
    """One host, its merged and validated data, and where each part of it came from.

    Attributes:
        name: The host's name in the inventory.
        place: The host itself.
        pair: Its pair after merging, as far as it can be told; None when it is not ours.
        claims: Every pair that it or one of its groups names, with the owner of the claim.
        data: The validated data; where there are findings, without what is wrong.
        spoilt: The keys that are left out of ``data``.
        platform: ``ha.platform``, else Nornir's own.
        findings: What is wrong with this host alone.
    """

    name: str
    place: Place
    pair: str | None = None
    claims: dict[str, str] = field(default_factory=dict)
    data: HaData | None = None
    spoilt: set[str] = field(default_factory=set)
    platform: str | None = None
    findings: list[Finding] = field(default_factory=list)
    _origin: dict[Keys, Place] = field(default_factory=dict)

    def where(self, *loc: str | int) -> str:
        """The place of a merged value: the file and the owner that it came from."""
        origin = self._origin.get(loc[:2]) or self._origin.get(loc[:1])
        return origin.at(*loc) if origin else self.place.at()


def read_host(host: Host, files: InventoryFiles) -> HostData:
    """Merge and validate the data of one host."""
    given: object = host.name  # an unquoted number in YAML stays one
    name = str(given)
    read = HostData(name, Place(files.hosts, f"host {name}", (name,), ""))
    if not isinstance(given, str):
        what = f"the host name {name} is not a text to YAML"
        read.findings.append(Finding(read.place.at(), what, f'Quote it, as in "{name}".'))
    try:
        groups = host.extended_groups()
    except RecursionError:
        loop = "Remove the group that has itself among its parents."
        read.findings.append(Finding(read.place.at(), "its groups inherit in a circle", loop))
        return read
    sources = list(_sources(read, host, groups, files))
    merged = _merge(read, sources)
    owners = [(place, data) for place, data in sources if place.owner != "defaults"]
    for place, data in owners:
        if isinstance(data.get("pair"), str):
            read.claims.setdefault(data["pair"], place.owner)
    # A wrong kind of name must not also make the other member look alone.
    named = merged.get("pair")
    read.pair = str(named) if isinstance(named, str | int | float) else None
    try:
        read.data = HaData.model_validate(merged)
    except ValidationError as error:
        read.findings += findings_of(error, shapes=SHAPES, where=lambda loc: read.where(*loc))
        # What is good is checked on, so that one run shows everything.
        read.spoilt = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
        good = {key: value for key, value in merged.items() if str(key) not in read.spoilt}
        # A mapping may be wrong as a whole, without a key to leave out.
        with suppress(ValidationError):
            read.data = HaData.model_validate(good)
    _choose_platform(read, host, groups, files)
    return read


def pair_name_of(host: Host) -> str | None:
    """The pair that a host belongs to; None if to none."""
    return read_host(host, InventoryFiles()).pair


def findings_on(nr: Nornir, host: Host) -> tuple[Finding, ...]:
    """What is wrong with what a host says of its pair."""
    return tuple(read_host(host, InventoryFiles.of(nr)).findings)


def critical_sessions_of(host: Host) -> tuple[CriticalSession, ...]:
    """What a host says of its pair's critical sessions."""
    data = read_host(host, InventoryFiles()).data
    return data.critical_sessions if data else ()


def _sources(
    read: HostData, host: Host, groups: list[Group], files: InventoryFiles
) -> list[tuple[Place, Mapping[Any, Any]]]:
    found: list[tuple[Place, Mapping[Any, Any]]] = []
    for file, owner, name, element in _elements(host, groups, files):
        data: object = element.data
        if not isinstance(data, Mapping):
            at = Place(file, owner, (name,) if name else (), "").at("data")
            what = f"a mapping is expected here, not {shown(data)}"
            read.findings.append(Finding(at, what, "Write `key: value` lines below it."))
            continue
        for way in _PLACES:
            ha = _at(data, way).get(_KEY)
            keys = ("data", *way, _KEY)
            place = Place(file, owner, (name, *keys) if name else keys, ".".join(keys[1:]))
            if isinstance(ha, Mapping):
                found.append((place, ha))
            elif ha is not None:
                what = f"a mapping is expected here, not {shown(ha)}"
                read.findings.append(Finding(place.at(), what, "Write it as in ha: {pair: p1}."))
    return found


def _at(data: Mapping[Any, Any], way: tuple[str, ...]) -> Mapping[Any, Any]:
    """What stands at the end of the way; nothing where it does not lead anywhere."""
    for step in way:
        inner = data.get(step)
        if not isinstance(inner, Mapping):
            return {}
        data = inner
    return data


def _elements(
    host: Host, groups: list[Group], files: InventoryFiles
) -> list[tuple[Path | None, str, str, Host | Group | Defaults]]:
    """What a host inherits from, in Nornir's own order: the first that has a value wins."""
    return [
        (files.hosts, f"host {host.name}", host.name, host),
        *((files.groups, f"group {group.name}", group.name, group) for group in groups),
        (files.defaults, "defaults", "", host.defaults),
    ]


def _merge(read: HostData, sources: list[tuple[Place, Mapping[Any, Any]]]) -> dict[Any, Any]:
    merged: dict[Any, Any] = {}
    for place, data in sources:
        for key, value in data.items():
            if key not in merged:
                merged[key] = dict(value) if isinstance(value, Mapping) else value
                read._origin[(key,)] = place  # noqa: SLF001 - built here, read by its owner
            elif isinstance(merged[key], dict) and isinstance(value, Mapping):
                # Mappings are merged one level deep; lists are taken whole.
                for inner in value.keys() - merged[key].keys():
                    merged[key][inner] = value[inner]
                    read._origin[(key, inner)] = place  # noqa: SLF001
    return merged


def _choose_platform(
    read: HostData, host: Host, groups: list[Group], files: InventoryFiles
) -> None:
    if read.data is None or read.data.platform:
        read.platform = read.data.platform if read.data else None
        return
    for file, owner, name, element in _elements(host, groups, files):
        # Not `host.platform`: the place of the value is wanted too.
        value = object.__getattribute__(element, "platform")
        if isinstance(value, str) and value:
            read.platform = value
            read._origin[("platform",)] = Place(file, owner, (name,) if name else (), "")  # noqa: SLF001
            return
