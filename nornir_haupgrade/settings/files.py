"""Nornir's configuration file, checked before Nornir reads it.

Nornir drops unknown keys without a word and answers other mistakes with a bare TypeError: here each
becomes a finding with its file and line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import Finding
from nornir_haupgrade.settings.messages import instead, nearest, shown
from nornir_haupgrade.settings.places import Place, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS: dict[str, frozenset[str] | None] = {
    "core": frozenset({"raise_on_error"}),
    "inventory": frozenset(
        {"plugin", "options", "transform_function", "transform_function_options"}
    ),
    "logging": frozenset({"enabled", "format", "level", "log_file", "loggers", "to_console"}),
    "runner": frozenset({"plugin", "options"}),
    "ssh": frozenset({"config_file"}),
    "user_defined": None,
}
"""Nornir's own top-level keys, and the keys below each; a test compares them with Nornir."""
OURS = "haupgrade"


def check_config_file(path: str | Path) -> tuple[Finding, ...]:
    """What is wrong with the form of a Nornir configuration file; its values are checked later."""
    return read_config(Path(path))[1]


def read_config(path: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The usable sections of a configuration file, and what is wrong with its form."""
    data, findings = read_yaml(path, encoding="utf-8")
    if findings:
        return {}, tuple(findings)
    here = Place(path, "", (), "")
    if not isinstance(data, dict):
        what = "the file is empty" if data is None else f"{shown(data)} is not a configuration"
        advice = "Write Nornir's configuration, with the settings under user_defined.haupgrade."
        return {}, (Finding(here.at(), what, advice),)
    findings = [finding for key in data for finding in _section(here, key, data[key])]
    usable = {
        key: {k: v for k, v in data[key].items() if SECTIONS[key] is None or k in SECTIONS[key]}  # type: ignore[operator]
        for key in SECTIONS
        if isinstance(data.get(key), dict)
    }
    return usable, tuple(findings)


def _section(here: Place, key: object, value: object) -> Iterator[Finding]:
    name = str(key)
    if name not in SECTIONS:
        advice = instead(name, SECTIONS, kind="key")
        if name == OURS:
            advice = "Put it below user_defined."
        yield Finding(here.at(name), f"unknown key {shown(key)}", advice)
    elif not isinstance(value, dict):
        what = f"a mapping is expected here, not {shown(value)}"
        yield Finding(here.at(name), what, "Write `key: value` lines below it, or remove it.")
    else:
        known = SECTIONS[name]
        for inner in value:
            where = here.at(name, str(inner))
            if known is not None and inner not in known:
                what = f"unknown key {shown(inner)}"
                yield Finding(where, what, instead(inner, sorted(known), kind="key"))
            elif known is None:
                yield from misspelt(inner, where)


def misspelt(key: object, where: str) -> Iterator[Finding]:
    """Whether a key below ``user_defined`` was meant to be ours."""
    if key != OURS and nearest(key, [OURS]):
        what = f"{shown(key)} looks like a misspelt {OURS!r}, and nothing reads it"
        yield Finding(where, what, f"Did you mean {OURS!r}?")


def read_yaml(path: Path, *, encoding: str) -> tuple[object, list[Finding]]:
    """A YAML file's content, read the way Nornir reads it; or why it cannot be read."""
    from ruamel.yaml import YAML

    try:
        with path.open(encoding=encoding) as file:
            return YAML(typ="safe").load(file), []
    except FileNotFoundError:
        what, advice = "the file does not exist", "Check the path, or run from the right folder."
    except OSError as error:
        what, advice = f"the file cannot be read: {error.strerror}", "Check what it is."
    except (UnicodeError, LookupError):
        what, advice = f"the file is not {encoding} text", "Save it in that encoding."
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over, it is the file
        return None, [_not_yaml(path, error)]
    return None, [Finding(shown_path(path), what, advice)]


def _not_yaml(path: Path, error: Exception) -> Finding:
    # Only the parser's own words: the lines that it likes to quote may hold a password.
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    twice = re.match(r'found duplicate key "?([^"\s]*)', problem)
    mark = getattr(error, "problem_mark", None)
    where = shown_path(path) + (f":{mark.line + 1}" if mark else "")
    if twice:
        return Finding(where, f"the key {twice[1]!r} is there twice", "Keep one of them.")
    if "\\t" in problem:
        advice = "Indent with blanks: YAML allows no tabs there."
    else:
        advice = "Mend this line or the one above it: often a colon, a quote or the indentation."
    return Finding(where, f"this is not YAML: {problem or type(error).__name__}", advice)
