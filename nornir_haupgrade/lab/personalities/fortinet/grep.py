"""``| grep``: the one filter of FortiOS, with the options that scripts use."""

from __future__ import annotations

import re
import shlex


class BadFilter(Exception):  # noqa: N818  # something was typed wrong
    """A filter that is none; its text is the word that is not understood."""


def split(line: str) -> tuple[str, str]:
    """A line as its command and its filter; empty: none."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "|" and not quoted:
            return line[:at].rstrip(), line[at + 1 :].strip()
    return line, ""


def filtered(text: str, wanted: str) -> str:
    """What ``grep [-i] [-v] [-c] [-n] [-A N] [-B N] [-C N] PATTERN`` leaves.

    Raises:
        BadFilter: It is no filter.
    """
    try:
        word, *rest = shlex.split(wanted)
    except ValueError:
        raise BadFilter(wanted) from None
    if word != "grep":
        raise BadFilter(word)
    letters, before, after, pattern = _options(rest)
    try:
        expression = re.compile(pattern, re.IGNORECASE if "i" in letters else 0)
    except re.error:
        raise BadFilter(pattern) from None
    lines = text.splitlines()
    hits = [
        number
        for number, line in enumerate(lines)
        if (expression.search(line) is None) == ("v" in letters)
    ]
    if "c" in letters:
        return f"{len(hits)}\n"
    kept = sorted({near for hit in hits for near in range(hit - before, hit + after + 1)})
    marks = "n" in letters
    return "".join(
        f"{f'{number + 1}:' if marks else ''}{lines[number]}\n"
        for number in kept
        if 0 <= number < len(lines)
    )


def _options(words: list[str]) -> tuple[str, int, int, str]:
    letters, before, after = "", 0, 0
    while words and words[0].startswith("-"):
        option = words.pop(0)[1:]
        if option in {"A", "B", "C"}:
            number = words.pop(0) if words else ""
            if not number.isdigit():
                raise BadFilter(number or option)
            after = int(number) if option in {"A", "C"} else after
            before = int(number) if option in {"B", "C"} else before
        elif set(option) <= set("ivcn"):
            letters += option
        else:
            raise BadFilter(f"-{option}")
    if len(words) != 1:
        raise BadFilter("grep")
    return letters, before, after, words[0]
