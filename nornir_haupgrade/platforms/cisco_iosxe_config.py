"""A router's configuration as text: whole or not, what changes by itself, what is not saved."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import datetime

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.platforms.cisco_iosxe_reads import SHOW_CHANGED
from nornir_haupgrade.platforms.keyvalues import unexpected

_VOLATILE = re.compile(
    r"(?:Building configuration|Current configuration\s*:|Using \d+ out of|"
    r"Uncompressed configuration from|! ?Last configuration change|! ?NVRAM config last updated|"
    r"! ?No configuration change|Load for five secs|Time source is|ntp clock-period |"
    r"version \d|boot system |boot-(?:start|end)-marker|!\s*$).*"
)
"""What differs without anybody having changed anything, and what an upgrade is to change."""
_NAMED_CERTIFICATE = re.compile(r"(\s*certificate\s+\S.*?)\s+nvram:\S+")
_CERTIFICATE_BODY = re.compile(r"\s+(?:[0-9A-F]{2,8}(?:\s+[0-9A-F]{2,8})*|quit)\s*")
_CHANGED = re.compile(r"^! ?((?:Last|No) configuration change\b.*\S)", re.MULTILINE)
_STAMP = r" at (\d{2}:\d{2}:\d{2}) \S+ \S+ (\S+) +(\d+) (\d{4})"
_LAST = re.compile(rf"^! ?Last configuration change{_STAMP}", re.MULTILINE)
_SAVED = re.compile(rf"^! ?NVRAM config last updated{_STAMP}", re.MULTILINE)
_ABSENT = re.compile(r"startup-config is not present", re.IGNORECASE)
_AS_IN_RUNNING = "show running-config"


def parse_changed(text: str) -> str:
    """When the running configuration changed last, hashed: the line is there, or it is an error."""
    found = _CHANGED.search(text)
    if found is None:
        raise unexpected(SHOW_CHANGED, "neither Last nor No configuration change", text)
    return hashlib.sha256(found[1].encode()).hexdigest()[:16]


def parse_saved(text: str) -> bool:
    """Whether it was saved since it was changed last, by the second; no date proves nothing.

    Raises:
        UnexpectedOutput: There is a date that is none.
    """
    found = _CHANGED.search(text)
    if found is not None and found[1].startswith("No "):
        return True
    changed, saved = (_dated(pattern, text) for pattern in (_LAST, _SAVED))
    return changed is not None and saved is not None and changed <= saved


def _dated(pattern: re.Pattern[str], text: str) -> datetime | None:
    """The device's own date, without its zone, which is that of the other date too."""
    found = pattern.search(text)
    if found is None:
        return None
    try:
        return datetime.strptime(" ".join(found.groups()), "%H:%M:%S %b %d %Y")  # noqa: DTZ007
    except ValueError:
        raise unexpected(SHOW_CHANGED, f"{found[0]!r} is no date", text) from None


def whole(text: str, command: str = _AS_IN_RUNNING) -> str:
    """A configuration that ends as one does.

    Raises:
        UnexpectedOutput: It does not: it was cut, or is something else.
    """
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if not lines or lines[-1] != "end":
        raise unexpected(command, "it does not end with 'end'", text)
    return text


def steady(text: str) -> str:
    """The lines that stay equal while nobody changes anything."""
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n") if _is_steady(line))


def read_backup(backup: bytes) -> dict[str, str]:
    """The one file of a backup.

    Raises:
        HAUpgradeError: It is not a whole configuration.
    """
    text = backup.decode(errors="replace").replace("\r\n", "\n")
    try:
        return {"running-config": steady(whole(text))}
    except HAUpgradeError as error:
        message = f"the backup cannot be read back: {error.message}"
        raise HAUpgradeError(message, advice="take it by hand and look at it") from error


def differences(running: str, startup: str) -> tuple[str, ...]:
    """What a reload would lose (+) or bring back (-), each line behind the one it stands under.

    Raises:
        UnexpectedOutput: One of the two is not whole.
    """
    if _ABSENT.search(startup):
        return ("+ everything: there is no startup configuration",)
    now = Counter(_in_place(whole(running)))
    saved = Counter(_in_place(whole(startup, "show startup-config")))
    lost = [f"+ {line}" for line in (now - saved).elements()]
    return (*lost, *(f"- {line}" for line in (saved - now).elements()))


def _in_place(text: str) -> list[str]:
    """Each line with its section; certificates by name, since only one of the two dumps them."""
    found = []
    section = ""
    for raw in text.split("\n"):
        line = _NAMED_CERTIFICATE.sub(r"\1", raw.rstrip())
        if not _is_steady(line) or _CERTIFICATE_BODY.fullmatch(line):
            continue
        if line.startswith(" "):
            found.append(f"{section} | {line.strip()}")
        else:
            section = line
            found.append(line)
    return found


def _is_steady(line: str) -> bool:
    return bool(line.strip()) and not _VOLATILE.match(line)
