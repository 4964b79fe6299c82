"""The command line of IOS-XE: modes, abbreviations, filters, questions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Line, Outcome, Reply, Terminal
from nornir_haupgrade.lab.personalities.cisco_iosxe import change, commands, config, install
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, Handler, wrong
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import router_of
from nornir_haupgrade.lab.terminal import pipes
from nornir_haupgrade.lab.terminal.grammar import Grammar, Match, NoMatch
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router

_FULL = 15
_LONGEST_NAME = 20
"""Characters of the hostname in the prompt of configuration mode."""
PASSWORD = Question("Password: ", Answering.SECRET)


def _exec_grammar(*tables: dict[str, Handler]) -> Grammar[Handler]:
    grammar: Grammar[Handler] = Grammar()
    for table in tables:
        for pattern, handler in table.items():
            grammar.add(pattern, handler)
    return grammar


class RouterShell:
    """What a router understands and prints; it keeps nothing but its grammars."""

    more = " --More-- "

    def __init__(self) -> None:
        self._low = _exec_grammar(commands.ANYBODY)
        self._exec = _exec_grammar(commands.ANYBODY, commands.PRIVILEGED)
        commands.add_activate(self._exec)
        self._global: Grammar[Handler] = Grammar()
        commands.add_global(self._global)
        self._inner: Grammar[Handler] = Grammar()
        commands.add_inner(self._inner)

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """With the hostname in it, and the mode."""
        if terminal.context:
            mode = "config" if terminal.context == config.GLOBAL else "config-if"
            return f"{device.hostname[:_LONGEST_NAME]}({mode})#"
        return f"{device.hostname}{'#' if terminal.privilege == _FULL else '>'}"

    def is_end(self, line: Line) -> bool:
        """``exit``, ``quit`` or ``logout``, outside of configuration mode."""
        word = line.text.strip().lower()
        ends = (("exit", 2), ("quit", 1), ("logout", 3))
        is_word = any(len(word) >= least and full.startswith(word) for full, least in ends)
        return not line.terminal.context and is_word

    def question(self, pair: Pair, device: Device, line: Line) -> Question | None:
        """What a line asks after these answers; None: nothing more, it can be executed."""
        try:
            at, match, _ = self._read(pair, device, line)
        except NoMatch:
            return None
        router, asked = at.router, len(line.answers)
        if match.found is change.enable:
            return PASSWORD if change.asks_secret(at) else None
        if match.found is change.reload:
            return _reload_question(router, line.answers)
        if match.found is change.write_memory and match.words[0] == "copy" and not asked:
            return change.COPY_QUESTION
        if match.found is change.delete and "/force" not in match.words:
            name = match.arguments[-1]
            whole = f"Delete {name}? [confirm]"
            return _nth(
                asked,
                Question(f"Delete filename [{name.partition(':')[2]}]? "),
                Question(whole, Answering.KEY),
            )
        is_install = match.words[:2] in {("install", "activate"), ("install", "abort")}
        if is_install and match.words[-2:] != ("prompt-level", "none") and not asked:
            return install.QUESTION
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
            text = pipes.filtered(outcome.reply.stdout, wanted)
        except NoMatch as exc:
            return self._complain(device, line, exc)
        reply = dataclasses.replace(outcome.reply, stdout=text)
        return dataclasses.replace(outcome, reply=reply)

    def _complain(self, device: Device, line: Line, exc: NoMatch) -> Outcome:
        if exc.at is None:
            return wrong(exc.text, "")
        inset = len(self.prompt(device, line.terminal)) + exc.at
        return wrong(" " * inset + "^", exc.text, "")

    def _read(self, pair: Pair, device: Device, line: Line) -> tuple[At, Match[Handler], str]:
        """A line as handler, arguments and filter."""
        text, wanted = pipes.split(line.text)
        match = self._match(line.terminal, text)
        whole = " ".join(match.words)
        return At(pair, router_of(device), line.terminal, line.answers, whole), match, wanted

    def _match(self, terminal: Terminal, text: str) -> Match[Handler]:
        if not terminal.context:
            return (self._exec if terminal.privilege == _FULL else self._low).match(text)
        if text.split()[:1] == ["do"]:
            return self._exec.match(text.replace("do", "  ", 1))
        if terminal.context == config.GLOBAL:
            return self._global.match(text)
        try:
            return self._inner.match(text)
        except NoMatch as inner:
            try:
                found = self._global.match(text)
            except NoMatch as outer:
                raise (inner if (inner.at or 0) >= (outer.at or 0) else outer) from None
            return dataclasses.replace(found, found=_leaving(found.found))


def _leaving(handler: Handler) -> Handler:
    """A command of the level above, typed under an interface: it ends what is under it."""
    if handler in {config.interface, config.leave, config.end}:
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


def _nth(asked: int, *questions: Question) -> Question | None:
    return questions[asked] if asked < len(questions) else None


def _reload_question(router: Router, answers: tuple[str, ...]) -> Question | None:
    """Whether to save, if there is something to save; then whether to proceed."""
    if not router.configuration.is_modified and not answers:
        return change.RELOAD_QUESTION
    if change.YES in answers or change.NO in answers:
        return change.RELOAD_QUESTION if len(answers) == 1 else None
    return change.SAVE_QUESTION if not answers else None
