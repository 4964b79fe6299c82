"""Configuration mode: lines of the running configuration, and of the standby's with it.

On the active every line is entered on the standby too, but ``failover lan unit``; on the standby it
stays there, after a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import FAILOVER, SCP
from nornir_haupgrade.lab.personalities.cisco_asa.versions import disk_name, flash_path
from nornir_haupgrade.lab.terminal.answers import text_of, wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At
    from nornir_haupgrade.lab.personalities.cisco_asa.sections import Sections

GLOBAL = "config"
"""A terminal's context; under an interface or an object it is that line."""
_INVALID = "ERROR: % Invalid input detected at '^' marker."
_BOOT = "boot system "
_WIDEST = 511
_DEFAULT_WIDTH = 80

_Edit: TypeAlias = Callable[["Sections"], None]


def _change(
    at: At,
    edit: _Edit,
    effect: Effect = Effect.CONFIG,
    *,
    says: str = "",
    stays_here: bool = False,
) -> Outcome:
    """A line that changes the running configuration, here and where it is replicated."""

    def act() -> None:
        is_replicated = not stays_here and at.mate.has("sync_stuck") is None
        for unit in at.units if is_replicated else [at.asa]:
            configuration = unit.configuration
            had_failover = unit.has_failover
            edit(configuration.running)
            unit.drop_unknown()
            configuration.note(at.now)
            unit.hostname = configuration.hostname
            if unit.has_failover is not had_failover:
                unit.turn_failover(on=unit.has_failover)
        at.pair.changed()

    return Outcome(Reply(stdout=text_of(*at.warning) + says), effect, act=act)


def _add(line: str) -> _Edit:
    return lambda running: sections.add(running, line)


def _instead(line: str, *starts: str) -> _Edit:
    """Have a line at the margin stand instead of all that begin so; empty: none."""

    def edit(running: Sections) -> None:
        for header in [item for item in running if item.startswith(starts)]:
            del running[header]
        if line:
            sections.add(running, line)

    return edit


def global_line(at: At, _: tuple[str, ...]) -> Outcome:
    """A line that is simply added."""
    return _change(at, _add(at.text))


def no_global_line(at: At, _: tuple[str, ...]) -> Outcome:
    """``no LINE``: takes away that line."""
    return _change(at, _instead("", at.text.split(maxsplit=1)[1]))


def hostname(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``hostname X``: of both units."""
    return _change(at, _instead(f"hostname {arguments[0]}", "hostname "))


def prompt(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``prompt WORDS``."""
    return _change(at, _instead(f"prompt {arguments[0]} ", "prompt "))


def width(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``terminal width N``: a line of the configuration, which Netmiko enters at each login."""
    value = arguments[0]
    if not value.isdigit() or int(value) > _WIDEST:
        return wrong(_INVALID)
    line = f"terminal width {int(value)}"
    is_shown = int(value) != _DEFAULT_WIDTH
    if is_shown and line in at.asa.configuration.running:
        return Outcome(Reply(stdout=text_of(*at.warning)))
    return _change(at, _instead(line if is_shown else "", "terminal width "))


def pager(at: At, _: tuple[str, ...]) -> Outcome:
    """``pager lines N``: one of the few lines that are not replicated (Cisco's guide to 9.0)."""
    return _change(at, _instead(at.text, "pager "), stays_here=True)


def boot_system(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``boot system F``: one more image to try, after those that are named already."""
    name = arguments[-1]
    path = flash_path(name)
    line = f"{_BOOT}{disk_name(path) if path else name}"
    says = ""
    if path is not None and path not in at.asa.disk.files:
        says = text_of(f"WARNING: BOOT variable added, but unable to find {disk_name(path)}")
    return _change(at, _add(line), Effect.BOOT_SELECT, says=says)


def no_boot_system(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``no boot system [F]``: all of them, or one."""
    if not arguments:
        return _change(at, _instead("", _BOOT), Effect.BOOT_SELECT)
    path = flash_path(arguments[-1])
    line = f"{_BOOT}{disk_name(path) if path else arguments[-1]}"
    return _change(at, _instead("", line), Effect.BOOT_SELECT)


def scp(at: At, _: tuple[str, ...]) -> Outcome:
    """``ssh scopy enable``."""
    return _change(at, _add(SCP))


def no_scp(at: At, _: tuple[str, ...]) -> Outcome:
    """``no ssh scopy enable``."""
    return _change(at, _instead("", SCP))


def failover(at: At, _: tuple[str, ...]) -> Outcome:
    """``failover``: switched on."""
    return _change(at, _add(FAILOVER))


def no_failover(at: At, _: tuple[str, ...]) -> Outcome:
    """``no failover``: switched off, on both; each unit keeps the role it has until it boots."""

    def edit(running: Sections) -> None:
        running.pop(FAILOVER, None)

    return _change(at, edit)


def interface(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``interface X``: what follows is about it."""
    typed = "".join(arguments).lower()
    names = [port.hardware for port in at.asa.board]
    found = [name for name in names if _is_meant(name.lower(), typed)]
    if not found:
        return wrong(_INVALID)

    def act() -> None:
        at.terminal.context = f"interface {found[0]}"

    return Outcome(Reply(), act=act)


def _is_meant(name: str, typed: str) -> bool:
    """Whether ``gi0/0`` is ``gigabitethernet0/0``."""
    kind, number = re.split(r"(?=\d)", name, maxsplit=1)
    word = re.match(r"[a-z]+", typed)
    return word is not None and kind.startswith(word[0]) and typed == word[0] + number


def object_network(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``object network X``: what follows is about it; a new one is made."""
    header = f"object network {arguments[0]}"
    is_new = header not in at.asa.configuration.running

    def enter() -> None:
        at.terminal.context = header

    if not is_new:
        return Outcome(Reply(), act=enter)
    made = _change(at, _add(header))
    act = made.act

    def whole() -> None:
        if act is not None:
            act()
        enter()

    return Outcome(made.reply, made.effect, act=whole)


def leave(at: At, _: tuple[str, ...]) -> Outcome:
    """``exit``: one level up."""

    def act() -> None:
        at.terminal.context = GLOBAL if at.terminal.context != GLOBAL else ""

    return Outcome(Reply(), act=act)


def end(at: At, _: tuple[str, ...]) -> Outcome:
    """``end``: all levels up."""

    def act() -> None:
        at.terminal.context = ""

    return Outcome(Reply(), act=act)


def inner_line(at: At, _: tuple[str, ...]) -> Outcome:
    """A line under an interface or an object that stands instead of its like."""
    header, line = at.terminal.context, at.text
    start = " ".join(line.split()[:2]) if line.startswith("ip ") else line.split()[0]

    def edit(running: Sections) -> None:
        kept = [item for item in running.get(header, []) if not item.startswith(start)]
        running[header] = []
        sections.add(running, header, *kept, line)

    return _change(at, edit)


def no_inner_line(at: At, _: tuple[str, ...]) -> Outcome:
    """``no LINE`` under an interface or an object."""
    header, start = at.terminal.context, at.text.split(maxsplit=1)[1]

    def edit(running: Sections) -> None:
        running[header] = [item for item in running.get(header, []) if not item.startswith(start)]

    return _change(at, edit)
