"""NAPALM for one member: getters on a list of those that only read, by Nornir's plugin and task.

Its session is beside our own and passes no guard, so nothing but these getters goes through it.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, HAUpgradeError, LoginRefused, NotReadOnly
from nornir_haupgrade.platforms.logins import OwnLogins, Refusals
from nornir_haupgrade.platforms.napalm_errors import not_read
from nornir_haupgrade.platforms.napalm_host import is_configured, platform_of, reached_at
from nornir_haupgrade.platforms.napalm_session import Reach, Session
from nornir_haupgrade.settings.getters import READ_ONLY_GETTERS, why_not

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from nornir_haupgrade.platforms.wrapped import Heard
    from nornir_haupgrade.settings import Settings

__all__ = ["READ_ONLY_GETTERS", "Napalm", "Reach", "is_configured", "napalm_for", "platform_of"]

_COMMANDS = 10
"""A getter sends several commands: it may take so many times as long as one."""


def napalm_for(
    nr: Nornir,
    host: Host,
    *,
    pair: str,
    usual: str | None,
    settings: Settings,
    own: OwnLogins,
    peer: Host | None = None,
    tell: Heard | None = None,
) -> Napalm | None:
    """NAPALM for a member; None where nothing says how it is reached.

    Args:
        nr: The Nornir that the member belongs to.
        host: The member.
        pair: Its pair, for messages.
        usual: NAPALM's driver for the platform, if the inventory names none.
        settings: The known host keys, and how long things may take.
        own: Told of each session that has ended.
        peer: The other member, which must be reached somewhere else.
        tell: Told what was asked.
    """
    if usual is None and not is_configured(host):
        return None
    reach = Reach(
        pair,
        platform_of(host, usual),
        settings.connect_timeout,
        settings.command_timeout,
        settings.known_hosts,
    )
    return Napalm(nr, host, reach, own, peer=peer, tell=tell)


class Napalm:
    """The getters of one member; its session begins with the first one, and `close` ends it."""

    def __init__(
        self,
        nr: Nornir,
        host: Host,
        reach: Reach,
        own: OwnLogins,
        *,
        peer: Host | None = None,
        tell: Heard | None = None,
    ) -> None:
        self._nr = nr
        self._host = host
        self._reach = reach
        self._own = own
        self._peer = peer
        self._tell = tell
        self._refusals = Refusals()
        self._session: Session | None = None

    def get(self, getter: str, **options: object) -> object:
        """What a getter returns; see the Protocol."""
        with self._named():
            if (wrong := why_not(getter, options)) is not None:
                raise NotReadOnly(wrong[0], command=f"napalm {getter}", advice=wrong[1])
            said = (f"{name}={value}" for name, value in options.items())
            command = " ".join((f"napalm {getter}", *said))
            try:
                data = self._read(getter, options, command)
            except HAUpgradeError as error:
                self._said(command, f"({type(error).__name__}) {error}")
                raise
        # Not the content, which may be a configuration: who wants it as evidence keeps it.
        self._said(command, f"{len(json.dumps(data, default=str))} characters of JSON")
        return data

    def close(self) -> None:
        """End the session; never raises."""
        session, self._session = self._session, None
        if session is not None:
            session.close()
            self._own.left(time.monotonic())

    def _read(self, getter: str, options: Mapping[str, object], command: str) -> object:
        session = self._session = self._session or self._opened()
        try:
            return session.get(getter, options, self._reach.command_timeout * _COMMANDS)
        except Exception as error:  # noqa: BLE001 - drivers of any origin raise anything
            failed, is_usable = not_read(error, session.where, command, session.secrets)
        if not is_usable:
            self._session = None
            session.cut()
            self._own.broke(time.monotonic())
        raise failed

    def _opened(self) -> Session:
        at = reached_at(self._host)
        if self._peer is not None and at == reached_at(self._peer):
            where = f"the same address, {at[0]} port {at[1]}"
            raise BadInput(
                f"NAPALM is told to reach {self._peer.name} at {where}",
                advice="a port in the optional_args of a group counts for both: give each host its "
                "own",
            )
        with self._refusals.care(time.monotonic):
            session = Session(self._nr, self._host, self._reach)
            try:
                session.open()
            except HAUpgradeError as error:
                session.cut()
                if session.is_connected and not isinstance(error, LoginRefused):
                    self._own.broke(time.monotonic())  # it may have been logged in to
                raise
        return session

    def _said(self, command: str, text: str) -> None:
        if self._tell is not None:
            self._tell(self._host.name, command, text)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except HAUpgradeError as error:
            error.pair = error.pair or self._reach.pair
            error.member = error.member or self._host.name
            raise
