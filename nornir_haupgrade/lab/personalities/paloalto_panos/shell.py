"""The command line of PAN-OS: two modes, filters, questions."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Line, Outcome, Reply, Terminal
from nornir_haupgrade.lab.personalities.paloalto_panos import commands, config
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    ON,
    SCRIPTING,
    At,
    Handler,
    refused,
    settings_of,
    wrong,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import firewall_of
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Kind
from nornir_haupgrade.lab.terminal.grammar import Grammar, Match, NoMatch

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.terminal.question import Question

_FILTERED = re.compile(r"(?P<command>.*?)\s+\|\s+(?P<word>match|except)\s+(?P<pattern>.+)")


def _grammar(table: dict[str, Handler]) -> Grammar[Handler]:
    grammar: Grammar[Handler] = Grammar()
    for pattern, handler in table.items():
        grammar.add(pattern, handler)
    return grammar


class PanosShell:
    """What a firewall understands and prints; it keeps nothing but its grammars."""

    more = ""

    def __init__(self, username: str = "admin") -> None:
        self._username = username
        self._operational = _grammar(commands.OPERATIONAL)
        self._configuration = _grammar(commands.CONFIGURATION)

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """With the state in it, and in configuration mode the place before it."""
        own = firewall_of(device)
        name = f"{self._username}@{own.hostname}({own.word})"
        return f"[edit]\n{name}# " if terminal.context else f"{name}> "

    def is_end(self, line: Line) -> bool:
        """``exit`` and ``quit``, outside of configuration mode."""
        return not line.terminal.context and line.text.strip() in {"exit", "quit"}

    def question(self, pair: Pair, device: Device, line: Line) -> Question | None:
        """What a line asks after these answers; None: nothing more, it can be executed."""
        try:
            at, match, _ = self._read(pair, device, line)
        except NoMatch:
            return None
        if self._not_ready(at, match.found) is not None:
            return None
        return commands.question(at, match.found, match.arguments)

    def execute(self, pair: Pair, device: Device, line: Line) -> Outcome:
        """Understand and check one line, its questions answered."""
        if not line.text.strip():
            return Outcome(Reply())
        try:
            at, match, wanted = self._read(pair, device, line)
        except NoMatch as exc:
            first = line.text.split()[0]
            return wrong(f"Unknown command: {first}" if exc.at == 0 else "Invalid syntax.")
        not_ready = self._not_ready(at, match.found)
        if not_ready is not None:
            return not_ready
        outcome = match.found(at, match.arguments)
        if wanted is None:
            return outcome
        reply = dataclasses.replace(outcome.reply, stdout=_filtered(outcome.reply.stdout, wanted))
        return dataclasses.replace(outcome, reply=reply)

    def _not_ready(self, at: At, handler: Handler) -> Outcome | None:
        """A refusal while the commit of the boot goes on, worded by the lab."""
        is_open = at.firewall.jobs.open(Kind.AUTO_COMMIT) is not None
        if handler in commands.NEEDS_AUTO_COMMIT and is_open:
            return refused(at, "Auto-commit is in progress. Please try again later")
        return None

    def _read(
        self, pair: Pair, device: Device, line: Line
    ) -> tuple[At, Match[Handler], re.Match[str] | None]:
        """A line as handler, arguments and filter."""
        terminal, text = line.terminal, line.text
        is_run = terminal.context == config.MODE and text.split()[:1] == ["run"]
        is_operational = is_run or not terminal.context
        if is_run:
            text = text.replace("run", "   ", 1)
        wanted = _FILTERED.fullmatch(text) if is_operational else None
        if wanted is not None:
            text = wanted["command"]
        grammar = self._operational if is_operational else self._configuration
        match = grammar.match(text, is_exact=settings_of(terminal).get(SCRIPTING) == ON)
        at = At(pair, firewall_of(device), terminal, line.answers, self._username, match.words)
        return at, match, wanted


def _filtered(text: str, wanted: re.Match[str]) -> str:
    pattern = wanted["pattern"].strip().strip('"')
    try:
        expression = re.compile(pattern)
    except re.error:
        expression = re.compile(re.escape(pattern))
    is_match = wanted["word"] == "match"
    kept = [line for line in text.splitlines() if (expression.search(line) is not None) is is_match]
    return "".join(f"{line}\n" for line in kept)
