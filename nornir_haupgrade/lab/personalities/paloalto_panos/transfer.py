"""``scp`` and ``tftp``: files come from the lab's folder and leave it for nowhere."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.images import slot_of
from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.context import At, refused, wrong
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import JobError
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.personalities.paloalto_panos.show_config import document

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall

_RUNNING = "running-config.xml"


def _place(where: str) -> tuple[str, str] | None:
    """``user@host:path`` as host and path."""
    login, at_sign, rest = where.partition("@")
    host, colon, path = rest.partition(":")
    return (host, path) if login and at_sign and host and colon and path else None


def host_of(where: str) -> str:
    """Whom ``scp`` would ask; empty: it is no place."""
    place = _place(where)
    return "" if place is None else place[0]


def scp_import(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``scp import software from USER@HOST:PATH``: the file of that name, from the lab's folder."""
    own, place = at.firewall, _place(arguments[0])
    if place is None:
        return wrong("Invalid syntax.")
    name = posixpath.basename(place[1])
    content = own.server.file(name)
    if content is None:
        return Outcome(Reply(stdout=f"scp: {place[1]}: No such file or directory\n\n", status=1))
    version = slot_of(content, name).image.version
    try:
        _check_import(own, content)
    except JobError as exc:
        return Outcome(Reply(stdout="".join(f"{line}\n" for line in exc.details), status=1))

    def act() -> None:
        own.software.load(slot_of(content, version))

    size = f"{len(content) // 1024}KB"
    said = f"{name:<50}100% {size:>6}  10.0MB/s   00:00\n\n{name} saved\n\n"
    return Outcome(Reply(stdout=said), Effect.FILES, own.spec.download_seconds, act)


def _check_import(own: Firewall, content: bytes) -> None:
    slot = slot_of(content, "")
    if own.has("corrupt_upload") is not None or not slot.image.is_bootable:
        raise JobError("Error: Failed to verify the image")
    if len(content) > own.disk.free:
        raise JobError(f"Error: {os.strerror(errno.ENOSPC)}")


def scp_export(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``scp export configuration from NAME to USER@HOST:PATH``: kept in memory, sent nowhere."""
    name, where = arguments
    if _place(where) is None:
        return wrong("Invalid syntax.")
    return _export(at, name, where, lambda size: f"{name:<50}100% {size:>6}  10.0MB/s   00:00\n\n")


def tftp_export(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``tftp export configuration from NAME to HOST``: nothing is asked; worded by the lab."""
    name, host = arguments
    return _export(at, name, f"{host}:{name}", lambda size: f"Sent {name} ({size})\n\n")


def _export(at: At, name: str, where: str, says: Callable[[str], str]) -> Outcome:
    own = at.firewall
    saved = own.configuration.saved.get(name)
    leaves = own.configuration.running if name == _RUNNING else saved
    if leaves is None:
        return refused(at, f"{name} does not exist")
    content = document(tree.as_xml(leaves, feature(own.image.version))).encode()

    def act() -> None:
        own.exported[where] = content

    said = says(f"{max(1, len(content) // 1024)}KB")
    return Outcome(Reply(stdout=said), Effect.BACKUP, act=act)
