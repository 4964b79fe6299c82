"""Words to handlers, as IOS reads them: abbreviated as far as they are unique.

A pattern is words; one in capitals takes any word, ``LINE`` takes the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_REST = "LINE"


@dataclass(slots=True)
class _Node(Generic[T]):
    words: dict[str, _Node[T]] = field(default_factory=dict)
    any_word: _Node[T] | None = None
    rest: T | None = None
    here: T | None = None


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A line that is a command."""

    found: T
    arguments: tuple[str, ...]
    words: tuple[str, ...]
    """Written out."""


class NoMatch(Exception):  # noqa: N818  # no error of the lab: something was typed wrong
    """What IOS says to a line that is no command; ``at``: where in it, if it says so."""

    def __init__(self, text: str, at: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.at = at


class Grammar(Generic[T]):
    """The commands of one mode."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, pattern: str, found: T) -> None:
        """Know a command."""
        node = self._root
        for word in pattern.split():
            if word == _REST:
                node.rest = found
                return
            if word.isupper():
                node.any_word = node.any_word or _Node()
                node = node.any_word
            else:
                node = node.words.setdefault(word, _Node())
        node.here = found

    def match(self, line: str, *, is_exact: bool = False) -> Match[T]:
        """Read a line; exact: without abbreviations.

        Raises:
            NoMatch: It is unknown, incomplete or ambiguous.
        """
        node, arguments, words = self._root, list[str](), list[str]()
        for token in re.finditer(r"\S+", line):
            chosen = self._step(node, token[0], line, is_exact=is_exact)
            if chosen is None and node.rest is not None:
                rest = line[token.start() :].rstrip()
                return Match(node.rest, (*arguments, rest), (*words, rest))
            if chosen is None and node.any_word is not None:
                arguments.append(token[0])
                words.append(token[0])
                node = node.any_word
                continue
            if chosen is None:
                raise NoMatch("% Invalid input detected at '^' marker.", token.start())
            words.append(chosen)
            node = node.words[chosen]
        if node.here is None:
            raise NoMatch("% Incomplete command.")
        return Match(node.here, tuple(arguments), tuple(words))

    def _step(self, node: _Node[T], token: str, line: str, *, is_exact: bool) -> str | None:
        """The known word that a typed one stands for."""
        typed = token.lower()
        if typed in node.words:
            return typed
        if is_exact:
            return None
        found = [word for word in node.words if word.startswith(typed)]
        if len(found) > 1 and node.any_word is None:
            raise NoMatch(f'% Ambiguous command:  "{line.strip()}"')
        return found[0] if len(found) == 1 else None
