"""What IOS-XE prints of software, files and logins, parsed: pure functions from a text to facts.

ntc-templates reads a command where its template has the fields; where a parser of ours stands
instead, its docstring says what the template lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from nornir_haupgrade.errors import UnexpectedOutput
from nornir_haupgrade.model import Version
from nornir_haupgrade.platforms.keyvalues import unexpected

PACKAGES = "packages.conf"
"""What boots in install mode."""
COMMITTED, INACTIVE, ON_TRIAL = "committed", "inactive", "on trial"

_RELEASE = r"\d{1,3}\.\d{1,3}\.\d{1,3}[a-z]{0,2}"
_IN_NAME = re.compile(rf"\.({_RELEASE}(?:\.[SE])?)\.")
_LISTED = re.compile(rf"({_RELEASE})\.\d+\.\d+")
_PACKAGE = re.compile(rf"rpboot\.({_RELEASE})\.\w+\.pkg")
_INSTALLED = re.compile(r"(IMG|SMU|\w{2,6})\s+([IUCD])\s+(\S+)")
_TIME = re.compile(r"(\d\d:\d\d:\d\d) (\S+) \w{3} (\w{3} +\d{1,2} \d{4})")
_LICENSED_SWITCH = re.compile(r"([\w.+-]+) {2,}\S.*? {2,}[\w.+-]+")
"""Current, type, next reboot."""
_LICENSED_ROUTER = re.compile(rf"[\w.+-]+ {{2,}}{_LICENSED_SWITCH.pattern}")
"""The technology besides."""
_IGNORES_CONFIGURATION = 0x40


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """``show version``; ``image`` is the file that it runs, such as ``bootflash:packages.conf``."""

    version: Version
    serial: str
    restarted: str
    image: str
    register: int
    """As it is at the next reload."""

    @property
    def file_system(self) -> str:
        """Where it was booted from, with the colon."""
        return self.image.partition(":")[0] + ":"

    @property
    def is_install_mode(self) -> bool:
        """Whether it runs packages, not one file."""
        return self.image.endswith(PACKAGES)

    @property
    def keeps_configuration(self) -> bool:
        """Whether the next boot reads the startup configuration at all (0x2142 does not)."""
        return not self.register & _IGNORES_CONFIGURATION


@dataclass(frozen=True, slots=True)
class ShownInstall:
    """``show install summary``: (COMMITTED, INACTIVE or ON_TRIAL, version as it is listed)."""

    images: tuple[tuple[str, str], ...]
    is_pending: bool
    """Whether anything, a patch included, is activated or deactivated and not committed."""


@dataclass(frozen=True, slots=True)
class ShownFiles:
    """``dir``: sizes by name, and what is free, in bytes."""

    sizes: Mapping[str, int]
    free: int


def parse_version(text: str) -> ShownVersion:
    """Ours: ntc's has neither the padded version of the first line nor the image's file system."""
    command = "show version"

    def field(pattern: str, what: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        if found is None:
            raise unexpected(command, f"no {what}", text)
        return found[1]

    version = field(r"^Cisco IOS XE Software, Version (\S+)", "Cisco IOS XE Software, Version")
    serial = field(r"^Processor board ID (\w+)", "Processor board ID")
    image = field(r'^System image file is "([^":]+:[^"]*)"', "System image file")
    register = field(
        r"^Configuration register is (?:0x\w+ +\(will be )?(0x[0-9A-Fa-f]{1,8})\b",
        "Configuration register",
    )
    restarted = re.search(r"^System restarted at (\S.*\S)", text, re.MULTILINE)
    if restarted is None:
        raise UnexpectedOutput(
            f"{command}: no System restarted at, so that a reboot could not be proven",
            command=command,
            device_text=text,
            advice="set its clock, best by NTP: the line is there once it is set",
        )
    return ShownVersion(version, serial, restarted[1], image, int(register, 16))


def parse_licences(text: str) -> tuple[str, ...]:
    """``show version``: what counts now, not after the next reload; none where it names none.

    Ours: ntc's template has no field for it. Three forms are known: a level, the packages of a
    router with a column for the technology, and those of a switch without one. Whether the device
    is registered is left out: a newer release says that in other words.
    """
    if not re.search(r"^Configuration register is ", text, re.MULTILINE):
        raise unexpected("show version", "no Configuration register, which ends it", text)
    levels = re.findall(r"^((?:Addon )?License Level): *([\w.+-]+)", text, re.MULTILINE)
    found = [f"{what.lower()} {level}" for what, level in levels]
    _, title, packages = text.partition("Technology Package License Information:")
    if title:
        found += [f"package {name}" for name in _packages(packages)]
    throughput = re.search(r"^The current throughput level is (\d+ \w+)", text, re.MULTILINE)
    if throughput:
        found.append(f"throughput {throughput[1]}")
    return tuple(found)


def _packages(table: str) -> Iterator[str]:
    """The column ``Current`` of the rows between the second ruler and the next blank line.

    Raises:
        UnexpectedOutput: A row is of another form, so that it is not known what it grants.
    """
    head, _, rows = table.partition("Next reboot")
    has_technology = re.search(r"^Technology +Technology-package", head, re.MULTILINE)
    row_form = _LICENSED_ROUTER if has_technology else _LICENSED_SWITCH
    for row in rows.splitlines()[2:]:
        if not row.strip():
            return
        found = row_form.fullmatch(row.strip())
        if found is None:
            raise unexpected("show version", f"a licence in another form, {row.strip()!r}", table)
        if found[1] != "None":
            yield found[1]


def parse_users(text: str) -> int:
    """How many are logged in besides us."""
    rows = _table("show users", text)
    if sum(row["line"].startswith("*") for row in rows) != 1:
        raise unexpected("show users", "no login of ours, or more than one (*)", text)
    return len(rows) - 1


def parse_install(text: str, command: str = "show install summary") -> ShownInstall:
    """Ours: ntc-templates has none. The timer's line ends it, which proves that it is whole."""
    if not re.search(r"^Auto abort timer: \w", text, re.MULTILINE):
        raise unexpected(command, "no Auto abort timer, which ends it", text)
    words = {"C": COMMITTED, "I": INACTIVE, "U": ON_TRIAL}
    rows = [m.groups() for line in text.split("\n") if (m := _INSTALLED.fullmatch(line.strip()))]
    if not any(kind == "IMG" for kind, _, _ in rows):
        raise unexpected(command, "no image (IMG)", text)
    images = dict.fromkeys(
        (words[state], version) for kind, state, version in rows if kind == "IMG" and state in words
    )
    return ShownInstall(tuple(images), any(state in "UD" for _, state, _ in rows))


def parse_boot(text: str) -> str | None:
    """The file that boots next; None where the device leaves it to its boot loader.

    Ours: ntc's knows switches only, and fails on a router's CONFIG_FILE.
    """
    _, _, next_reload = text.partition("Boot Variables on next reload:")
    found = re.search(
        r"^BOOT (?:(?:variable|path-list) *[=:](.*)|variable does not exist)",
        next_reload or text,
        re.MULTILINE,
    )
    if found is None:
        raise unexpected("show boot", "no BOOT variable", text)
    first = (found[1] or "").partition(";")[0].partition(",")[0].strip()
    return first or None


def parse_dir(text: str, command: str = "dir") -> ShownFiles:
    """Files of one folder, and the free space."""
    rows = _table("dir", text)
    if not rows or not rows[-1]["total_free"]:
        raise unexpected(command, "no bytes free, which ends it", text)
    sizes = {row["name"]: int(row["size"]) for row in rows if row["name"] and row["size"]}
    return ShownFiles(sizes, int(rows[-1]["total_free"]))


def parse_verified(text: str, *, algorithm: str, name: str) -> str:
    """Ours: ntc-templates has none. The checksum of a file, in lower-case hexadecimal digits."""
    digits = {"md5": 32, "sha512": 128}[algorithm]
    found = re.search(
        rf"^verify /{algorithm} \(\w+:/?([^()]+)\) = ([0-9A-Fa-f]{{{digits}}})\s*$",
        text,
        re.MULTILINE | re.IGNORECASE,
    )
    if found is None or found[1] != name:
        raise unexpected(f"verify /{algorithm}", f"no checksum of {name}", text)
    return found[2].lower()


def parse_interfaces(text: str, wanted: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """(name, is its line protocol up) of the wanted interfaces, which it lists abbreviated."""
    rows = _table("show ip interface brief", text)
    found = []
    for name in dict.fromkeys(wanted):
        states = {row["proto"] == "up" for row in rows if _abbreviates(row["interface"], name)}
        if len(states) != 1:
            raise unexpected("show ip interface brief", f"no line, or several, of {name}", text)
        found.append((name, states.pop()))
    return tuple(found)


def version_in(name: str) -> Version | None:
    """The version in the name of an image file."""
    found = _IN_NAME.search(name)
    return found[1] if found else None


def installed_versions(
    shown: ShownInstall, running: Version, files: Iterable[str]
) -> tuple[tuple[str, Version], ...]:
    """(state, version) of the images, in the form that the device's own first line has.

    Older releases list 17.08.01a as 17.08.01.0.1526. The letter is known of what runs, and is in
    the names of the packages otherwise. The list goes on naming what somebody deleted from the
    flash: where the packages of what runs are found by their names, those of the others must be.
    """
    packages = {found[1] for name in files if (found := _PACKAGE.search(name))}
    images = [
        (state, running if state != INACTIVE and _is_spelt(running, listed) else spelt)
        for state, listed in shown.images
        for spelt in [_spelt(listed, packages)]
    ]
    whole = {_without_letter(version) for version in packages}
    if _without_letter(running) not in whole:
        return tuple(images)
    return tuple((state, held) for state, held in images if _without_letter(held) in whole)


def bundles(files: Iterable[str], shown: ShownVersion) -> tuple[tuple[str, Version], ...]:
    """(place, version) of the files that can be booted, by their names; what runs is known."""
    found = {
        f"{shown.file_system}{name}": version
        for name in files
        if name.endswith(".bin") and (version := version_in(name)) is not None
    }
    running = plain_path(shown.image)
    if running.partition(":")[2] in files:
        found[running] = shown.version
    return tuple(sorted(found.items()))


def version_of_next_boot(shown: ShownVersion, boot: str | None) -> Version | None:
    """What the next boot runs; None if that cannot be told, or it would run unconfigured."""
    if not shown.keeps_configuration:
        return None
    # Assumed: a router that runs packages finds them again without being told.
    if boot is None or boot.endswith(PACKAGES):
        return shown.version if shown.is_install_mode else None
    return shown.version if plain_path(boot) == plain_path(shown.image) else version_in(boot)


def is_same_time(one: str, other: str) -> bool:
    """Whether two times, such as ``16:23:49 UTC Sun Jul 19 2020``, are at most a second apart.

    A router may reckon when it restarted from its clock and its uptime, each in whole seconds.
    """
    if one == other:
        return True
    times = [_TIME.fullmatch(text) for text in (one, other)]
    if None in times:
        return False
    (first, zone), (second, other_zone) = [
        (datetime.strptime(f"{found[1]} {found[3]}", "%H:%M:%S %b %d %Y"), found[2])  # noqa: DTZ007
        for found in times
        if found is not None
    ]
    return zone == other_zone and abs((first - second).total_seconds()) <= 1


def plain_path(file: str) -> str:
    """A file's place, however its folder is written: ``flash:/x`` is ``flash:x``."""
    return file.replace(":/", ":", 1)


def _is_spelt(version: Version, listed: str) -> bool:
    """Whether a listed image is of this version, with a letter that the list leaves out."""
    found = _LISTED.fullmatch(listed)
    return found is not None and _without_letter(version) == _without_letter(found[1])


def _spelt(listed: str, packages: set[str]) -> Version:
    found = _LISTED.fullmatch(listed)
    if found is None:
        return listed
    same = {version for version in packages if _without_letter(version) == found[1]}
    return same.pop() if len(same) == 1 else found[1]


def _without_letter(version: Version) -> str:
    return version.rstrip("abcdefghijklmnopqrstuvwxyz")


def _abbreviates(short: str, name: str) -> bool:
    """Whether a listed name is this interface's: whole, or its first letters and its number."""
    letters, number = _split(short)
    whole, same = _split(name)
    return number == same and bool(letters) and whole.lower().startswith(letters.lower())


def _split(name: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z-]+)(.*)", name)
    return (found[1], found[2]) if found else ("", name)


@lru_cache(maxsize=64)
def _table(command: str, text: str) -> tuple[Mapping[str, str], ...]:
    """A command's rows by ntc-templates; it takes 2 ms, and most texts come again unchanged."""
    import ntc_templates
    from ntc_templates.parse import parse_output

    folder = Path(ntc_templates.__file__).parent / "templates"
    try:
        # Told where its own templates lie, it asks no variable of the environment.
        rows = parse_output("cisco_ios", command, text, template_dir=str(folder))
    except Exception as error:  # textfsm's own, which is not ours to name
        raise unexpected(command, f"not as it is known ({error})", text) from error
    return tuple(dict(row) for row in rows)
