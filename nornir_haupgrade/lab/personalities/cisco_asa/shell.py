"""The command line of the ASA: modes, abbreviations, filters, questions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Line, Outcome, Reply, Terminal
from nornir_haupgrade.lab.personalities.cisco_asa import change, commands, config, copy
from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa, asa_of
from nornir_haupgrade.lab.personalities.cisco_asa.context import FULL, At, Handler
from nornir_haupgrade.lab.terminal import pipes
from nornir_haupgrade.lab.terminal.answers import wrong
from nornir_haupgrade.lab.terminal.grammar import Grammar, Match, NoMatch

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.terminal.question import Question

_FILTERS = ("include", "exclude", "begin")
_MODES = {"interface": "config-if", "object": "config-network-object"}


def _grammar(*tables: dict[str, Handler]) -> Grammar[Handler]:
    grammar: Grammar[Handler] = Grammar()
    for table in tables:
        for pattern, handler in table.items():
            grammar.add(pattern, handler)
    return grammar


class AsaShell:
    """What a unit understands and prints; it keeps nothing but its grammars and its user."""

    more = "<--- More --->"

    def __init__(self, user: str) -> None:
        self._user = user
        self._low = _grammar(commands.ANYBODY)
        self._exec = _grammar(commands.ANYBODY, commands.PRIVILEGED)
        self._global = _grammar(commands.GLOBAL)
        self._inner = _grammar(commands.INNER)

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """The hostname, what ``prompt`` adds to it, and the mode."""
        name = "/".join(_prompt_words(asa_of(device)))
        if terminal.context:
            mode = _MODES.get(terminal.context.split()[0], config.GLOBAL)
            return f"{name}({mode})# "
        return f"{name}{'#' if terminal.privilege == FULL else '>'} "

    def is_end(self, line: Line) -> bool:
        """``exit``, ``quit`` or ``logout``, outside of configuration mode."""
        word = line.text.strip().lower()
        ends = (("exit", 2), ("quit", 1), ("logout", 4))
        is_word = any(len(word) >= least and full.startswith(word) for full, least in ends)
        return not line.terminal.context and is_word

    def question(self, pair: Pair, device: Device, line: Line) -> Question | None:
        """What a line asks after these answers; None: nothing more, it can be executed."""
        try:
            at, match, _ = self._read(pair, device, line)
        except NoMatch:
            return None
        if match.found is change.enable:
            return change.asks_secret(at)
        if match.found is change.login:
            return change.asks_login(at)
        if match.found is change.reload:
            return change.reload_question(at)
        if match.found is change.delete:
            return change.delete_question(at, match.arguments[-1])
        if match.found is copy.copy:
            source, destination = match.arguments[-2:]
            asked = copy.questions(at, source, destination)
            return asked[len(at.answers)] if len(at.answers) < len(asked) else None
        return None

    def execute(self, pair: Pair, device: Device, line: Line) -> Outcome:
        """Understand and check one line, its questions answered."""
        if not line.text.strip() or line.text.lstrip().startswith("!"):
            return Outcome(Reply())
        try:
            at, match, wanted = self._read(pair, device, line)
            outcome = match.found(at, match.arguments)
            if not wanted:
                return outcome
            text = pipes.filtered(outcome.reply.stdout, wanted, _FILTERS)
        except NoMatch as exc:
            return self._complain(device, line, exc)
        reply = dataclasses.replace(outcome.reply, stdout=text)
        return dataclasses.replace(outcome, reply=reply)

    def _complain(self, device: Device, line: Line, exc: NoMatch) -> Outcome:
        if exc.at is None:
            return wrong(f"ERROR: {exc.text}")
        inset = len(self.prompt(device, line.terminal)) + exc.at
        return wrong(" " * inset + "^", f"ERROR: {exc.text}")

    def _read(self, pair: Pair, device: Device, line: Line) -> tuple[At, Match[Handler], str]:
        """A line as handler, arguments and filter."""
        text, wanted = pipes.split(line.text)
        match = self._match(line.terminal, text)
        if match.words[:2] == ("failover", "exec"):
            # what stands behind a bar is the other unit's to filter
            match, wanted = self._match(line.terminal, line.text), ""
        whole = " ".join(match.words)
        at = At(pair, asa_of(device), line.terminal, line.answers, whole, self, self._user)
        return at, match, _as_ours(wanted)

    def _match(self, terminal: Terminal, text: str) -> Match[Handler]:
        if not terminal.context:
            return (self._exec if terminal.privilege == FULL else self._low).match(text)
        is_inner = terminal.context != config.GLOBAL
        grammars = [self._inner] if is_inner else []
        failures = []
        for grammar in (*grammars, self._global, self._exec):
            try:
                found = grammar.match(text)
            except NoMatch as exc:
                failures.append(exc)
                continue
            if is_inner and grammar is self._global:
                return dataclasses.replace(found, found=_leaving(found.found))
            return found
        raise max(failures, key=lambda exc: len(text) if exc.at is None else exc.at)


def _as_ours(wanted: str) -> str:
    """``grep [-v] P`` as the filter that does the same."""
    if wanted.startswith("grep -v "):
        return f"exclude {wanted.removeprefix('grep -v ')}"
    if wanted.startswith("grep "):
        return f"include {wanted.removeprefix('grep ')}"
    return wanted


def _prompt_words(asa: Asa) -> list[str]:
    """``act`` and ``stby`` say whether it passes traffic (Cisco's command reference)."""
    words = {"hostname": asa.hostname, "priority": "pri" if asa.is_primary else "sec"}
    apart = "" if asa.has_failover else "NoFailover"
    words["state"] = f"{'act' if asa.is_active else 'stby'}{apart}"
    return [words[word] for word in asa.configuration.prompt_words if word in words]


def _leaving(handler: Handler) -> Handler:
    """A command of the level above, typed under an interface: it ends what is under it."""
    if handler in {config.interface, config.object_network, config.leave, config.end}:
        return handler

    def wrapped(at: At, arguments: tuple[str, ...]) -> Outcome:
        outcome = handler(at, arguments)
        act = outcome.act
        if act is None:
            return outcome

        def whole() -> None:
            at.terminal.context = config.GLOBAL
            act()

        return dataclasses.replace(outcome, act=whole)

    return wrapped
