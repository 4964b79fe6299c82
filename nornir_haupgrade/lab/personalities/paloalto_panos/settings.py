"""``set cli``: what holds for one terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Outcome, Reply
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    CONFIRMATION,
    FORMAT,
    OFF,
    ON,
    SCRIPTING,
    XML,
    At,
    Handler,
    settings_of,
    wrong,
)

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Terminal

_HEIGHT, _WIDEST = 24, 500
_FORMATS = ("default", "json", "set", "xml")


def _keep(at: At, act: Callable[[Terminal], None]) -> Outcome:
    return Outcome(Reply(), act=lambda: act(at.terminal))


def _switch(name: str) -> Handler:
    def handler(at: At, arguments: tuple[str, ...]) -> Outcome:
        if arguments[0] not in {ON, OFF}:
            return wrong("Invalid syntax.")
        return _keep(at, lambda terminal: settings_of(terminal).update({name: arguments[0]}))

    return handler


scripting = _switch(SCRIPTING)
xml = _switch(XML)
confirmation = _switch(CONFIRMATION)


def pager(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set cli pager on|off``."""
    if arguments[0] not in {ON, OFF}:
        return wrong("Invalid syntax.")
    height = _HEIGHT if arguments[0] == ON else 0
    return _keep(at, lambda terminal: setattr(terminal, "length", height))


def config_format(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set cli config-output-format default|json|set|xml``; json shows as default."""
    if arguments[0] not in _FORMATS:
        return wrong("Invalid syntax.")
    return _keep(at, lambda terminal: settings_of(terminal).update({FORMAT: arguments[0]}))


def width(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set cli terminal width N``."""
    return _number(at, "width", arguments[0])


def height(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set cli terminal height N``; a pager that is off stays off."""
    if not at.terminal.length:
        return Outcome(Reply())
    return _number(at, "length", arguments[0])


def _number(at: At, what: str, value: str) -> Outcome:
    if not value.isdigit() or not 1 <= int(value) <= _WIDEST:
        return wrong("Invalid syntax.")
    return _keep(at, lambda terminal: setattr(terminal, what, int(value)))
