"""What must not be kept or shown: secrets taken out of texts, hostile characters spelt out."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import quote, quote_plus

from nornir_haupgrade.model import Verdict
from nornir_haupgrade.procedure.records import Asked, Command, Decided, Intent

MARK: Final = "***"
SHORTEST: Final = 4
"""Characters; a shorter secret is left alone."""
_SHORTEST_BASE64: Final = 6

_FREE_TEXT: Final[dict[type, tuple[str, ...]]] = {
    Verdict: ("reason", "facts"),
    Intent: ("commands",),
    Asked: ("why",),
    Decided: ("why",),
    Command: ("why",),
}
"""Only these may hold what a device or a person said; nothing is decided on them."""

_Value = TypeVar("_Value")


class Redactor:
    """Replaces known secrets, also quoted or encoded, by ``***``; one object serves all threads.

    Secrets of up to three characters are not replaced: they would take every text apart, names of
    members and versions included. ``too_short`` says how many there are, so that a caller can warn.
    ``longest`` is the length of the longest form of a secret, for who cuts texts.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if secret.strip()}
        self.too_short = sum(len(secret) < SHORTEST for secret in known)
        forms = {form for secret in known if len(secret) >= SHORTEST for form in _forms(secret)}
        self.longest = max(map(len, forms), default=0)
        # By their first characters: the time does not depend on the number of secrets.
        self._forms: dict[str, list[str]] = defaultdict(list)
        for form in forms:
            self._forms[form[:SHORTEST]].append(form)

    def __call__(self, text: str) -> str:
        """The text without secrets; overlapping ones are replaced together."""
        parts: list[str] = []
        done = end = 0
        for start, stop in self._found(text):
            if start >= end:
                parts += [text[done:start], MARK]
            done = end = max(end, stop)
        return "".join([*parts, text[done:]]) if parts else text

    def record(self, record: _Value) -> _Value:
        """A record whose free texts are without secrets; all else stays as it was decided on."""
        cleaned: _Value = self._cleaned(record, is_text=False)
        return cleaned

    def data(self, value: Any) -> Any:  # noqa: ANN401 - as JSON has it
        """Lists and dictionaries with every text in them redacted, but for dictionaries' keys."""
        if isinstance(value, dict):
            return {key: self.data(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(item) for item in value]
        return self(value) if isinstance(value, str) else value

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        if not self._forms:
            return
        for start in range(len(text) - SHORTEST + 1):
            forms = self._forms.get(text[start : start + SHORTEST])
            hits = [len(form) for form in forms or () if text.startswith(form, start)]
            if hits:
                yield start, start + max(hits)

    def _cleaned(self, value: Any, *, is_text: bool) -> Any:  # noqa: ANN401 - any field of a record
        if isinstance(value, str) and is_text:
            return self(value)
        if isinstance(value, tuple):
            return tuple(self._cleaned(item, is_text=is_text) for item in value)
        if not dataclasses.is_dataclass(value) or isinstance(value, type):
            return value
        texts = _FREE_TEXT.get(type(value), ())
        changed = {}
        for item in dataclasses.fields(value):
            old = getattr(value, item.name)
            new = self._cleaned(old, is_text=item.name in texts)
            if new != old:
                changed[item.name] = new
        return dataclasses.replace(value, **changed) if changed else value


def escape(text: str) -> str:
    r"""Make a device's text safe to show: what does not print or reorders the line is spelt out.

    Control characters, terminal escapes, bidirectional overrides and invisible characters become
    ``\x1b`` or ``\u202e``; newlines and tabs stay, and CR LF becomes a newline. What the caller's
    own output takes for markup (HTML, rich) is the caller's to quote.
    """
    return _UNUSUAL.sub(_spelt_out, text.replace("\r\n", "\n"))


_UNUSUAL: Final = re.compile(r"[^\n\t -~]")


def _spelt_out(found: re.Match[str]) -> str:
    letter = found[0]
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")


def _forms(secret: str) -> Iterator[str]:
    """How a secret may be written: as it is, and as our own and the devices' tools quote it."""
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
        shlex.quote(secret),
        secret.replace("'", "'\"'\"'"),
    }
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        forms |= {quoted, re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quoted)}
    yield from forms
    yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[str]:
    """What a secret looks like within base64, wherever it begins (``user:secret`` of HTTP, say)."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).decode("ascii")
        # Only digits that no neighbour has a part in: six bits each, of bytes of eight.
        sure = text[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        if len(sure) >= _SHORTEST_BASE64:
            yield sure
            yield sure.translate(str.maketrans("+/", "-_"))
    yield base64.b64encode(raw).decode("ascii")
    yield base64.urlsafe_b64encode(raw).decode("ascii")
