"""One simulated pair, its clock, and the world in which a real ``Pair`` works on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from nornir.core.configuration import Config
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.plugins.runners import SerialRunner

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.lab.audit import Audit
from nornir_haupgrade.lab.lab import PairRig
from nornir_haupgrade.model import Flow
from nornir_haupgrade.platforms.guard import Guard
from nornir_haupgrade.rehearsal.memory.clock import VirtualClock
from nornir_haupgrade.rehearsal.memory.connection import NAME, MemoryConnection
from nornir_haupgrade.rehearsal.memory.port import MemoryPort
from nornir_haupgrade.rehearsal.memory.traffic import Forwarding, Traffic
from nornir_haupgrade.rehearsal.memory.transport import MemoryTransport
from nornir_haupgrade.world import World

if TYPE_CHECKING:
    from nornir.core.inventory import Host

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.lab import MemberState
    from nornir_haupgrade.lab.spec import PairSpec
    from nornir_haupgrade.platforms.base import Files, Transport
    from nornir_haupgrade.probes.site_task import RunTask
    from nornir_haupgrade.settings import Canary, Service

_FIRST_PORT = 50_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take on the way between us and a device, in seconds."""

    login: float = 0.1
    command: float = 0.005
    """Until the device has a command."""
    answer: float = 0.005
    """Until we have its answer."""
    bytes_per_second: float = 50_000_000


class Bench:
    """A pair of the lab in memory.

    Attributes:
        clock: Its time; nothing but waiting lets it pass.
        audit: All that happened, with the members' state at the instant.
        rig: The pair itself, its command lines and its faults.
        world: For a ``Pair`` that is to work on it.
        TRANSPORT: The sessions to its members.
    """

    TRANSPORT: ClassVar[type[MemoryTransport]] = MemoryTransport

    def __init__(self, spec: PairSpec, pace: Pace | None = None) -> None:
        self.spec = spec
        self.username = "admin"
        self.pace = pace or Pace()
        self.clock = VirtualClock()
        self.audit = Audit(self.clock.timeline)
        self.rig = PairRig(spec, self.clock.timeline, self.audit, self.username)
        self.forwarding = Forwarding(self.rig.pair, self.clock)
        self.world = World(
            monotonic=self.clock.monotonic,
            utc_now=self.clock.utc_now,
            wait=self.clock.wait,
            open_transport=self._open_transport,
            napalm_for=_no_napalm,
            watch_port=self._watch_port,
            watch_services=self._watch_services,
            make_runner=SerialRunner,
        )
        self._logins = 0
        self._config = Config()
        # Nornir finds it by its entry point, too; but not where the package was not installed.
        ConnectionPluginRegister.register(NAME, MemoryConnection)

    def device(self, name: str) -> Device:
        """A member."""
        return self.rig.pair.device(name)

    @property
    def states(self) -> dict[str, MemberState]:
        """Both members as they really are."""
        return {one.name: self.rig.state(one) for one in self.rig.pair.devices}

    def next_flow(self, device: Device) -> Flow:
        """The five-tuple of a new login, past the pair."""
        self._logins += 1
        number = self.rig.pair.devices.index(device) + 1
        source = f"192.0.2.1:{_FIRST_PORT + self._logins % 10_000}"
        return Flow("tcp", source, f"198.51.100.{number}:22")

    def connect(
        self,
        member: str,
        *,
        declared: Sequence[str],
        read_only: bool,
        files: Files,
        connect_timeout: float,
    ) -> MemoryTransport:
        """Log in to a member.

        Raises:
            ConnectFailed: There is no session, and why.
        """
        guard = Guard(declared, read_only=read_only, pair=self.spec.name, member=member)
        asked = self.device(member)
        device = self.rig.pair.personality.answers(self.rig.pair, asked)
        if device is None:
            where = f"{member} in memory"
            raise Unreachable(f"{where}: nobody answers", pair=self.spec.name, member=member)
        return self.TRANSPORT(self, device, guard, files=files, connect_timeout=connect_timeout)

    def _open_transport(
        self,
        host: Host,
        *,
        login_and_read_only: Sequence[str],
        read_only: bool,
        files: Files,
        connect_timeout: float,
        **_: object,
    ) -> Transport:
        if NAME in host.connections:
            host.close_connection(NAME)
        given: dict[str, Any] = {
            "bench": self,
            "declared": login_and_read_only,
            "read_only": read_only,
            "files": files,
            "connect_timeout": connect_timeout,
        }
        host.open_connection(NAME, self._config, hostname=host.name, extras=given)
        return cast("Transport", host.connections[NAME].connection)

    def _watch_port(self, host: Host) -> MemoryPort:
        return MemoryPort(self.device(host.name), self.clock)

    def _watch_services(
        self,
        services: Sequence[Service],
        canaries: Sequence[Canary],
        *,
        run_task: RunTask | None = None,
    ) -> Traffic:
        return Traffic(self.rig.pair, self.forwarding, services, canaries, run_task)


def _no_napalm(*_: object, **__: object) -> None:
    """It speaks to no device in memory."""
