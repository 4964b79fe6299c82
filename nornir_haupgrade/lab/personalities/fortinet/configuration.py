"""A member's configuration: what the cluster shares, and what stays a member's own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from nornir_haupgrade.lab.disk import sha256
from nornir_haupgrade.lab.personalities.fortinet.schema import PATHS, fields
from nornir_haupgrade.lab.personalities.fortinet.spec import MANAGEMENT, UpgradeMode
from nornir_haupgrade.lab.personalities.fortinet.tree import (
    Node,
    Tree,
    losses,
    ordered,
    table_lines,
    without,
)
from nornir_haupgrade.lab.personalities.fortinet.versions import upgrades_per_member

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

ENABLE, DISABLE = "enable", "disable"
_OWN_SETTINGS = {"system ha": ("override", "priority"), "system global": ("hostname",)}
_OWN_TABLES = {"system ha": ("ha-mgmt-interfaces",)}
_OWN_ENTRIES = {"system interface": (MANAGEMENT,)}
"""Never replicated: Fortinet's handbook 6.0, "Synchronizing the configuration" (641401)."""
_GLOBAL = ("system ", "log ")


def shared(path: str, node: Node) -> Node:
    """A table without what is a member's own."""
    whole = node.copied()
    for kept, names in (
        (whole.settings, _OWN_SETTINGS),
        (whole.tables, _OWN_TABLES),
        (whole.entries, _OWN_ENTRIES),
    ):
        for name in names.get(path, ()):
            kept.pop(name, None)
    return whole


def merged(path: str, theirs: Node, own: Node) -> Node:
    """The other member's table with what is one's own in it."""
    whole = shared(path, theirs)
    whole.settings |= _picked(own.settings, _OWN_SETTINGS.get(path, ()))
    whole.tables |= _picked(own.tables, _OWN_TABLES.get(path, ()))
    whole.entries |= _picked(own.entries, _OWN_ENTRIES.get(path, ()))
    # each where it stands in the other member's table
    whole.entries = {name: whole.entries[name] for name in theirs.entries if name in whole.entries}
    return whole


def _picked(held: dict[str, T], names: tuple[str, ...]) -> dict[str, T]:
    return {name: value for name, value in held.items() if name in names}


class Configuration:
    """The tables of one member."""

    def __init__(self, tree: Tree, version: str) -> None:
        self.tree = tree
        self.version = version
        """Of the release that holds it: it knows which settings there are."""
        self._put_in_order()

    def table(self, path: str) -> Node:
        """One table; an empty one if it is not configured."""
        return self.tree.get(path) or Node()

    def value(self, path: str, key: str) -> str:
        """One setting without quotes, its default if it is not configured."""
        found = self.table(path).settings.get(key)
        return fields(path, self.version)[key].default if found is None else found.strip('"')

    def is_on(self, path: str, key: str) -> bool:
        """Whether a switch is set to enable."""
        return self.value(path, key) == ENABLE

    @property
    def upgrade_mode(self) -> UpgradeMode:
        """How an image that is restored gets onto the members."""
        if upgrades_per_member(self.version):
            return UpgradeMode(self.value("system ha", "upgrade-mode"))
        is_smooth = self.is_on("system ha", "uninterruptible-upgrade")
        return UpgradeMode.UNINTERRUPTIBLE if is_smooth else UpgradeMode.SIMULTANEOUS

    @property
    def monitored(self) -> tuple[str, ...]:
        """The interfaces whose failure counts in the election."""
        return tuple(name.strip('"') for name in self.value("system ha", "monitor").split())

    def is_shut(self, port: str) -> bool:
        """Whether an interface is set down."""
        entry = self.table("system interface").entries.get(port)
        return entry is not None and entry.settings.get("status") == "down"

    def replace(self, path: str, node: Node) -> None:
        """Have a table stand so; settings that are at their default are not kept."""
        known = fields(path, self.version)
        for key in [key for key, value in node.settings.items() if key in known]:
            if node.settings[key].strip('"') == known[key].default and known[key].default:
                del node.settings[key]
        self.tree[path] = node
        self._put_in_order()

    def _put_in_order(self) -> None:
        self.tree = {path: self.tree[path] for path in PATHS if path in self.tree}
        for path, node in self.tree.items():
            for one in (node, *node.entries.values()):
                ordered(one, fields(path, self.version))

    def take(self, path: str, theirs: Node) -> None:
        """Take over a table of the other member."""
        self.replace(path, merged(path, theirs, self.table(path)))

    def take_all(self, theirs: Configuration) -> None:
        """Take over all of them: what the other member has not is gone here too."""
        for path in {**self.tree, **theirs.tree}:
            self.take(path, theirs.table(path))

    def losses(self, lost: tuple[str, ...]) -> tuple[str, ...]:
        """What a release that does not know these says at its boot (article 197603)."""
        found = []
        for path, node in self.tree.items():
            zone = "global" if path.startswith(_GLOBAL) else "root"
            for where, words in losses(f"{zone}.{path.replace(' ', '.')}", node, lost):
                line = " ".join(f'"{word}"' for word in words)
                found.append(f">>>  {line} @ {where}:command parse error (error -61)")
        return tuple(found)

    def converted(self, version: str, lost: tuple[str, ...]) -> Configuration:
        """The same as another release takes it over at its first boot."""
        tree = {path: without(node, lost) for path, node in self.tree.items()}
        settings = tree["system ha"].settings
        smooth, mode = "uninterruptible-upgrade", "upgrade-mode"
        if upgrades_per_member(version) and settings.pop(smooth, ENABLE) == DISABLE:
            settings[mode] = UpgradeMode.SIMULTANEOUS
        if not upgrades_per_member(version) and settings.pop(mode, "") == UpgradeMode.SIMULTANEOUS:
            settings[smooth] = DISABLE
        return Configuration(tree, version)

    def copied(self) -> Configuration:
        """The same, apart from the original."""
        return Configuration(
            {path: node.copied() for path, node in self.tree.items()}, self.version
        )

    def lines(self) -> list[str]:
        """All tables as they are printed."""
        return [line for path, node in self.tree.items() for line in table_lines(path, node)]

    @property
    def digest(self) -> str:
        """sha256 over everything, a member's own included."""
        return sha256("\n".join(self.lines()).encode())

    def _shared_lines(self, *, is_global: bool) -> Iterator[str]:
        for path, node in self.tree.items():
            if path.startswith(_GLOBAL) == is_global:
                yield from table_lines(path, shared(path, node))

    def table_sum(self, path: str) -> str:
        """md5 over the shared part of one table."""
        lines = "\n".join(table_lines(path, shared(path, self.table(path))))
        return hashlib.md5(lines.encode(), usedforsecurity=False).hexdigest()

    def checksums(self) -> dict[str, str]:
        """By zone (global, root, all): sixteen bytes in hexadecimal, apart.

        That they differ between releases whatever is configured is assumed: each has its own
        tables and defaults.
        """
        parts = {
            "global": "\n".join((self.version, *self._shared_lines(is_global=True))),
            "root": "\n".join(self._shared_lines(is_global=False)),
        }
        parts["all"] = parts["global"] + parts["root"]
        sums = {
            zone: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            for zone, text in parts.items()
        }
        return {
            zone: " ".join(digest[i : i + 2] for i in range(0, 32, 2))
            for zone, digest in sums.items()
        }

    def tables(self, zone: str) -> list[str]:
        """The tables of a zone."""
        return [path for path in self.tree if path.startswith(_GLOBAL) == (zone == "global")]
