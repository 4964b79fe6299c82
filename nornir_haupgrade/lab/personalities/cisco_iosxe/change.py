"""``reload``, ``write memory``, ``delete`` and what is set for one terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import USER, At, show, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.show_files import missing
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import flash_path
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act

YES, NO = "yes", "no"
SAVE_QUESTION = Question(
    "\nSystem configuration has been modified. Save? [yes/no]: ",
    among=(YES, NO),
    again="% Please answer 'yes' or 'no'.\n",
)
RELOAD_QUESTION = Question("Proceed with reload? [confirm]", Answering.KEY)
COPY_QUESTION = Question("Destination filename [startup-config]? ")
_ATTEMPTS = 3
_LONGEST, _WIDEST = 512, 512


def _save(at: At) -> Act:
    return lambda: at.router.configuration.save(at.pair.timeline.now(), USER)


def write_memory(at: At, _: tuple[str, ...]) -> Outcome:
    """``write memory`` and ``copy running-config startup-config``."""
    return Outcome(Reply(stdout="Building configuration...\n[OK]\n"), Effect.SAVE, act=_save(at))


def reload(at: At, _: tuple[str, ...]) -> Outcome:
    """``reload``, all of its questions answered: the line drops without another prompt."""
    if at.router.phase is not Phase.RUNNING:
        return wrong("% Reload is in progress")

    def act() -> None:
        if YES in at.answers:
            _save(at)()
        at.router.reload()

    return Outcome(Reply(is_last=True), Effect.REBOOT, act=act)


def delete(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``delete F``: the file is gone for good."""
    name = arguments[-1]
    path = flash_path(name)
    if path is None or path not in at.router.disk.files:
        # no capture; worded as of opening one
        return wrong(f"%Error deleting {name} (No such file or directory)")
    return Outcome(Reply(), act=lambda: at.router.disk.remove(path))


def more(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``more F``: a file as text."""
    content = at.router.disk.files.get(flash_path(arguments[0]) or "")
    if content is None:
        return missing(arguments[0])
    return show(*bytes(content).decode(errors="replace").splitlines())


def enable(at: At, _: tuple[str, ...]) -> Outcome:
    """``enable``, its password asked for up to three times."""
    configuration, secret = at.router.configuration, at.router.spec.secret
    if at.terminal.privilege < 15 and not configuration.has_secret:  # noqa: PLR2004
        return wrong("% No password set")
    if at.terminal.privilege < 15 and secret not in at.answers:  # noqa: PLR2004
        return wrong("% Bad secrets", "")

    def act() -> None:
        at.terminal.privilege = 15

    return Outcome(Reply(), act=act)


def asks_secret(at: At) -> bool:
    """Whether ``enable`` asks once more."""
    is_low = at.terminal.privilege < 15  # noqa: PLR2004
    is_open = len(at.answers) < _ATTEMPTS and at.router.spec.secret not in at.answers
    return is_low and at.router.configuration.has_secret and is_open


def disable(at: At, _: tuple[str, ...]) -> Outcome:
    """``disable``: back to what a login without privilege has."""

    def act() -> None:
        at.terminal.privilege = 1

    return Outcome(Reply(), act=act)


def length(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``terminal length N``; 0: no pages."""
    return _set(at, "length", arguments[0], _LONGEST)


def width(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``terminal width N``."""
    return _set(at, "width", arguments[0], _WIDEST)


def _set(at: At, what: str, value: str, most: int) -> Outcome:
    if not value.isdigit() or int(value) > most:
        return wrong("% Invalid input detected at '^' marker.")

    def act() -> None:
        setattr(at.terminal, what, int(value))

    return Outcome(Reply(), act=act)


def configure(at: At, _: tuple[str, ...]) -> Outcome:
    """``configure terminal``."""

    def act() -> None:
        at.terminal.context = "config"

    text = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
    return Outcome(Reply(stdout=text), act=act)
