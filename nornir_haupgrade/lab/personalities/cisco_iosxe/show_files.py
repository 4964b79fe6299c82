"""The flash and the configurations: ``dir``, ``verify``, ``show running-config`` and its kin."""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.cisco_iosxe import sections
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import FLASH, flash_path

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

DEFAULT = "bootflash:"
_HASHES = {"/md5": hashlib.md5, "/sha512": hashlib.sha512}
_DOTS = "." * 40


def missing(name: str) -> Outcome:
    """What IOS says of a file that is not there."""
    return wrong(f"%Error opening {name} (No such file or directory)")


def directory(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``dir``, of the flash or of one file."""
    name = arguments[0] if arguments else DEFAULT
    path = flash_path(name)
    if path is None:
        return missing(name)
    on_disk = {item: len(content) for item, content in at.router.disk.files.items()}
    files = on_disk | {FLASH + item: size for item, size in at.router.software.packages.items()}
    is_whole = path == FLASH
    found = [
        item
        for item in sorted(files)
        if (posixpath.dirname(item) + "/" == FLASH if is_whole else item == path)
    ]
    if not found and not is_whole:
        return missing(name)
    system = name.partition(":")[0] if ":" in name else DEFAULT.rstrip(":")
    head = f"{system}:/{path.removeprefix(FLASH)}"
    date = moment(at.router.booted_at)
    day = f"{date:%b} {date.day}"
    shown = f"{day:>6} {date:%Y %H:%M:%S} +00:00"
    rows = [
        f"{number:>5}  -rw-  {files[item]:>15}  {shown}  {item.removeprefix(FLASH)}"
        for number, item in enumerate(found, start=11)
    ]
    disk = at.router.disk
    return show(
        f"Directory of {head}",
        "",
        *(rows or ["No files in directory"]),
        "",
        f"{disk.capacity} bytes total ({disk.free} bytes free)",
    )


def verify(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``verify /md5`` and ``/sha512``; a checksum that is given too is compared."""
    algorithm, name, *given = arguments
    if algorithm not in _HASHES:
        return wrong(f"%Error: unknown checksum {algorithm}")
    path = flash_path(name)
    content = at.router.disk.files.get(path or "")
    if content is None:
        return missing(name)
    computed = _HASHES[algorithm](bytes(content)).hexdigest()
    if not given:
        return show(f"{_DOTS}Done!", f"verify {algorithm} ({name}) = {computed}")
    if given[0].lower() == computed:
        return show(f"{_DOTS}Done!", f"Verified ({name}) = {computed}")
    return wrong(
        f"{_DOTS}Done!",
        f"%Error verifying {name}",
        f"Computed signature = {computed}",
        f"Submitted signature = {given[0]}",
    )


def running_config(at: At, _: tuple[str, ...]) -> Outcome:
    """``show running-config``, with its head."""
    lines = at.router.configuration.running_text(at.router.image.version)
    size = len("\n".join(lines))
    return show("Building configuration...", "", f"Current configuration : {size} bytes", *lines)


def running_interface(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show running-config interface X``."""
    name = at.router.named(" ".join(arguments))
    if name is None:
        return wrong("% Invalid input detected at '^' marker.")
    header = f"interface {name}"
    lines = [header, *(f" {line}" for line in at.router.configuration.under(header)), "end"]
    size = len("\n".join(lines))
    return show(
        "Building configuration...", "", f"Current configuration : {size} bytes", "!", *lines, ""
    )


def startup_config(at: At, _: tuple[str, ...]) -> Outcome:
    """``show startup-config``."""
    return show(*at.router.configuration.startup_text(at.router.image.version))


def config_differences(at: At, _: tuple[str, ...]) -> Outcome:
    """``show archive config differences``: from the saved to the running configuration."""
    configuration = at.router.configuration
    lines = sections.differences(configuration.startup, configuration.running)
    return show("!Contextual Config Diffs:", *(lines or ["!No changes were found"]))
