"""What stands behind ``|``: the filters of IOS."""

from __future__ import annotations

import re

from nornir_haupgrade.lab.terminal.grammar import NoMatch

_FILTERS = ("include", "exclude", "begin", "section", "count")


def split(line: str) -> tuple[str, str]:
    """A line as its command and its filter; empty: none."""
    command, bar, rest = line.partition("|")
    return (command.rstrip(), rest.strip()) if bar else (line, "")


def filtered(text: str, wanted: str, filters: tuple[str, ...] = _FILTERS) -> str:
    """What a filter leaves of an output.

    Raises:
        NoMatch: There is no such filter.
    """
    word, _, pattern = wanted.partition(" ")
    found = [name for name in filters if word and name.startswith(word.lower())]
    if len(found) != 1:
        raise NoMatch("% Invalid input detected at '^' marker.")
    if not pattern.strip():
        raise NoMatch("% Incomplete command.")
    try:
        expression = re.compile(pattern.strip())
    except re.error:
        raise NoMatch("% Failed to compile regular expression.") from None
    lines = _lines(text.splitlines(), found[0], expression)
    return "".join(f"{line}\n" for line in lines)


def _lines(lines: list[str], name: str, expression: re.Pattern[str]) -> list[str]:
    match name:
        case "include":
            return [line for line in lines if expression.search(line)]
        case "exclude":
            return [line for line in lines if not expression.search(line)]
        case "begin":
            for at, line in enumerate(lines):
                if expression.search(line):
                    return lines[at:]
            return []
        case "section":
            return _sections(lines, expression)
        case _:
            number = sum(expression.search(line) is not None for line in lines)
            return [f"Number of lines which match regexp = {number}"]


def _sections(lines: list[str], expression: re.Pattern[str]) -> list[str]:
    """Each line that matches, with the lines that are further in than it."""
    kept: list[str] = []
    margin: int | None = None
    for line in lines:
        inset = len(line) - len(line.lstrip())
        if margin is not None and inset > margin and line.strip():
            kept.append(line)
            continue
        margin = inset if expression.search(line) else None
        if margin is not None:
            kept.append(line)
    return kept
