"""The pair's established connections, and how far each member knows them.

The active has them all. A member that does not forward collects them over ``sync_seconds``; what it
has not collected when it takes over is dead, however perfect the roles look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.spec import PairSpec
    from nornir_haupgrade.lab.timeline import Timeline

_FIRST_PORT = 40_000
_LAST_PORT = 65_535
_TIME_WAIT_SECONDS = 120.0
"""How long a closed connection stays in the table: nf_conntrack_tcp_timeout_time_wait of Linux."""
_RESET_SECONDS = 10.0
"""And one that was reset, as by a client that closes unread: nf_conntrack_tcp_timeout_close."""
_RECONNECT_SECONDS = 1.0
"""How soon a client whose connection died opens another."""


@dataclass(slots=True)
class Session:
    """One TCP connection through the pair, by its client's port."""

    port: int
    born: float
    on_lost: Callable[[], None] | None = None
    """Told when it dies; None: a plain client, which connects again."""
    ends: tuple[str, str] | None = None
    """Client and server as the firewall sees them; None: the addresses of the pair's own nets."""
    is_closed: bool = False
    """Its own ends closed it; the table keeps it for a while."""


@dataclass(slots=True)
class _Copy:
    """What one member knows of the sessions it does not carry."""

    known: set[int] = field(default_factory=set)
    filling_since: float | None = None


class SessionTables:
    """The live sessions and each member's copy of them."""

    def __init__(self, spec: PairSpec, devices: tuple[Device, ...], timeline: Timeline) -> None:
        self.live: dict[int, Session] = {}
        self.lost = 0
        """How many died in switchovers since the start."""
        self._spec = spec
        self._timeline = timeline
        self._copies = {device.name: _Copy() for device in devices}
        self._carrier: tuple[str, str] | None = None
        """Name and boot of the member whose data plane holds the live sessions."""
        self._next_port = _FIRST_PORT
        for _ in range(spec.sessions):
            self.open(age=spec.session_age)

    def open(
        self,
        *,
        age: float = 0.0,
        on_lost: Callable[[], None] | None = None,
        ends: tuple[str, str] | None = None,
    ) -> Session:
        """A new connection through the active."""
        while self._next_port in self.live:
            self._next_port += 1
        session = Session(self._next_port, self._timeline.now() - age, on_lost, ends)
        self.live[session.port] = session
        self._next_port = _FIRST_PORT if session.port >= _LAST_PORT else session.port + 1
        return session

    def close(self, session: Session, *, is_reset: bool = False) -> None:
        """A connection that its own ends closed: the table keeps it for a while."""
        session.is_closed = True
        seconds = _RESET_SECONDS if is_reset else _TIME_WAIT_SECONDS
        self._timeline.after(seconds, lambda: self._drop(session))

    def _drop(self, session: Session) -> None:
        if self.live.get(session.port) is session:
            del self.live[session.port]

    def start(self, active: Device) -> None:
        """Begin with everything synchronised."""
        self._carrier = (active.name, active.boot_id)
        for name, copy in self._copies.items():
            if name != active.name:
                copy.known = set(self.live)

    def _fill_seconds(self, device: Device) -> float:
        slow = device.has("sessions_slow")
        return self._spec.sync_seconds if slow is None else float(slow.get("seconds", 10.0))

    def known(self, device: Device) -> list[Session]:
        """The sessions in a member's copy (its external table)."""
        copy = self._copies[device.name]
        ports = copy.known
        if copy.filling_since is not None:
            whole = self._fill_seconds(device)
            passed = self._timeline.now() - copy.filling_since
            share = 1.0 if passed >= whole else passed / whole
            ports = ports | set(sorted(self.live)[: int(len(self.live) * share)])
        return [self.live[port] for port in sorted(ports & self.live.keys())]

    def carried(self, device: Device) -> list[Session]:
        """The sessions in a member's data plane (its internal table)."""
        is_carrier = device.role is HaState.MASTER and self._carrier == (
            device.name,
            device.boot_id,
        )
        return [self.live[port] for port in sorted(self.live)] if is_carrier else []

    def freeze(self, device: Device) -> None:
        """Stop a copy's growth, keeping what it has."""
        copy = self._copies[device.name]
        copy.known = {session.port for session in self.known(device)}
        copy.filling_since = None

    def refill(self, device: Device) -> None:
        """Have a copy that grows no more begin to grow again, if it can."""
        if self._copies[device.name].filling_since is not None:
            self.freeze(device)
            self._copies[device.name].filling_since = self._timeline.now()

    def forget(self, device: Device) -> None:
        """Empty a copy: a boot, or the end of an active's term."""
        self._copies[device.name] = _Copy()

    def follow(self, device: Device, source: Device | None, *, is_link_up: bool) -> None:
        """Let a copy grow exactly while there is an active to learn from."""
        copy = self._copies[device.name]
        can_fill = (
            device.phase is Phase.RUNNING
            and device.takes_sessions
            and device.role is not HaState.MASTER
            and source is not None
            and is_link_up
            and device.has("sessions_never_sync") is None
        )
        if can_fill and copy.filling_since is None:
            copy.filling_since = self._timeline.now()
        elif not can_fill and copy.filling_since is not None:
            self.freeze(device)

    def take_over(self, device: Device) -> int:
        """Make a member the carrier; what it does not know is lost. How many were."""
        if self._carrier == (device.name, device.boot_id):
            return 0
        survivors = {session.port for session in self.known(device)}
        gone = [session for port, session in self.live.items() if port not in survivors]
        dead = [session for session in gone if not session.is_closed]
        for session in gone:
            del self.live[session.port]
        for session in dead:
            if session.on_lost is not None:
                session.on_lost()
        clients = sum(session.on_lost is None for session in dead)
        if clients:
            self._timeline.after(_RECONNECT_SECONDS, lambda: self._reconnect(clients))
        self.lost += len(dead)
        self._carrier = (device.name, device.boot_id)
        self.forget(device)
        return len(dead)

    def _reconnect(self, clients: int) -> None:
        for _ in range(clients):
            self.open()
