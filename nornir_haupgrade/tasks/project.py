"""From a Nornir object, with its selection, to validated settings and pairs; nothing is contacted.

Paths in the settings are relative to the current folder: Nornir does not say where its
configuration was read from.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.settings import (
    check_supported,
    findings_on,
    missing_logins,
    pair_name_of,
    validate,
)
from nornir_haupgrade.site import missing_tasks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nornir.core import Nornir
    from nornir.core.inventory import Host
    from nornir.core.task import Task

    from nornir_haupgrade.settings import Project

_guard = Lock()
_locks: WeakKeyDictionary[Nornir, Lock] = WeakKeyDictionary()
_read: WeakKeyDictionary[Nornir, list[Host]] = WeakKeyDictionary()
"""The inventories that were read again, while the selections live for which they were."""

_LOGIN = "Set it in the inventory; load_credentials of nornir-utils takes it from the environment."


def pairs_of(nr: Nornir, names: Sequence[str]) -> tuple[str, ...]:
    """The pairs of some hosts, each once, in the hosts' order.

    Raises:
        BadInput: One of the hosts belongs to no pair.
    """
    found: dict[str, None] = {}
    findings: list[Finding] = []
    for name in names:
        host = nr.inventory.hosts[name]
        pair = pair_name_of(host)
        if pair is None:
            advice = "give it ha.pair, or filter it out"
            findings.append(Finding(name, "this host belongs to no pair", advice))
            findings += findings_on(nr, host)  # a misspelt key, perhaps
        else:
            found[pair] = None
    if findings:
        raise BadInput.from_findings(findings)
    return tuple(found)


def project_of(
    nr: Nornir, pairs: Sequence[str], *, to: str | None = None, hosts: Collection[str] | None = None
) -> Project:
    """Settings and pairs, validated as the command line does it.

    Args:
        nr: Nornir with both members of each pair.
        pairs: The pairs' names.
        to: The target version, if there is one: each pair needs an image for it.
        hosts: The hosts that Nornir lets run, if it is asked about all members of the pairs.

    Raises:
        BadInput: With every finding.
    """
    project = validate(nr, platforms=known_platforms(), names=pairs, to=to)
    members = [member.name for pair in project.pairs for member in pair.members]
    findings = [
        *check_supported(project.pairs),
        *missing_tasks(project.pairs),
        *missing_logins((nr.inventory.hosts[name] for name in members), advice=_LOGIN),
    ]
    for name in members if hosts is not None else ():
        if name not in (hosts or ()):
            what = "it failed in an earlier run, and Nornir leaves it out since then"
            findings.append(Finding(name, what, "nr.data.reset_failed_hosts() lets it run again"))
    if findings:
        raise BadInput.from_findings(findings)
    return project


def whole_inventory(nr: Nornir, host: Host) -> Nornir:
    """Nornir with the host's pair whole, also where a filter has left its peer out.

    The peer is looked for in what is selected, then in the inventory that the configuration names,
    read again; it gets the selection's own groups and defaults, which may hold login data.
    """
    pair = pair_name_of(host)
    members = [one.name for one in nr.inventory.hosts.values() if pair_name_of(one) == pair]
    if pair is None or len(members) > 1:
        return nr
    peers = _peers(nr, host, pair)
    if not peers:
        return nr
    from nornir.core.inventory import Hosts, Inventory, ParentGroups

    for peer in peers.values():
        peer.defaults = host.defaults
        groups = nr.inventory.groups
        peer.groups = ParentGroups([groups.get(group.name, group) for group in peer.groups])
    whole = nr.filter(name=host.name)
    inventory = whole.inventory
    hosts = Hosts({**inventory.hosts, **peers})
    whole.inventory = Inventory(hosts, inventory.groups, inventory.defaults)
    return whole


def peer_task(task: Task) -> Task:
    """The same task, as it would be run on the host's peer.

    Raises:
        BadInput: There is none.
    """
    whole = whole_inventory(task.nornir, task.host)
    pair = pair_name_of(task.host)
    for host in whole.inventory.hosts.values():
        if pair is not None and pair_name_of(host) == pair and host.name != task.host.name:
            other = task.copy()
            other.nornir, other.host = whole, host
            return other
    raise BadInput(
        "it has no peer in the inventory", advice="give the other member the same ha.pair"
    )


def _peers(nr: Nornir, host: Host, pair: str) -> dict[str, Host]:
    """The other members, in the inventory that the host itself is from.

    An inventory that was built in a script has no such: what lies in the current folder is another.
    """
    again = {one.name: one for one in _read_again(nr)}
    own = again.pop(host.name, None)
    if own is None or (own.hostname, own.port) != (host.hostname, host.port):
        return {}
    return {name: one for name, one in again.items() if pair_name_of(one) == pair}


def _read_again(nr: Nornir) -> list[Host]:
    """Once for all hosts of a selection: it may be large, or far away."""
    from nornir.init_nornir import load_inventory

    with _guard:
        lock = _locks.setdefault(nr, Lock())
    with lock:
        if nr not in _read:
            try:
                _read[nr] = list(load_inventory(nr.config).hosts.values())
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                raise BadInput(
                    f"the inventory cannot be read again to find the peer: {reason}",
                    advice="select both members and use the runner ha_pairs, or read the inventory "
                    "from files",
                ) from error
        return _read[nr]
