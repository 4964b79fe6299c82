"""Configuration mode: lines are added, replaced and taken away in the running configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.personalities.cisco_iosxe import sections
from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import DEFAULT_PRIORITY, SCP
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import USER, At, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import GroupProtocol

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act

GLOBAL = "config"
"""A terminal's context; under an interface it is the interface's line."""
_HIGHEST = {GroupProtocol.HSRP: 255, GroupProtocol.VRRP: 254}
_LONGEST_DELAY = 3_600
_INVALID = "% Invalid input detected at '^' marker."


def _change(at: At, act: Act, effect: Effect = Effect.CONFIG) -> Outcome:
    """A line that changes the running configuration, and what hangs on it."""

    def whole() -> None:
        act()
        router = at.router
        router.configuration.note(at.pair.timeline.now(), USER)
        router.hostname = router.configuration.hostname
        router.changed()

    return Outcome(Reply(), effect, act=whole)


def _replace(at: At, line: str, *starts: str, effect: Effect = Effect.CONFIG) -> Outcome:
    """Have a line at the margin stand instead of all that begin so."""
    running = at.router.configuration.running

    def act() -> None:
        for header in [item for item in running if item.startswith(starts)]:
            del running[header]
        if line:
            sections.add(running, line)

    return _change(at, act, effect)


def global_line(at: At, _: tuple[str, ...]) -> Outcome:
    """A line that is simply added."""
    return _change(at, lambda: sections.add(at.router.configuration.running, at.text))


def no_global_line(at: At, _: tuple[str, ...]) -> Outcome:
    """``no LINE``: takes away that line."""
    return _replace(at, "", at.text.split(maxsplit=1)[1])


def hostname(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``hostname X``."""
    return _replace(at, f"hostname {arguments[0]}", "hostname ")


def boot_system(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``boot system F``: one more file to try, after those that are named already."""
    line = f"boot system {arguments[-1]}"
    running = at.router.configuration.running
    return _change(at, lambda: sections.add(running, line), Effect.BOOT_SELECT)


def no_boot_system(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``no boot system [F]``: all of them, or one."""
    start = f"boot system {arguments[-1]}" if arguments else "boot system "
    return _replace(at, "", start, effect=Effect.BOOT_SELECT)


def scp(at: At, _: tuple[str, ...]) -> Outcome:
    """``ip scp server enable``."""
    return _change(at, lambda: sections.add(at.router.configuration.running, SCP))


def no_scp(at: At, _: tuple[str, ...]) -> Outcome:
    """``no ip scp server enable``."""
    return _replace(at, "", SCP)


def interface(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``interface X``: what follows is about it."""
    name = at.router.named(" ".join(arguments))
    if name is None:
        return wrong(_INVALID)

    def act() -> None:
        at.terminal.context = f"interface {name}"

    return Outcome(Reply(), act=act)


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


def _under(at: At, edit: Callable[[list[str]], list[str]], effect: Effect) -> Outcome:
    """A change of the lines under the interface that is being configured."""
    running, header = at.router.configuration.running, at.terminal.context

    def act() -> None:
        lines = edit(running.get(header, []))
        running[header] = []
        sections.add(running, header, *lines)

    return _change(at, act, effect)


def _instead(at: At, line: str, pattern: str, effect: Effect = Effect.CONFIG) -> Outcome:
    def edit(lines: list[str]) -> list[str]:
        kept = [item for item in lines if not re.match(pattern, item)]
        return [*kept, line] if line else kept

    return _under(at, edit, effect)


def inner_line(at: At, _: tuple[str, ...]) -> Outcome:
    """A line under an interface that stands instead of its like."""
    words = at.text.split()
    start = " ".join(words[:2]) if words[0] == "ip" else words[0]
    return _instead(at, at.text, rf"{start}( |$)")


def no_inner_line(at: At, _: tuple[str, ...]) -> Outcome:
    """``no LINE`` under an interface."""
    return _instead(at, "", rf"{re.escape(at.text.split(maxsplit=1)[1])}( |$)")


def _word(at: At, number: str) -> tuple[GroupProtocol, str]:
    """The protocol that the line is about, and the beginning of the group's lines."""
    protocol = GroupProtocol(at.text.removeprefix("no ").split()[0])
    return protocol, f"{protocol} {number}"


def priority(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``standby N priority P``: shown unless it is the default."""
    number, value = arguments
    protocol, word = _word(at, number)
    if not value.isdigit() or int(value) > _HIGHEST[protocol]:
        return wrong(_INVALID)
    line = "" if int(value) == DEFAULT_PRIORITY else f"{word} priority {int(value)}"
    return _instead(at, line, rf"{word} priority ", Effect.PRIORITY)


def no_priority(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``no standby N priority [P]``: the default again."""
    _, word = _word(at, arguments[0])
    return _instead(at, "", rf"{word} priority ", Effect.PRIORITY)


def preempt(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``standby N preempt``: without words about a delay, one that is configured stays."""
    _, word = _word(at, arguments[0])

    def edit(lines: list[str]) -> list[str]:
        there = [item for item in lines if item.startswith(f"{word} preempt")]
        kept = [item for item in lines if not re.match(rf"(no )?{word} preempt", item)]
        is_default = word.startswith(GroupProtocol.VRRP) and not there
        return [*kept, *(there or ([] if is_default else [f"{word} preempt"]))]

    return _under(at, edit, Effect.PREEMPT)


def preempt_delay(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``standby N preempt delay minimum S``."""
    number, seconds = arguments
    _, word = _word(at, number)
    if not seconds.isdigit() or int(seconds) > _LONGEST_DELAY:
        return wrong(_INVALID)
    line = f"{word} preempt delay minimum {int(seconds)}"
    return _instead(at, line, rf"(no )?{word} preempt", Effect.PREEMPT)


def no_preempt(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``no standby N preempt``; VRRP preempts unless a line says that it does not."""
    protocol, word = _word(at, arguments[0])
    line = "" if protocol is GroupProtocol.HSRP else f"no {word} preempt"
    return _instead(at, line, rf"(no )?{word} preempt", Effect.PREEMPT)


def no_delay(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``no standby N preempt delay``: it preempts at once."""
    protocol, word = _word(at, arguments[0])
    line = f"{word} preempt" if protocol is GroupProtocol.HSRP else ""
    return _instead(at, line, rf"{word} preempt", Effect.PREEMPT)
