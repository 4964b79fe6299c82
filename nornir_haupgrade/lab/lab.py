"""A lab: pairs, their servers and services on one asyncio loop, driven by one timeline."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import asyncssh

from nornir_haupgrade.lab.audit import Audit, Entry
from nornir_haupgrade.lab.command import Line, Reply, Terminal
from nornir_haupgrade.lab.execution import Executor
from nornir_haupgrade.lab.fault_kinds import WHOM
from nornir_haupgrade.lab.fault_script import Known
from nornir_haupgrade.lab.faults import FaultDesk
from nornir_haupgrade.lab.pair import Pair
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.server import MemberServer
from nornir_haupgrade.lab.service import Service
from nornir_haupgrade.lab.timeline import Timeline
from nornir_haupgrade.lab.web import WebService

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.spec import Fault, LabSpec, PairSpec


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member as it really is, whatever it says over SSH."""

    name: str
    pair: str
    phase: str
    role: str
    forwards: bool
    version: str
    slot: str
    next_slot: str
    boot_id: str
    boots: int
    uptime: float
    preempts: bool
    is_suspended: bool
    carried: int
    """Sessions in its data plane."""
    known: int
    """Sessions in its copy."""
    logins: int
    config_hash: str
    failovers: int
    groups: dict[str, str]
    """Role by group."""
    is_on_trial: bool

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class PairRig:
    """One pair and everything that hangs on it, without any network."""

    def __init__(self, spec: PairSpec, timeline: Timeline, audit: Audit, username: str) -> None:
        self.pair = Pair(spec, timeline, audit)
        self.executor = Executor(self.pair, self.pair.personality.command_line(username))
        self.faults = FaultDesk(self.executor)
        for fault in spec.faults:
            self.faults.arm(fault)

    def state(self, device: Device) -> MemberState:
        """A member as it is now."""
        return MemberState(
            name=device.name,
            pair=self.pair.name,
            phase=str(device.phase),
            role=str(device.role),
            forwards=self.pair.forwards(device),
            version=device.image.version,
            slot=device.running_slot,
            next_slot=device.next_slot,
            boot_id=device.boot_id,
            boots=device.boots,
            uptime=device.uptime,
            preempts=device.preempts,
            is_suspended=device.is_suspended,
            carried=len(self.pair.sessions.carried(device)),
            known=len(self.pair.sessions.known(device)),
            logins=len(device.logins),
            config_hash=device.config_hash,
            failovers=device.role_changes,
            groups={group: str(seat.role) for group, seat in device.seats.items()},
            is_on_trial=device.is_on_trial,
        )


class Lab:
    """Simulated pairs over real SSH, as an async context manager; used on its own loop only."""

    def __init__(self, spec: LabSpec, state_dir: Path | None = None) -> None:
        self.spec = spec
        self._dir = state_dir
        if state_dir is not None:
            state_dir.mkdir(parents=True, exist_ok=True)
        self.timeline = Timeline(speed=spec.speed)
        self.log = Audit(self.timeline, state_dir / "audit.jsonl" if state_dir else None)
        self.rigs: dict[str, PairRig] = {}
        self.servers: dict[str, MemberServer] = {}
        self.services: dict[str, Service] = {}
        self.pages: dict[str, WebService] = {}
        self._members: dict[str, str] = {}
        self._alarm: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Start everything; all ports are open when this returns."""
        self.timeline.on_armed = self._rearm
        try:
            self._start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        for pair_spec in self.spec.pairs:
            rig = PairRig(pair_spec, self.timeline, self.log, self.spec.username)
            self.rigs[pair_spec.name] = rig
            for member in pair_spec.members:
                self._members[member.name] = pair_spec.name
                server = MemberServer(
                    member,
                    rig.pair.device(member.name),
                    rig.executor,
                    login=(self.spec.username, self.spec.password),
                    key=self._key(member.name),
                )
                self.servers[member.name] = server
            address = pair_spec.members[0].address
            self.services[pair_spec.name] = Service(rig.pair, address, pair_spec.service_port)
            for device in rig.pair.devices:
                self.servers[device.name].follow()
            self.services[pair_spec.name].follow()
            if pair_spec.pages:
                web = WebService(rig.pair, address, pair_spec.web_port, pair_spec.pages)
                self.pages[pair_spec.name] = web
                web.follow()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything; no port, task or timer is left."""
        self.timeline.on_armed = lambda: None
        if self._alarm is not None:
            self._alarm.cancel()
        behind = (*self.services.values(), *self.pages.values())
        await asyncio.gather(*(service.close() for service in behind))
        await asyncio.gather(*(server.close() for server in self.servers.values()))
        self.log.close()

    def _key(self, member: str) -> asyncssh.SSHKey:
        if self._dir is None:
            return asyncssh.generate_private_key("ssh-ed25519")
        folder = self._dir / "keys"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / member
        if path.exists():
            return asyncssh.read_private_key(path)
        key = asyncssh.generate_private_key("ssh-ed25519")
        path.touch(mode=0o600)
        path.write_bytes(key.export_private_key())
        return key

    def _rearm(self) -> None:
        delay = self.timeline.real_delay()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if delay is not None:
            self._alarm = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        try:
            self.timeline.run_due()
        except Exception as error:
            self.log.add("broken", "", error=f"{type(error).__name__}: {error}")
            raise
        finally:
            self._rearm()

    def rig_of(self, name: str) -> PairRig:
        """A pair by its own name or a member's.

        Raises:
            SpecError: There is no such pair or member.
        """
        pair = self._members.get(name, name)
        if pair not in self.rigs:
            msg = f"there is no member or pair {name}"
            raise SpecError(msg)
        return self.rigs[pair]

    def inject(self, *faults: Fault) -> None:
        """Arm faults, all of them or none.

        Raises:
            SpecError: One of them cannot be meant here.
        """
        aimed = [(desk, fault) for fault in faults for desk in self._desks(fault)]
        for desk, fault in aimed:
            desk.check(fault)
        for desk, fault in aimed:
            desk.arm(fault)

    def _desks(self, fault: Fault) -> list[FaultDesk]:
        names = Known.of(self.spec).aimed(fault)
        if not names:
            known = ", ".join(
                f"{name} ({rig.pair.spec.platform})" for name, rig in self.rigs.items()
            )
            msg = f"fault {fault.name}: no pair has it and whom it names; pairs are {known}"
            raise SpecError(msg)
        return [self.rigs[name].faults for name in names]

    def faults(self) -> list[tuple[str, str, str]]:
        """(kind, whom, "at work" or "waiting") of every fault that struck or waits."""
        return [item for rig in self.rigs.values() for item in rig.faults.listed()]

    def heal(self, name: str, whom: str | None = None) -> None:
        """Undo a fault, as it is listed: of a member, a pair, or a role that it waits for."""
        for rig in self.rigs.values() if whom is None or whom in WHOM else [self.rig_of(whom)]:
            rig.faults.heal(name, None if whom in self.rigs else whom)

    def audit(self) -> list[Entry]:
        """Everything that happened so far."""
        return [dict(entry) for entry in self.log.entries]

    def state(self, member: str) -> MemberState:
        """A member as it is now."""
        rig = self.rig_of(member)
        return rig.state(rig.pair.device(member))

    @property
    def states(self) -> dict[str, MemberState]:
        """All members as they are now."""
        return {name: self.state(name) for name in self._members}

    async def run(self, member: str, lines: str) -> Reply:
        """Have somebody type a command by hand, without SSH; of several lines, the last reply."""
        rig, terminal, reply = self.rig_of(member), Terminal(), Reply()
        for text in lines.splitlines():
            future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
            line = Line(text.strip(), terminal)
            rig.executor.run(rig.pair.device(member), line, future.set_result, by="hand")
            reply = await future
        return reply

    @property
    def ports(self) -> dict[str, int]:
        """The SSH port of each member."""
        return {name: server.address[1] for name, server in self.servers.items()}

    @property
    def service_ports(self) -> dict[str, int]:
        """The service port of each pair."""
        return {name: service.address[1] for name, service in self.services.items()}

    @property
    def web_ports(self) -> dict[str, int]:
        """The port of the pages of each pair that has some."""
        return {name: web.address[1] for name, web in self.pages.items()}

    @property
    def secrets(self) -> dict[str, str]:
        """What ``enable`` asks for, of each pair that has such a thing."""
        found = {
            name: getattr(rig.pair.spec.setup, "secret", rig.pair.personality.secret)
            for name, rig in self.rigs.items()
        }
        return {name: secret for name, secret in found.items() if secret}

    @property
    def known_hosts(self) -> str:
        """The members' keys in OpenSSH's form."""
        return "".join(server.known_hosts_line for server in self.servers.values())
