"""The Nornir connection to a device in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.platforms.base import Files

if TYPE_CHECKING:
    from nornir.core.configuration import Config

    from nornir_haupgrade.rehearsal.memory.bench import Bench
    from nornir_haupgrade.rehearsal.memory.transport import MemoryTransport

NAME = "haupgrade_memory"
_CONNECT_TIMEOUT = 15.0


class MemoryConnection:
    """``host.get_connection("haupgrade_memory", config).command(text, timeout=5)``.

    Its ``extras`` hold the ``bench`` that the device belongs to; the hostname is the member's name.
    Of a session that only reads (``read_only``) they hold what is ``declared`` to read, too.
    """

    def __init__(self) -> None:
        self.connection: MemoryTransport
        self.state: dict[str, Any] = {}

    def open(  # noqa: PLR0917 - Nornir's own
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Log in.

        Raises:
            ConnectFailed: There is no session, and why.
        """
        del username, password, port, platform, configuration
        given = extras or {}
        bench: Bench | None = given.get("bench")
        if bench is None or hostname is None:
            raise BadInput(
                "a connection in memory leads to a simulated device only",
                advice=f"give the {NAME} options of the host a `bench` in their extras",
            )
        self.connection = bench.connect(
            hostname,
            declared=given.get("declared", ()),
            read_only=bool(given.get("read_only", False)),
            files=given.get("files", Files.SFTP),
            connect_timeout=given.get("connect_timeout", _CONNECT_TIMEOUT),
        )

    def close(self) -> None:
        """Log out."""
        if hasattr(self, "connection"):
            self.connection.close()
