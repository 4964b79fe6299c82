"""Texts of ``Key: value`` lines, and what every parser of a driver needs beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nornir_haupgrade.errors import UnexpectedOutput

NUMBER = re.compile(r"[0-9]{1,18}")
_KEY_VALUE = re.compile(r"([A-Za-z][A-Za-z0-9 _-]*):[ \t]*(.*)")


@dataclass(frozen=True, slots=True)
class KeyValues:
    """The fields of one answer; each getter raises ``UnexpectedOutput`` naming the field."""

    command: str
    text: str
    found: dict[str, str]

    def word(self, key: str) -> str:
        """A field that is there and not empty."""
        value = self.found.get(key)
        if not value:
            raise self.unexpected(f"no {key}")
        return value

    def matching(self, key: str, pattern: re.Pattern[str], what: str) -> str:
        """A field in a known form."""
        value = self.word(key)
        if not pattern.fullmatch(value):
            raise self.unexpected(f"{key} is not {what}: {value!r}")
        return value

    def number(self, key: str) -> int:
        """A count."""
        return int(self.matching(key, NUMBER, "a number"))

    def either(self, key: str, true: str, false: str) -> bool:
        """A field with two values, the first of which is true."""
        value = self.word(key)
        if value not in {true, false}:
            raise self.unexpected(f"{key} is neither {true} nor {false}: {value!r}")
        return value == true

    def unexpected(self, what: str) -> UnexpectedOutput:
        """The error for this answer."""
        return unexpected(self.command, what, self.text)


def key_values(text: str, command: str) -> KeyValues:
    """Read an answer; other lines are left aside, a field said twice must say the same."""
    found: dict[str, str] = {}
    for line in lines_of(text):
        match = _KEY_VALUE.fullmatch(line)
        if match is None:
            continue
        key, value = match[1], match[2].strip()
        if found.setdefault(key, value) != value:
            raise unexpected(command, f"{key} twice, and not the same", text)
    return KeyValues(command, text, found)


def lines_of(text: str) -> list[str]:
    """The lines that are not blank, without the space around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def unexpected(command: str, what: str, text: str) -> UnexpectedOutput:
    """The error for an answer that is not understood."""
    return UnexpectedOutput(
        f"{command}: {what}",
        command=command,
        device_text=text,
        advice="read the device's answer in the evidence; the parser may have to learn its version",
    )
