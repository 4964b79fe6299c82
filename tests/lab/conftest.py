"""A pair on a clock of the test's own, and labs over real SSH."""

from __future__ import annotations

import hashlib
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, TypeAlias

import paramiko
import pytest

from nornir_haupgrade.lab import (
    Fault,
    LabSpec,
    LabThread,
    PairRig,
    PairSpec,
    When,
    asa_pair,
    build_image,
    fortigate_pair,
    router_pair,
    simple_pair,
)
from nornir_haupgrade.lab.audit import Audit, Entry
from nornir_haupgrade.lab.command import Line, Reply, Terminal
from nornir_haupgrade.lab.device import Device
from nornir_haupgrade.lab.lab import MemberState
from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router
from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate, fortigate_of
from nornir_haupgrade.lab.personalities.fortinet.versions import file_name
from nornir_haupgrade.lab.personalities.linux_ha.appliance import appliance
from nornir_haupgrade.lab.timeline import Timeline


class Clockwork:
    """The pair p1 (p1a preferred and master, p1b) without any network, and its time."""

    def __init__(self, spec: PairSpec) -> None:
        self.seconds = 0.0
        self.timeline = Timeline(lambda: self.seconds)
        self.log = Audit(self.timeline)
        self.rig = PairRig(spec, self.timeline, self.log, "admin")
        self.pair = self.rig.pair

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.timeline.run_due()

    def run(self, device: Device, line: Line | str) -> list[Reply]:
        """Execute a line; the list fills when the reply comes."""
        replies: list[Reply] = []
        self.rig.executor.run(device, line, replies.append)
        return replies

    def answer(self, device: Device, line: Line | str) -> Reply:
        """Execute a line and let as much time pass as it takes, at most 10 s."""
        replies = self.run(device, line)
        for _ in range(100):
            if replies:
                return replies[0]
            self.wait(0.1)
        raise AssertionError(f"no reply to {line}")

    def strike(self, name: str, member: str | None = None, **params: object) -> None:
        self.rig.faults.arm(Fault(name, member, params=params))

    def arm(self, name: str, member: str | None, when: When, **params: object) -> None:
        self.rig.faults.arm(Fault(name, member, when, params))

    def state(self, device: Device) -> MemberState:
        return self.rig.state(device)

    @property
    def roles(self) -> tuple[str, str]:
        first, second = self.pair.devices
        return str(first.role), str(second.role)

    def entries(self, kind: str) -> list[Entry]:
        return [entry for entry in self.log.entries if entry["kind"] == kind]


class World(Clockwork):
    """Two firewalls."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # PairSpec's
        super().__init__(simple_pair("p1", **settings))
        self.a, self.b = (appliance(device) for device in self.pair.devices)

    def ask(self, device: Device, line: str) -> dict[str, str]:
        """The ``Key: value`` lines of a command that succeeds."""
        reply = self.answer(device, line)
        assert reply.status == 0, reply.stderr
        return dict(item.split(": ", 1) for item in reply.stdout.splitlines())

    def upload(self, device: Device, name: str, content: bytes) -> str:
        device.disk.store(f"/flash/upload/{name}", content)
        return hashlib.sha256(content).hexdigest()

    def put_image(self, device: Device, version: str = "13.8", **settings: Any) -> None:  # noqa: ANN401
        """Upload, install and select an image."""
        checksum = self.upload(device, "image", build_image(version, **settings))
        for line in (f"fwctl image install image {checksum} {version}", "fwctl image boot B"):
            reply = self.answer(device, line)
            assert reply.status == 0, reply.stderr

    def reboot(self, device: Device) -> None:
        """Reboot and wait until everything about it is over."""
        assert self.answer(device, "fwctl reboot").status == 0
        self.wait(20)


class RouterWorld(Clockwork):
    """Two routers."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # PairSpec's
        super().__init__(router_pair("p1", **settings))
        first, second = self.pair.devices
        assert isinstance(first, Router)
        assert isinstance(second, Router)
        self.a, self.b = first, second

    def ask(self, device: Router, line: str) -> str:
        """What a privileged login is answered."""
        reply = self.answer(device, line)
        return reply.stderr + reply.stdout

    def type(self, device: Router, *lines: str, terminal: Terminal | None = None) -> list[str]:
        """Enter lines in one session, their questions answered with Enter; what each prints."""
        at = terminal or Terminal()
        said = []
        for text in lines:
            reply = self.answer(device, Line(text, at, ("y",)))
            said.append(reply.stderr + reply.stdout)
        return said

    def configure(self, device: Router, *lines: str) -> None:
        """Enter configuration lines; each is accepted."""
        said = self.type(device, "configure terminal", *lines, "end")
        assert said[1:] == [""] * (len(lines) + 1), said

    def set_group(self, device: Router, group: str, *lines: str) -> None:
        """Enter lines about a group: ``priority 254`` or ``no preempt``."""
        interface, word, number = group.split()
        whole = [
            f"no {word} {number} {line.removeprefix('no ')}"
            if line.startswith("no ")
            else f"{word} {number} {line}"
            for line in lines
        ]
        self.configure(device, f"interface {interface}", *whole)

    def upload(self, device: Router, version: str, **settings: Any) -> str:  # noqa: ANN401
        """Have an image lie on the flash; its name."""
        name = f"c8000v-universalk9.{version}.SPA.bin"
        device.disk.store(f"/flash/{name}", build_image(version, **settings))
        return name

    def word(self, device: Router, group: str) -> str:
        """A group's state in the words of ``show standby`` or ``show vrrp``."""
        interface, protocol, number = group.split()
        said = self.ask(device, f"show {protocol}")
        [block] = re.findall(rf"{interface} - Group {number}\b.*\n  State is (.*)", said)
        return str(block)


class AsaWorld(Clockwork):
    """A failover pair: a is its primary unit and active, b the secondary."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # PairSpec's
        super().__init__(asa_pair("p1", **settings))
        first, second = self.pair.devices
        assert isinstance(first, Asa)
        assert isinstance(second, Asa)
        self.a, self.b = first, second

    def ask(self, unit: Asa, line: str, *answers: str, terminal: Terminal | None = None) -> str:
        """What a privileged login is answered."""
        reply = self.answer(unit, Line(line, terminal or Terminal(), answers))
        return reply.stderr + reply.stdout

    def configure(self, unit: Asa, *lines: str) -> list[str]:
        """Enter configuration lines in one session; what each of them prints."""
        at = Terminal()
        self.ask(unit, "configure terminal", terminal=at)
        return [self.ask(unit, line, terminal=at) for line in lines]

    def prompt(self, unit: Asa, terminal: Terminal | None = None) -> str:
        return self.rig.executor.command_line.prompt(unit, terminal or Terminal())

    def host(self, unit: Asa, which: str = "This") -> str:
        """A unit's state, as it says itself or of the other one: ``Primary - Active``."""
        [found] = re.findall(rf"{which} host: (.*?) *\n", self.ask(unit, "show failover"))
        return str(found)

    def history(self, unit: Asa) -> list[tuple[str, str, str]]:
        """From, to and why since the lab began, in the columns of ``show failover history``."""
        lines = self.ask(unit, "show failover history").splitlines()[3:-1]
        rows = zip(lines[0::3], lines[1::3], strict=True)
        mine = [row for when, row in rows if " Mar 1 " not in when]
        return [(row[:27].strip(), row[27:54].strip(), row[54:]) for row in mine]

    def upload(self, unit: Asa, version: str, **settings: Any) -> str:  # noqa: ANN401
        """Have an image lie on the disk; its name."""
        name = f"asa-{version}.bin"
        unit.disk.store(f"/flash/{name}", build_image(version, **settings))
        return f"disk0:/{name}"

    def upgrade_standby(self, version: str, **settings: Any) -> None:  # noqa: ANN401
        """As Cisco's guide has it: the image on both, named to boot, the standby reloaded."""
        active, standby = (self.a, self.b) if self.a.is_active else (self.b, self.a)
        for unit in (active, standby):
            name = self.upload(unit, version, **settings)
        before = self.ask(active, "show running-config boot system").splitlines()
        old = [f"no {line}" for line in before]
        self.configure(active, *old, f"boot system {name}", *before)
        self.ask(active, "write memory")
        self.ask(active, "failover reload-standby")
        self.wait(10)


class FortiWorld(Clockwork):
    """A cluster of two: a has the higher priority and is primary."""

    def __init__(self, other_version: str | None = None, **settings: Any) -> None:  # noqa: ANN401
        pair = fortigate_pair("p1", **settings)
        members = [replace(member, other_version=other_version) for member in pair.members]
        super().__init__(replace(pair, members=(members[0], members[1])))
        self.a, self.b = (fortigate_of(device) for device in self.pair.devices)

    def ask(
        self, unit: FortiGate, line: str, *answers: str, terminal: Terminal | None = None
    ) -> str:
        """What a line prints; a question is answered with y unless something else is said."""
        at = terminal or Terminal()
        reply = self.answer(unit, Line(line, at, answers or ("y",)))
        return reply.stderr + reply.stdout

    def configure(self, unit: FortiGate, *lines: str) -> None:
        """Enter configuration lines in one session; each is accepted."""
        at = Terminal()
        said = [self.ask(unit, line, terminal=at) for line in lines]
        assert not any(said), said

    def configure_ha(self, unit: FortiGate, *lines: str) -> None:
        """Set something of ``system ha`` on one member, and let it travel."""
        self.configure(unit, "config system ha", *(f"set {line}" for line in lines), "end")
        self.wait(1)

    def word(self, unit: FortiGate) -> str:
        """A member's own role in its own words."""
        [found] = re.findall(r"Current HA mode: (.*)", self.ask(unit, "get system status"))
        return str(found)

    def version(self, unit: FortiGate) -> str:
        [found] = re.findall(r"^Version: \S+ v([\d.]+)", self.ask(unit, "get system status"))
        return str(found)

    def is_in_sync(self) -> bool:
        """As the primary's report has it."""
        said = self.ask(self.a, "get system ha status")
        return re.findall(r"\): (\S+)\n", said) == ["in-sync", "in-sync"]

    def offer(self, version: str, **settings: Any) -> str:  # noqa: ANN401
        """Have every server offer an image; its name."""
        name = file_name(version)
        for unit in (self.a, self.b):
            unit.depot.held[name] = build_image(version, **settings)
        return name

    def restore(self, unit: FortiGate, version: str, **settings: Any) -> str:  # noqa: ANN401
        """``execute restore image``, with an image that is offered; what is said."""
        name = self.offer(version, **settings)
        return self.ask(unit, f"execute restore image tftp {name} 10.0.0.9")

    def reboot(self, unit: FortiGate) -> None:
        """Reboot and wait until it is in the cluster again."""
        self.ask(unit, "execute reboot")
        self.wait(5)


MakeWorld: TypeAlias = Callable[..., World]
MakeFortigates: TypeAlias = Callable[..., FortiWorld]
MakeRouters: TypeAlias = Callable[..., RouterWorld]
MakeAsas: TypeAlias = Callable[..., AsaWorld]
StartLab: TypeAlias = Callable[..., LabThread]
Login: TypeAlias = Callable[..., paramiko.SSHClient]
Execute: TypeAlias = Callable[[paramiko.SSHClient, str], tuple[int, str, str]]
IsOpen: TypeAlias = Callable[[int], bool]
Eventually: TypeAlias = Callable[..., None]


@pytest.fixture
def make_world() -> MakeWorld:
    return World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def make_routers() -> MakeRouters:
    return RouterWorld


@pytest.fixture
def routers() -> RouterWorld:
    return RouterWorld()


@pytest.fixture
def make_asas() -> MakeAsas:
    return AsaWorld


@pytest.fixture
def asas() -> AsaWorld:
    return AsaWorld()


@pytest.fixture
def make_fortigates() -> MakeFortigates:
    return FortiWorld


@pytest.fixture
def fortigates() -> FortiWorld:
    return FortiWorld()


@pytest.fixture
def start_lab() -> Iterator[StartLab]:
    """Start a lab with the pair p1; settings are PairSpec's fields."""
    with ExitStack() as stack:

        def start(speed: float = 1.0, **settings: Any) -> LabThread:  # noqa: ANN401
            spec = LabSpec((simple_pair("p1", **settings),), speed=speed)
            return stack.enter_context(LabThread(spec))

        yield start


@pytest.fixture
def start_routers() -> Iterator[StartLab]:
    """Start a lab with the routers p1; settings are PairSpec's fields."""
    with ExitStack() as stack:

        def start(speed: float = 1.0, **settings: Any) -> LabThread:  # noqa: ANN401
            spec = LabSpec((router_pair("p1", **settings),), speed=speed)
            return stack.enter_context(LabThread(spec))

        yield start


@pytest.fixture
def start_asas() -> Iterator[StartLab]:
    """Start a lab with the failover pair p1; settings are PairSpec's fields."""
    with ExitStack() as stack:

        def start(speed: float = 1.0, **settings: Any) -> LabThread:  # noqa: ANN401
            spec = LabSpec((asa_pair("p1", **settings),), speed=speed)
            return stack.enter_context(LabThread(spec))

        yield start


@pytest.fixture
def start_fortigates() -> Iterator[StartLab]:
    """Start a lab with the cluster p1; settings are PairSpec's fields."""
    with ExitStack() as stack:

        def start(speed: float = 1.0, **settings: Any) -> LabThread:  # noqa: ANN401
            spec = LabSpec((fortigate_pair("p1", **settings),), speed=speed)
            return stack.enter_context(LabThread(spec))

        yield start


@pytest.fixture
def login() -> Iterator[Login]:
    """Log in to a member with paramiko."""
    with ExitStack() as stack:

        def connect(
            lab: LabThread, member: str = "p1a", password: str = "admin", seconds: float = 5.0
        ) -> paramiko.SSHClient:
            client = paramiko.SSHClient()
            stack.callback(client.close)
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507  # the lab's keys
            client.connect(
                "127.0.0.1",
                port=lab.ports[member],
                username="admin",
                password=password,
                look_for_keys=False,
                allow_agent=False,
                timeout=seconds,
                banner_timeout=seconds,
                auth_timeout=seconds,
            )
            return client

        yield connect


@pytest.fixture
def execute() -> Execute:
    """Execute one command: exit status, standard output, standard error."""

    def run(client: paramiko.SSHClient, line: str) -> tuple[int, str, str]:
        _, out, err = client.exec_command(line, timeout=10)
        stdout, stderr = out.read().decode(), err.read().decode()
        return out.channel.recv_exit_status(), stdout, stderr

    return run


@pytest.fixture
def is_open() -> IsOpen:
    def probe(port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        except OSError:
            return False

    return probe


@pytest.fixture
def eventually() -> Eventually:
    def wait(predicate: Callable[[], object], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not predicate():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.01)

    return wait
