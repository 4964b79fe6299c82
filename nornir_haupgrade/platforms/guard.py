"""What may go down a line at all, asked at the channel's write: Netmiko's login passes it too."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import CommandFailed, NotReadOnly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ONE_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)")


def only_reads(lines: Iterable[str], declared: Sequence[str]) -> bool:
    """Whether every line is declared to read only."""
    return all(any(re.fullmatch(pattern, line) for pattern in declared) for line in lines)


class Guard:
    """Lets through single whole lines only; in a read-only session, only the declared ones.

    A piece of a line is refused as well: two harmless pieces can make one harmful line. For the
    same reason a pattern is matched against the whole line, so that nothing can follow a declared
    command behind ``;``, ``|`` or ``&&``.

    Attributes:
        is_read_only: Whether this session may only read.
    """

    def __init__(
        self,
        declared: Sequence[str],
        *,
        read_only: bool,
        pair: str,
        member: str,
        secrets: Sequence[str] = (),
    ) -> None:
        self._declared = tuple(re.compile(pattern) for pattern in declared)
        self._secrets = tuple(secret for secret in secrets if secret)
        self._pair = pair
        self._member = member
        self.is_read_only = read_only
        self._awaited: list[str] = []

    @contextmanager
    def entering(self, secret: str) -> Iterator[None]:
        """While this lasts, ``enable`` may be sent once, and behind it this very secret once."""
        self._awaited = ["enable", secret]
        try:
            yield
        finally:
            self._awaited = []

    def check_command(self, text: str) -> None:
        """Check a command before its line end is added.

        Raises:
            CommandFailed: A line break or control character would make it more than one line.
            NotReadOnly: It is not declared, in a read-only session.
        """
        if text.isprintable():
            self.check_write(text + "\n")
        elif self.is_read_only:
            raise self._not_read_only(text)
        else:
            # Somebody's name or version smuggled a line break in; the first part must not run
            # either.
            raise CommandFailed(
                "a command that is not one printable line was not sent",
                pair=self._pair,
                member=self._member,
                command=self._shown(text),
            )

    def check_write(self, data: str) -> None:
        """Check exactly what is about to be written; everything passes a session that may write.

        Raises:
            NotReadOnly: Nothing of it was sent.
        """
        if not self.is_read_only:
            return
        line = _ONE_LINE.fullmatch(data)
        if line is None or not line[1].isprintable():
            raise self._not_read_only(data)
        if self._awaited and line[1] == self._awaited[0]:
            del self._awaited[0]
        elif not any(pattern.fullmatch(line[1]) for pattern in self._declared):
            raise self._not_read_only(line[1])

    def check_upload(self, command: str) -> None:
        """Refuse a file transfer to the device in a read-only session.

        Raises:
            NotReadOnly: The file was not sent.
        """
        if self.is_read_only:
            raise self._not_read_only(command)

    def _not_read_only(self, text: str) -> NotReadOnly:
        shown = self._shown(text)
        return NotReadOnly(
            f"this run only reads, so {shown!r} was not sent",
            pair=self._pair,
            member=self._member,
            command=shown,
            advice="a read that the driver lacks belongs into its READ_ONLY",
        )

    def _shown(self, text: str) -> str:
        """A text fit for a message: Netmiko writes an enable secret through the same door."""
        return "(a secret)" if text.strip() in self._secrets else text
