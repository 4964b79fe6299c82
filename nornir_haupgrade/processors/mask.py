"""The secrets of the inventory, taken out of everything that a processor shows or keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.redact import Redactor, escape
from nornir_haupgrade.engines.secrets import secrets_of
from nornir_haupgrade.plain_data import text_of

if TYPE_CHECKING:
    from nornir.core.inventory import Host


class Mask:
    """Learns secrets as hosts come by, and replaces them by ``***``; serves all threads."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = frozenset(secrets)
        self._redactor = Redactor(self._known)
        self._lock = Lock()

    @property
    def longest(self) -> int:
        """Characters of the longest form of a secret: as much of a text has to be seen at once."""
        return self._redactor.longest

    def learn(self, hosts: Iterable[Host]) -> None:
        """Know the logins of these hosts from now on; a task may have set them just before."""
        found = frozenset(secrets_of(hosts))
        with self._lock:
            if not found <= self._known:
                self._known |= found
                self._redactor = Redactor(self._known)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        return self._redactor(text)

    def line(self, value: object) -> str:
        """Anything as one line without secrets, fit for a terminal."""
        return re.sub(r"\s*[\n\t]\s*", " ", escape(self(text_of(value)))).strip()
