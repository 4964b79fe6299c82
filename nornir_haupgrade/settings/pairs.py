"""Pairs from the inventory: which hosts belong together, and everything wrong with that."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings.getters import Getter
from nornir_haupgrade.settings.ha import (
    Canary,
    CriticalSession,
    HaData,
    ManagementPath,
    Service,
    SiteGate,
    Tolerance,
)
from nornir_haupgrade.settings.hosts import InventoryFiles, read_host
from nornir_haupgrade.settings.messages import instead, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from nornir_haupgrade.settings.hosts import HostData

_SHARED = tuple(name for name in HaData.model_fields if name not in {"pair", "identity"})
"""What both members must say alike."""


@dataclass(frozen=True, slots=True)
class MemberConfig:
    """One member, by the name of its host; its identity is pinned later if it is None here."""

    name: str
    identity: str | None
    platform: str


@dataclass(frozen=True, slots=True)
class PairConfig:
    """One pair as the inventory describes it; members in the inventory's order."""

    name: str
    members: tuple[MemberConfig, MemberConfig]
    platform: str
    site: str | None = None
    backs_up: tuple[str, ...] = ()
    management_path: ManagementPath = ManagementPath.OUT_OF_BAND
    services: tuple[Service, ...] = ()
    canaries: tuple[Canary, ...] = ()
    critical_sessions: tuple[CriticalSession, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    gates: tuple[SiteGate, ...] = ()
    notify: tuple[str, ...] = ()
    getters: tuple[Getter, ...] | None = None
    """None: the platform's own."""


def read_member(host: Host, platforms: Collection[str]) -> MemberConfig:
    """One host by itself, whether its peer is there or not.

    Raises:
        BadInput: With every finding.
    """
    read = read_host(host, InventoryFiles())
    findings = [*read.findings, *_platform(read, platforms)]
    if findings or read.data is None or read.platform is None:
        raise BadInput.from_findings(findings)
    return MemberConfig(host.name, read.data.identity, read.platform)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the inventory holds: the selected pairs that are whole, and all findings."""

    pairs: tuple[PairConfig, ...]
    findings: tuple[Finding, ...]


def load_pairs(
    nr: Nornir, *, platforms: Collection[str], names: Sequence[str] | None
) -> tuple[PairConfig, ...]:
    """The pairs of the inventory, or those named; in the inventory's order.

    Args:
        nr: Nornir with the inventory; a host without ``ha.pair`` is not ours.
        platforms: The platforms that there are drivers for.
        names: The pairs wanted, or None for all. What is wrong with other pairs only is left out.

    Raises:
        BadInput: With every finding.
    """
    found = survey(nr, platforms=platforms, names=names)
    if found.findings:
        raise BadInput.from_findings(found.findings)
    return found.pairs


def survey(nr: Nornir, *, platforms: Collection[str], names: Sequence[str] | None) -> Survey:
    """The same as `load_pairs`, with the findings returned."""
    files = InventoryFiles.of(nr)
    hosts = [read_host(host, files) for host in nr.inventory.hosts.values()]
    pairs: dict[str, list[HostData]] = defaultdict(list)
    for host in hosts:
        if host.pair is not None:
            pairs[host.pair].append(host)
    asked = pairs if names is None else [names] if isinstance(names, str) else names
    wanted = dict.fromkeys(asked)
    known = dict.fromkeys([*pairs, *_pairs_of_groups(nr)])

    findings = list(_selection(hosts, pairs, wanted))
    for host in hosts:
        if host.pair is None or host.pair in wanted:
            findings += host.findings
    findings += _in_two_pairs(hosts, wanted)
    findings += _same_identity(hosts, wanted)
    for name in (name for name in pairs if name in wanted):
        findings += _pair_findings(name, pairs[name], known=known, platforms=platforms)
        findings += _member_count(name, pairs[name], hosts)
    whole = (_pair(name, members) for name, members in pairs.items() if name in wanted)
    unique = tuple(dict.fromkeys(findings))
    return Survey(tuple(pair for pair in whole if pair), unique)


def _pairs_of_groups(nr: Nornir) -> Iterator[str]:
    """A filtered Nornir has lost hosts, not groups: pairs outside the selection stay known."""
    for group in nr.inventory.groups.values():
        data: object = group.data
        ha = data.get("ha") if isinstance(data, dict) else None
        if isinstance(ha, dict) and isinstance(ha.get("pair"), str):
            yield ha["pair"]


def _selection(
    hosts: list[HostData], pairs: Mapping[str, list[HostData]], wanted: Collection[str]
) -> Iterator[Finding]:
    for name in wanted:
        if name not in pairs:
            what = f"there is no pair {shown(name)}"
            yield Finding("--pair", what, instead(name, pairs, kind="pair"))
    if not hosts:
        yield Finding("inventory", "it has no hosts", "Check the inventory's files and any filter.")
    elif not pairs and not any(host.findings for host in hosts):
        advice = "Give the two hosts of each pair the same ha.pair, best on their group."
        yield Finding("inventory", "none of its hosts has ha.pair", advice)
    elif not wanted and pairs:
        yield Finding("--pair", "no pair is selected", "Name at least one pair.")


def _in_two_pairs(hosts: list[HostData], wanted: Collection[str]) -> Iterator[Finding]:
    for host in hosts:
        if len(host.claims) > 1 and not host.claims.keys().isdisjoint(wanted):
            claims = " and ".join(f"{pair} ({owner})" for pair, owner in host.claims.items())
            advice = "Leave it in one: remove it from the other group, or the other ha.pair."
            what = f"member {host.name} is in {_number(len(host.claims))} pairs: {claims}"
            yield Finding(host.place.at(), what, advice)


def _member_count(name: str, members: list[HostData], hosts: list[HostData]) -> Iterator[Finding]:
    # A member in two pairs is told by itself; what it does to the count follows from that.
    if len(members) == 2 or any(name in host.claims and len(host.claims) > 1 for host in hosts):  # noqa: PLR2004
        return
    names = ", ".join(member.name for member in members)
    if len(members) == 1:
        what = f"pair {name} has one member: {names}"
        advice = f"Add the other member: a second host with ha.pair {name}, and not filtered out."
    else:
        what = f"pair {name} has {_number(len(members))} members: {names}"
        advice = "Leave two of them: the others belong to a pair of their own, or to none."
    yield Finding(members[0].where("pair"), what, advice)


def _same_identity(hosts: list[HostData], wanted: Collection[str]) -> Iterator[Finding]:
    seen: dict[str, list[HostData]] = defaultdict(list)
    for host in hosts:
        if host.pair is not None and host.data and host.data.identity:
            seen[host.data.identity.casefold()].append(host)
    for same in seen.values():
        if len(same) > 1 and any(host.pair in wanted for host in same):
            names = " and ".join(host.name for host in same)
            what = f"{names} have the same identity {shown(same[0].data and same[0].data.identity)}"
            advice = "Give each host its own serial number or node id, in its own data."
            yield Finding(same[-1].where("identity"), what, advice)


def _pair_findings(
    name: str, members: list[HostData], *, known: Collection[str], platforms: Collection[str]
) -> Iterator[Finding]:
    good = [(member, member.data) for member in members if member.data]
    for member, data in good:
        yield from _platform(member, platforms)
        for index, other in enumerate(data.backs_up):
            where = member.where("backs_up", index)
            if other == name:
                yield Finding(where, f"pair {name} backs itself up", "Name other pairs only.")
            elif other not in known:
                what = f"backs_up names pair {other}, which is not in the inventory"
                yield Finding(where, what, instead(other, known, kind="pair"))
        for kind in ("services", "canaries", "critical_sessions", "gates", "getters"):
            items = getattr(data, kind) or ()
            yield from _same_names(member, kind, [item.name for item in items])
    if len(good) == 2:  # noqa: PLR2004 - a pair
        yield from _disagreements(name, good)


def _platform(member: HostData, platforms: Collection[str]) -> Iterator[Finding]:
    where = member.where("platform")
    if "platform" in member.spoilt:
        return
    if member.platform is None:
        advice = instead("", platforms, kind="platform")
        yield Finding(where, f"{member.name} has no platform", f"Set ha.platform. {advice}")
    elif member.platform not in platforms:
        advice = f"Set ha.platform. {instead(member.platform, platforms, kind='platform')}"
        yield Finding(where, f"unknown platform {shown(member.platform)}", advice)


def _same_names(member: HostData, kind: str, names: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            what = f"the name {shown(name)} is there twice"
            yield Finding(member.where(kind, index, "name"), what, "Give each its own name.")


def _disagreements(name: str, members: list[tuple[HostData, HaData]]) -> Iterator[Finding]:
    (one, its), (other, others) = members
    for key in (key for key in _SHARED if key not in one.spoilt | other.spoilt):
        values = (
            (one.platform, other.platform)
            if key == "platform"
            else (getattr(its, key), getattr(others, key))
        )
        if values[0] != values[1]:
            what = f"the members of pair {name} have different {key}"
            if key in {"platform", "site", "management_path"}:
                what += f": {one.name} {_word(values[0])}, {other.name} {_word(values[1])}"
            yield Finding(other.where(key), what, f"Set {key} once, on the group of both members.")


def _pair(name: str, members: list[HostData]) -> PairConfig | None:
    configs = tuple(
        MemberConfig(member.name, member.data.identity, member.platform)
        for member in members
        if member.data and member.platform
    )
    data = members[0].data
    if len(configs) != 2 or len(members) != 2 or data is None:  # noqa: PLR2004 - a pair
        return None
    shared = {key: getattr(data, key) for key in _SHARED if key != "platform"}
    return PairConfig(name, configs, configs[0].platform, **shared)


def _word(value: object) -> str:
    return "none" if value is None else str(value)


def _number(count: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(count, str(count))
