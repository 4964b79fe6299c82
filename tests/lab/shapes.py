"""Whether a line has the shape of a captured one: the same words, whatever the values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path

CAPTURES = Path(__file__).parent / "captures"


def pattern(line: str) -> re.Pattern[str]:
    """A real line with any value where it has one: a word with a digit, or in quotes."""
    words = re.split(r"( +)", line.rstrip())
    parts = [
        r" +" if word.isspace() else r"\S+" if re.search(r"[\d\"]", word) else re.escape(word)
        for word in words
    ]
    return re.compile("".join(parts))


def _as_it_is(line: str) -> str:
    return line


def strange(
    text: str,
    *files: str,
    documented: Collection[str] = (),
    alike: Callable[[str], str] = _as_it_is,
) -> list[str]:
    """Lines that neither a capture nor a document has, after both were made ``alike``."""
    captured = [line for file in files for line in (CAPTURES / file).read_text().splitlines()]
    real = [pattern(line) for line in {alike(line.rstrip()) for line in captured}]
    lines = [line.rstrip() for line in text.splitlines()]
    return [
        line
        for line in lines
        if line not in documented and not any(item.fullmatch(alike(line)) for item in real)
    ]
