"""Configuration mode: the candidate is edited; ``commit`` makes it the running one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import (
    ELECTION,
    PREEMPTIVE,
    PRIORITY,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.context import FORMAT, At, settings_of, wrong
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.personalities.paloalto_panos.show_config import document
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.personalities.paloalto_panos.tree import Leaves, Path

MODE = "configure"
"""A terminal's context."""
_HIGHEST_PRIORITY = 255


def enter(at: At, _: tuple[str, ...]) -> Outcome:
    """``configure``."""

    def act() -> None:
        at.terminal.context = MODE

    return Outcome(Reply(stdout="Entering configuration mode\n"), act=act)


def leave(at: At, _: tuple[str, ...]) -> Outcome:
    """``exit`` and ``quit``: back to operational mode."""

    def act() -> None:
        at.terminal.context = ""

    return Outcome(Reply(stdout="Exiting configuration mode\n"), act=act)


def stay(_: At, __: tuple[str, ...]) -> Outcome:
    """``top`` and ``up``: the lab knows no deeper level."""
    return Outcome(Reply())


def _edited(at: At, act: Act) -> Outcome:
    """A change of the candidate: nothing of it runs yet."""

    def whole() -> None:
        act()
        at.firewall.changed()

    return Outcome(Reply(stdout="\n"), Effect.CANDIDATE, act=whole)


def _locked(at: At) -> Outcome | None:
    lock = at.firewall.has("config_locked")
    if lock is None:
        return None
    holder = lock.get("by", "operator")
    return wrong(f"Server error : Configuration is locked by {holder}")


def set_leaf(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set PATH VALUE``."""
    try:
        path, value = tree.parsed(arguments[0])
    except tree.SyntaxWrong:
        return wrong("Invalid syntax.")
    if (locked := _locked(at)) is not None:
        return locked
    if not _is_valid(path, value):
        return wrong("Invalid syntax.")
    candidate = at.firewall.configuration.candidate
    return _edited(at, lambda: tree.put(candidate, path, value))


def _is_valid(path: Path, value: tree.Value) -> bool:
    """The few leaves whose values matter to the lab are checked, as the schema would."""
    if path == PREEMPTIVE:
        return value in {"yes", "no"}
    if path == PRIORITY:
        return isinstance(value, str) and value.isdigit() and int(value) <= _HIGHEST_PRIORITY
    return path[: len(ELECTION)] != ELECTION or len(path) == len(ELECTION) + 1


def delete(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``delete PATH``."""
    path = tuple(arguments[0].split())
    candidate = at.firewall.configuration.candidate
    if (locked := _locked(at)) is not None:
        return locked
    if not tree.under(candidate, path):
        return wrong("Object doesn't exist")
    return _edited(at, lambda: _taken(candidate, path))


def _taken(candidate: Leaves, path: Path) -> None:
    tree.take(candidate, path)


def show(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show [PATH]``: the candidate, in the format that is set."""
    path = tuple(arguments[0].split()) if arguments else ()
    leaves = tree.under(at.firewall.configuration.candidate, path)
    if path and not leaves:
        return wrong("Invalid syntax.")
    chosen = settings_of(at.terminal).get(FORMAT, "default")
    if chosen == "set":
        return _printed(*(f"set {line}" for line in tree.as_lines(leaves)))
    if chosen == "xml":
        return Outcome(Reply(stdout=document(_part(at, leaves))))
    # what is asked for is named, and nothing above it: the vendor's guide shows `servers { ... }`
    above = max(0, len(path) - 1)
    short = {one[above:]: value for one, value in leaves.items()}
    return _printed(*tree.as_braces(short))


def _part(at: At, leaves: Leaves) -> ET.Element:
    return tree.as_xml(leaves, feature(at.firewall.image.version))


def _printed(*lines: str) -> Outcome:
    return Outcome(Reply(stdout=text_of(*lines)))


def revert(at: At, _: tuple[str, ...]) -> Outcome:
    """``revert config``: the candidate is the running one again."""
    configuration = at.firewall.configuration

    def act() -> None:
        configuration.candidate = dict(configuration.running)

    made = _edited(at, act)
    return Outcome(Reply(stdout="\nConfig reverted\n\n"), made.effect, act=made.act)


def save(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``save config to NAME``: the candidate, as a snapshot."""
    name, configuration = arguments[0], at.firewall.configuration

    def act() -> None:
        configuration.saved[name] = dict(configuration.candidate)

    said = f"\nConfig saved to {name}\n\n"
    return Outcome(Reply(stdout=said), Effect.BACKUP, act=act)


def load(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``load config from NAME``: a snapshot becomes the candidate."""
    name, configuration = arguments[0], at.firewall.configuration
    found = configuration.running if name == "running-config.xml" else configuration.saved.get(name)
    if found is None:
        return wrong(f"Server error : {name} does not exist")

    def act() -> None:
        configuration.candidate = dict(found)

    made = _edited(at, act)
    return Outcome(Reply(stdout=f"\nConfig loaded from {name}\n\n"), made.effect, act=made.act)
