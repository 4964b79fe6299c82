"""Transports around a transport: one that tells what it hears, one that leads nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError, NotReadOnly
from nornir_haupgrade.model import Flow
from nornir_haupgrade.platforms.base import Files

if TYPE_CHECKING:
    from nornir_haupgrade.platforms.base import Dialogue, Progress, Transport

Heard = Callable[[str, str, str], None]
"""Called with (member, command, what the device said) for everything that is sent."""


class Told:
    """A transport that tells everything that was sent and heard, errors included."""

    def __init__(self, inner: Transport, tell: Heard) -> None:
        self.pair = inner.pair
        self.member = inner.member
        self.flow = inner.flow
        self.files = inner.files
        self._inner = inner
        self._tell = tell

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        """As the inner one."""
        return self._told(
            text,
            lambda: self._inner.command(text, timeout=timeout, dialogues=dialogues),
        )

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        """As the inner one."""
        return self._told(
            text,
            lambda: self._inner.command_ending_session(text, timeout=timeout, dialogues=dialogues),
        )

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        """As the inner one; the content is not told."""

        def send() -> str:
            self._inner.upload(local, remote, timeout=timeout, progress=progress)
            return ""

        self._told(f"{self.files} put {remote}", send)

    def download(self, remote: str, *, timeout: float) -> bytes:
        """As the inner one; the content, which may be a configuration, is not told."""
        content = self._inner.download(remote, timeout=timeout)
        self._tell(self.member, f"sftp get {remote}", f"{len(content)} bytes")
        return content

    def close(self) -> None:
        """As the inner one."""
        self._inner.close()

    def _told(self, text: str, send: Callable[[], str]) -> str:
        try:
            said = send()
        except HAUpgradeError as error:
            self._tell(self.member, text, f"({type(error).__name__}) {error}")
            raise
        self._tell(self.member, text, said)
        return said


class Nowhere:
    """The transport of a driver that is only asked what it would say."""

    def __init__(self, pair: str, member: str) -> None:
        self.pair = pair
        self.member = member
        self.flow: Flow | None = None
        self.files = Files.SFTP

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        """Refused: there is no session."""
        del timeout, dialogues
        raise NotReadOnly(f"{text!r} has no session to go to", pair=self.pair, member=self.member)

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        """Refused."""
        return self.command(text, timeout=timeout, dialogues=dialogues)

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        """Refused."""
        del progress
        self.command(f"{self.files} put {local} {remote}", timeout=timeout)

    def download(self, remote: str, *, timeout: float) -> bytes:
        """Refused."""
        return self.command(f"sftp get {remote}", timeout=timeout).encode()

    def close(self) -> None:
        """There is nothing to close."""
