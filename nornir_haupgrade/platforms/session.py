"""A session to one member: what Netmiko logged in to, read and written by us alone."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, TypeVar, cast

from nornir_haupgrade.errors import (
    CommandFailed,
    CommandRefused,
    CommandTimeout,
    HAUpgradeError,
    LineDropped,
)
from nornir_haupgrade.platforms import scp
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.platforms.files import download, explained, upload
from nornir_haupgrade.platforms.prompt import Prompt
from nornir_haupgrade.platforms.reader import Ending, Reader, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import paramiko
    from netmiko import BaseConnection

    from nornir_haupgrade.platforms.base import Dialogue, Progress
    from nornir_haupgrade.platforms.channel import Channel
    from nornir_haupgrade.platforms.guard import Guard
    from nornir_haupgrade.platforms.login import Line

_Failure = TypeVar("_Failure", bound=CommandFailed)


class NetmikoTransport:
    """A Netmiko session with a deadline on every read and a guard on every write.

    ``another`` opens a further connection to the same member, with the same checks.
    """

    def __init__(
        self,
        netmiko: BaseConnection,
        line: Line,
        guard: Guard,
        *,
        files: Files,
        another: Callable[[], Line],
    ) -> None:
        self.pair = line.pair
        self.member = line.member
        self.flow = line.flow
        self.files = files
        self._netmiko = netmiko
        self._line = line
        self._another = another
        self._guard = guard
        self._is_open = True
        channel = cast("Channel", netmiko.remote_conn)  # ours, see Line.invoke_shell
        self._reader = Reader(channel, Prompt(netmiko.base_prompt))

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        """Send a command and return its output; see the Protocol."""
        reply = self._ask(text, timeout=timeout, dialogues=dialogues)
        if reply.ending is Ending.DROPPED:
            raise self._dropped(text, reply)
        return reply.text

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        """Send a command that may end the line; see the Protocol."""
        reply = self._ask(text, timeout=timeout, dialogues=dialogues)
        if reply.ending is Ending.DROPPED:
            if not reply.is_echoed:
                raise self._dropped(text, reply)
            self.close()
        return reply.text

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        """Copy a file to the device; see the Protocol."""
        command = f"{self.files} put {remote}"
        self._guard.check_upload(command)
        deadline = time.monotonic() + timeout
        if self.files is Files.SCP:
            with self._beside(command, timeout) as channel:
                scp.upload(channel, local, remote, deadline=deadline, progress=progress)
        else:
            with self._files(command, timeout) as sftp:
                upload(sftp, local, remote, deadline=deadline, progress=progress)

    def download(self, remote: str, *, timeout: float) -> bytes:
        """Fetch a file from the device; see the Protocol."""
        with self._files(f"sftp get {remote}", timeout) as sftp:
            return download(sftp, remote, deadline=time.monotonic() + timeout)

    def close(self) -> None:
        """End the session; never raises, and waits for nobody."""
        self._is_open = False
        discard(self._netmiko)
        self._line.close()

    def _ask(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> Reply:
        self._guard.check_command(text)
        if not self._is_open:
            raise self._failed(LineDropped, text, "the session is closed; nothing was sent")
        try:
            reply = self._reader.ask(text, deadline=time.monotonic() + timeout, dialogues=dialogues)
        except TimeoutError as error:
            self._abandon()
            message = f"the device took no input for {timeout:g} s; the session was closed"
            raise self._failed(CommandTimeout, text, message) from error
        except (OSError, EOFError) as error:
            self._abandon()
            raise self._failed(LineDropped, text, "the line was gone when this was sent") from error
        except HAUpgradeError:  # the guard refused an answer: the device still waits for one
            self._abandon()
            raise
        if reply.ending is Ending.LATE:
            self._abandon()
            message = f"no complete answer within {timeout:g} s; the session was closed"
            raise self._failed(CommandTimeout, text, message, reply.text)
        if reply.ending is Ending.ASKED:
            self._abandon()
            question = reply.text.rpartition("\n")[2].strip()
            message = f"the device asks {question!r}, which is not answered; the session was closed"
            raise self._failed(CommandRefused, text, message, reply.text)
        return reply

    def _dropped(self, command: str, reply: Reply) -> LineDropped:
        self._abandon()
        when = "under the command" if reply.is_echoed else "before the device showed the command"
        return self._failed(LineDropped, command, f"the line dropped {when}", reply.text)

    def _failed(
        self, kind: type[_Failure], command: str, message: str, said: str | None = None
    ) -> _Failure:
        return kind(
            f"{message}: {command!r}",
            pair=self.pair,
            member=self.member,
            command=command,
            device_text=said,
            advice="whether it took effect is only known by looking at the device",
        )

    def _abandon(self) -> None:
        """Close without a farewell: the other end may be dead, and sending could block."""
        self._line.cut()
        self.close()

    @contextlib.contextmanager
    def _beside(self, command: str, timeout: float) -> Iterator[paramiko.Channel]:
        """A channel in a connection of its own; whatever becomes of it, the session stays."""
        if not self._is_open:
            raise self._failed(LineDropped, command, "the session is closed; nothing was sent")
        try:
            with explained(command):
                line = self._another()
                try:
                    yield line.open_channel(timeout)
                finally:
                    line.cut()
                    line.close()
        except HAUpgradeError as error:
            error.pair, error.member = self.pair, self.member
            raise
        except TimeoutError as error:
            message = f"the file did not travel within {timeout:g} s"
            raise self._failed(CommandTimeout, command, message) from error

    @contextlib.contextmanager
    def _files(self, command: str, timeout: float) -> Iterator[paramiko.SFTPClient]:
        if not self._is_open:
            raise self._failed(LineDropped, command, "the session is closed; nothing was sent")
        try:
            with explained(command):
                sftp = self._line.open_sftp(timeout)
            try:
                yield sftp
            finally:
                with contextlib.suppress(Exception):  # of a dead line; what matters is known by now
                    sftp.close()
        except HAUpgradeError as error:
            error.pair, error.member = self.pair, self.member
            if isinstance(error, LineDropped):
                self._abandon()
            raise
        except TimeoutError as error:
            self._abandon()
            message = f"the file did not travel within {timeout:g} s; the session was closed"
            raise self._failed(CommandTimeout, command, message) from error


def discard(netmiko: BaseConnection) -> None:
    """Close a Netmiko connection in whatever state it is."""
    with contextlib.suppress(Exception):
        netmiko.disconnect()  # also takes its filter with our secrets off the logger
