"""The configurations as operational commands show them, and whether a commit is waiting."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import differences, yes
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    FORMAT,
    At,
    answer,
    branch,
    leaf,
    settings_of,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.paloalto_panos.tree import Leaves


def document(config: ET.Element) -> str:
    """A configuration as a file."""
    ET.indent(config)
    return ET.tostring(config, encoding="unicode") + "\n"


def running(at: At, _: tuple[str, ...]) -> Outcome:
    """``show config running``."""
    return _config(at, at.firewall.configuration.running)


def candidate(at: At, _: tuple[str, ...]) -> Outcome:
    """``show config candidate``."""
    return _config(at, at.firewall.configuration.candidate)


def _config(at: At, leaves: Leaves) -> Outcome:
    config = tree.as_xml(leaves, feature(at.firewall.image.version))

    def render(result: ET.Element) -> str:
        if settings_of(at.terminal).get(FORMAT) == "xml":
            return document(result[0])
        if settings_of(at.terminal).get(FORMAT) == "set":
            return text_of(*(f"set {line}" for line in tree.as_lines(leaves)))
        return text_of("config {", *(f"  {line}" for line in tree.as_braces(leaves)), "}")

    return answer(at, branch("result", config), render)


def diff(at: At, _: tuple[str, ...]) -> Outcome:
    """``show config diff``: what a commit would change, in a layout of the lab's."""
    configuration = at.firewall.configuration
    lines = differences(configuration.running, configuration.candidate)
    text = text_of(*lines)
    return answer(at, leaf("result", text), lambda _: text + "\n")


def pending(at: At, _: tuple[str, ...]) -> Outcome:
    """``check pending-changes``."""
    word = yes(at.firewall.configuration.has_changes)
    return answer(at, leaf("result", word), lambda _: f"\n{word}\n\n")


def _locks(at: At, tag: str, quirk: str) -> Outcome:
    found = at.firewall.has(quirk)
    entries = []
    if found is not None:
        when = f"{at.time:%Y/%m/%d %H:%M:%S}"
        entry = branch(
            "entry", type="shared", created=when, last_activity=when, loggedin="yes", comment=""
        )
        entry.set("name", str(found.get("by", "operator")))
        entry.insert(1, leaf("name", "shared"))
        entries.append(entry)

    def render(result: ET.Element) -> str:
        rows = [
            f"{entry.get('name', ''):<16}{text_at(entry, 'type'):<10}{text_at(entry, 'created')}"
            for entry in result.iter("entry")
        ]
        if not rows:
            return text_of("", f"No {tag.replace('-', ' ')}", "")
        return text_of("", f"{'Name':<16}{'Type':<10}Created", "-" * 60, *rows, "")

    return answer(at, branch("result", branch(tag, *entries)), render)


def config_locks(at: At, _: tuple[str, ...]) -> Outcome:
    """``show config-locks``; XML as captured."""
    return _locks(at, "config-locks", "config_locked")


def commit_locks(at: At, _: tuple[str, ...]) -> Outcome:
    """``show commit-locks``; made alike."""
    return _locks(at, "commit-locks", "commit_locked")
