"""Talking to IOS-XE: what it answers is accepted, or is an error that says what it said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError
from nornir_haupgrade.platforms.cisco_iosxe_commands import CONFIGURE, SAVE

if TYPE_CHECKING:
    from nornir_haupgrade.platforms.base import Transport

UNKNOWN_COMMAND = "% Invalid input"
_NO = (
    r"(?:%\s*(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Bad|Error|Authorization|Access|"
    r"Cannot|No such|Failed)|Command authorization failed)\b.*"
)
_REFUSAL = re.compile(rf"^\s*({_NO})$", re.MULTILINE | re.IGNORECASE)
"""What a read may be answered instead; a configuration has no such line."""
_COMPLAINT = re.compile(r"^\s*(%(?!\s*Warning).*|Command authorization failed.*)$", re.MULTILINE)
"""What a line of configuration may be answered; those that are sent say nothing when they work."""
_FAILURE = re.compile(rf"^\s*((?:\[\d+\]\s.*)?FAILED\b.*|{_NO})$", re.MULTILINE)
_BEGUN = "Enter configuration commands"
_SAVED = "[OK]"

_CONFIRM = (r"\[confirm\]$", "")
# Asked once after a change of version; the vendor's own example answers it with yes.
_OVERWRITE = (r"Overwrite the previous NVRAM configuration\?\s*\[confirm\]$", "")
# It means that somebody left a change unsaved: saving it or losing it is not ours to choose.
_SAVE_FIRST = (r"\[yes/no\]:?$|\[y/n/q\]$", None)
_PROCEED = (r"proceed\?\s*\[y/n\]$", "y")


class Talk:
    """One session's conversation."""

    def __init__(
        self, transport: Transport, *, command_timeout: float, install_timeout: float
    ) -> None:
        self._transport = transport
        self._short = command_timeout
        self._long = install_timeout

    def read(self, line: str, *, is_long: bool = False) -> str:
        """What a show command says.

        Raises:
            CommandRefused: It is not known, or not allowed.
        """
        said = self._transport.command(line, timeout=self._long if is_long else self._short)
        return _accepted(line, said, _REFUSAL)

    def read_if_known(self, line: str) -> str:
        """The same; nothing where this software does not know the command."""
        try:
            return self.read(line)
        except CommandRefused as refused:
            if UNKNOWN_COMMAND in (refused.device_text or ""):
                return ""
            raise

    def configure(self, lines: Sequence[str]) -> str:
        """Send lines one by one; the first that is refused ends it, and configuring is left."""
        is_begun = bool(lines) and lines[0] != SAVE
        said = [self._begin(lines[0])] if is_begun else []
        rest = lines[1:] if is_begun else lines
        said += [self._save() if line == SAVE else self._set(line) for line in rest]
        return "\n".join(text for text in said if text)

    def install(self, line: str, word: str) -> str:
        """An install command that ends with its word of success, and no reload.

        Raises:
            CommandRefused: It does not.
        """
        said = self._transport.command(line, timeout=self._long)
        return _succeeded(line, said, word)

    def reload(self, line: str, word: str | None) -> str:
        """A command that reloads; the end of the line may come before its word, or behind it.

        Raises:
            CommandRefused: The device says that it does not.
        """
        said = self._transport.command_ending_session(
            line, timeout=self._long, dialogues=(_SAVE_FIRST, _CONFIRM, _PROCEED)
        )
        if word is None or f"SUCCESS: {word}" not in said:
            _accepted(line, said, _FAILURE)
        return said

    def remove(self, file: str) -> None:
        """Take away what an upload of ours has left, if it can be done."""
        with suppress(HAUpgradeError):
            self._transport.command(f"delete /force {file}", timeout=self._short)

    def _begin(self, line: str) -> str:
        said = self._transport.command(line, timeout=self._short)
        if line != CONFIGURE or _BEGUN not in said:
            reason = said.strip().split("\n")[-1] or "no answer"
            raise _refused(line, reason, said)
        return said

    def _set(self, line: str) -> str:
        said = self._transport.command(line, timeout=self._short)
        try:
            return _accepted(line, said, _COMPLAINT)
        except CommandRefused as refused:
            refused.message += "; what came before it is set, and not saved"
            with suppress(HAUpgradeError):
                self._transport.command("end", timeout=self._short)
            raise

    def _save(self) -> str:
        said = self._transport.command(SAVE, timeout=self._long, dialogues=(_OVERWRITE,))
        if _SAVED not in said:
            reason = said.strip().split("\n")[-1] or "no answer"
            raise _refused(SAVE, f"{reason} (no {_SAVED})", said)
        return said


def _succeeded(line: str, said: str, word: str) -> str:
    if f"SUCCESS: {word}" in said:
        return said
    _accepted(line, said, _FAILURE)
    raise _refused(line, f"no SUCCESS: {word}", said)


def _accepted(line: str, said: str, refusal: re.Pattern[str]) -> str:
    found = refusal.search(said)
    if found is None:
        return said
    raise _refused(line, found[1].strip(), said)


def _refused(line: str, reason: str, said: str) -> CommandRefused:
    return CommandRefused(f"the device refuses {line!r}: {reason}", command=line, device_text=said)
