"""The disk and the configurations: ``dir``, ``verify``, ``show running-config`` and its kin."""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.clock import file_stamp
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import boot_lines, checksum
from nornir_haupgrade.lab.personalities.cisco_asa.show_system import HARDWARE
from nornir_haupgrade.lab.personalities.cisco_asa.versions import FLASH, flash_path
from nornir_haupgrade.lab.terminal.answers import show, text_of, wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At
    from nornir_haupgrade.lab.personalities.cisco_asa.sections import Sections

_HASHES = {"/md5": ("/md5", hashlib.md5), "/sha-512": ("/SHA-512", hashlib.sha512)}
"""As it is asked for, and as the answer names it."""
_MARKS = "!" * 40
_FIRST_FILE = 97


def missing(name: str) -> Outcome:
    """What is said of a file that is not there."""
    return wrong(f"%Error opening {name} (No such file or directory)")


def directory(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``dir``, of the disk or of one file."""
    name = arguments[0] if arguments else "disk0:"
    path = flash_path(name)
    if path is None:
        return missing(name)
    files = at.asa.disk.files
    is_whole = path == FLASH
    found = [
        item
        for item in sorted(files)
        if (posixpath.dirname(item) + "/" == FLASH if is_whole else item == path)
    ]
    if not found and not is_whole:
        return missing(name)
    date = file_stamp(at.asa.booted_at)
    rows = [
        f"{number:<6} -rwx  {len(files[item]):<12} {date}  {item.removeprefix(FLASH)}"
        for number, item in enumerate(found, start=_FIRST_FILE)
    ]
    disk = at.asa.disk
    total = sum(len(files[item]) for item in found)
    share = disk.free * 100 // disk.capacity
    return show(
        "",
        f"Directory of disk0:/{path.removeprefix(FLASH)}",
        "",
        *rows,
        "",
        f"{len(rows)} file(s) total size: {total} bytes",
        f"{disk.capacity} bytes total ({disk.free} bytes free/{share}% free)",
        "",
    )


def verify(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``verify /md5`` and ``/sha-512``; a checksum that is given too is compared.

    Of a checksum that does not match no output was found; it is worded as IOS has it.
    """
    algorithm, name, *given = arguments
    if algorithm.lower() not in _HASHES:
        return wrong("ERROR: % Invalid input detected at '^' marker.")
    content = at.asa.disk.files.get(flash_path(name) or "")
    if content is None:
        return missing(name)
    word, digest = _HASHES[algorithm.lower()]
    computed = digest(bytes(content)).hexdigest()
    if not given:
        return show(f"{_MARKS}Done!", f"verify {word} ({name}) = {computed}")
    if given[0].lower() == computed:
        return show(f"{_MARKS}Done!", f"Verified ({name}) = {computed}")
    return wrong(
        f"{_MARKS}Done!",
        f"%Error verifying {name}",
        f"Computed signature  = {computed}",
        f"Submitted signature = {given[0]}",
    )


def text(at: At, content: Sections, *, written: str = "") -> str:
    """A configuration with its head and its end."""
    return text_of(
        ": Saved",
        "",
        ": ",
        f": Serial Number: {at.asa.node_id}",
        f": Hardware:   {HARDWARE}",
        *([f": Written by {written}"] if written else [":"]),
        *(["!"] if written else []),
        f"ASA Version {at.asa.image.version} ",
        "!",
        *sections.rendered(content),
        f"Cryptochecksum:{checksum(content)}",
        ": end",
    )


def running_config(at: At, _: tuple[str, ...]) -> Outcome:
    """``show running-config``; ``more system:running-config`` says by whom it was written."""
    return show(*text(at, at.asa.configuration.running).splitlines())


def startup_config(at: At, _: tuple[str, ...]) -> Outcome:
    """``show startup-config``."""
    configuration = at.asa.configuration
    written = configuration.saved or "enable_15 at 08:00:00.000 UTC Sun Mar 1 2026"
    return show(*text(at, configuration.startup, written=written).splitlines())


def startup_errors(at: At, _: tuple[str, ...]) -> Outcome:
    """``show startup-config errors``: what the release that booted did not take over.

    The form is that of Cisco's command reference; no capture was found.
    """
    lines = sections.rendered(at.asa.configuration.startup)
    said = []
    for error in at.asa.configuration.errors:
        number = lines.index(error) + 1 if error in lines else 0
        said += [
            f'*** Output from config line {number}, "{error.strip()}"',
            "ERROR: % Invalid input detected at '^' marker.",
        ]
    return show(*(said or ["INFO: No configuration errors"]))


def running_part(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show running-config WORDS``: the lines that begin with them, and what is under those."""
    wanted = " ".join(arguments[0].split())
    running = at.asa.configuration.running
    pattern = re.compile(rf"(no )?{re.escape(wanted)}\b", re.IGNORECASE)
    part = {header: lines for header, lines in running.items() if pattern.match(header)}
    return show(*sections.rendered(part))


def more(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``more F``: a file as text, or the running configuration with its passwords."""
    if arguments[0] == "system:running-config":
        written = at.asa.configuration.changed or at.asa.configuration.saved
        content = at.asa.configuration.running
        return show(*text(at, content, written=written or "enable_15").splitlines())
    content_of_file = at.asa.disk.files.get(flash_path(arguments[0]) or "")
    if content_of_file is None:
        return missing(arguments[0])
    return show(*bytes(content_of_file).decode(errors="replace").splitlines())


def bootvar(at: At, _: tuple[str, ...]) -> Outcome:
    """``show bootvar``: what was saved, and what runs (Cisco's command reference)."""
    configuration = at.asa.configuration
    return show(
        "",
        f"BOOT variable = {';'.join(boot_lines(configuration.startup))}",
        f"Current BOOT variable = {';'.join(boot_lines(configuration.running))}",
        "CONFIG_FILE variable = ",
        "Current CONFIG_FILE variable = ",
        "",
    )


def show_checksum(at: At, _: tuple[str, ...]) -> Outcome:
    """``show checksum``, of the running configuration."""
    return show(f"Cryptochecksum: {spaced(checksum(at.asa.configuration.running))}")


def spaced(digest: str) -> str:
    """As in ``Cryptochecksum: c4c58b75 ea6ca884 235cc59e 05d6f114``."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
