"""The command line of FortiOS: a prompt with a level, abbreviations, ``grep``, questions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Line, Outcome, Reply, Terminal
from nornir_haupgrade.lab.personalities.fortinet import grep
from nornir_haupgrade.lab.personalities.fortinet.commands import INNER, TOP, Command
from nornir_haupgrade.lab.personalities.fortinet.context import At, own_of, parse_error, wrong
from nornir_haupgrade.lab.personalities.fortinet.fortigate import fortigate_of
from nornir_haupgrade.lab.terminal.grammar import Grammar, Match, NoMatch

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.terminal.question import Question

_TOP_WORDS = ("config", "get", "show", "diagnose", "execute", "alias", "exit")


def _grammar(table: dict[str, Command]) -> Grammar[Command]:
    grammar: Grammar[Command] = Grammar()
    for pattern, command in table.items():
        grammar.add(pattern, command)
    return grammar


class FortiShell:
    """What a FortiGate understands and prints; it keeps nothing but its grammars."""

    more = "--More-- "

    def __init__(self) -> None:
        self._top = _grammar(TOP)
        self._inner = _grammar(INNER)

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """With the hostname, and the level that is being configured."""
        levels = own_of(terminal).levels
        level = f" ({levels[-1].title})" if levels else ""
        return f"{device.hostname}{level} # "

    def is_end(self, line: Line) -> bool:
        """``exit`` or ``quit``, outside of a level."""
        is_word = line.text.strip().lower() in {"exit", "quit"}
        return is_word and not own_of(line.terminal).levels

    def question(self, pair: Pair, device: Device, line: Line) -> Question | None:
        """What a line asks after these answers; None: nothing more, it can be executed."""
        try:
            at, match, _ = self._read(pair, device, line)
        except NoMatch:
            return None
        ask = match.found.ask
        return None if ask is None else ask(at, match.arguments)

    def execute(self, pair: Pair, device: Device, line: Line) -> Outcome:
        """Understand and check one line, its questions answered."""
        if not line.text.strip() or line.text.lstrip().startswith("#"):
            return Outcome(Reply())
        try:
            at, match, wanted = self._read(pair, device, line)
        except NoMatch as exc:
            return self._complain(line, exc)
        outcome = match.found.handler(at, match.arguments)
        if not wanted:
            return outcome
        try:
            text = grep.filtered(outcome.reply.stdout, wanted)
        except grep.BadFilter as exc:
            return parse_error(str(exc))
        return dataclasses.replace(outcome, reply=dataclasses.replace(outcome.reply, stdout=text))

    def _read(self, pair: Pair, device: Device, line: Line) -> tuple[At, Match[Command], str]:
        text, wanted = grep.split(line.text.strip())
        is_inside = bool(own_of(line.terminal).levels)
        match = (self._inner if is_inside else self._top).match(text)
        at = At(pair, fortigate_of(device), line.terminal, line.answers, match.words)
        return at, match, wanted

    def _complain(self, line: Line, exc: NoMatch) -> Outcome:
        words = line.text.split()
        if not any(full.startswith(words[0].lower()) for full in _TOP_WORDS) and exc.at == 0:
            return wrong("Unknown action 0")
        place = len(line.text) if exc.at is None else exc.at
        rest = line.text.strip()[place:].split()
        return parse_error(rest[0] if rest else words[-1])
