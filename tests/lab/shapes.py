"""Comparing the lab's texts with real ones: each line is a captured one, but for values."""

from __future__ import annotations

import re
from collections.abc import Collection
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


def known(*files: str) -> list[re.Pattern[str]]:
    """The lines of captures."""
    lines = [line for file in files for line in (CAPTURES / file).read_text().splitlines()]
    return [pattern(line) for line in {line.rstrip() for line in lines}]


def strange(text: str, *files: str, documented: Collection[str] = ()) -> list[str]:
    """Lines that no capture has and that are not in a document either."""
    real = known(*files)
    lines = [line.rstrip() for line in text.splitlines()]
    return [
        line
        for line in lines
        if line not in documented and not any(item.fullmatch(line) for item in real)
    ]
