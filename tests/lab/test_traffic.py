"""Traffic through a pair of any platform.

It passes only while a member forwards, and a long connection lives through a switchover only where
its session was known to who took over.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from _pytest.mark import ParameterSet

from nornir_haupgrade.lab import Fault, LabSpec, LabThread, MemberSpec, PageSpec, PairSpec, Platform
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from tests.lab.conftest import IsOpen

pytestmark = pytest.mark.ssh

SPEED = 20.0
PAGE = PageSpec("/health", 200, "up")
STATEFUL = [one for one in Platform if PERSONALITIES[one].is_stateful]


def one_now(platforms: Iterable[Platform]) -> list[ParameterSet]:
    """The first of them in every test run, the others where there is more time."""
    return [
        pytest.param(one, marks=[pytest.mark.prove] if number else [])
        for number, one in enumerate(platforms)
    ]


@contextmanager
def running(platform: Platform, *faults: Fault) -> Iterator[LabThread]:
    """The pair p1, p1a active, and behind it a page."""
    own = PERSONALITIES[platform]
    members = (
        MemberSpec("p1a", own.version, priority=100 if own.is_lower_preferred else 120),
        MemberSpec("p1b", own.version, priority=120 if own.is_lower_preferred else 100),
    )
    pair = PairSpec(
        "p1", members, sync_seconds=0.1, platform=platform, faults=faults, pages=(PAGE,)
    )
    with LabThread(LabSpec((pair,), speed=SPEED)) as lab:
        lab.wait_until(lambda it: it.state("p1a").forwards and not it.state("p1b").forwards)
        yield lab


def move(lab: LabThread) -> None:
    """The role goes to p1b, on every platform and by nobody's command: p1a loses its power."""
    lab.inject(Fault("crash", "p1a"))
    lab.wait_until(lambda it: it.rig_of("p1").pair.active is it.rig_of("p1").pair.device("p1b"))


@contextmanager
def connected(lab: LabThread) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", lab.service_ports["p1"]), timeout=2) as line:
        assert line.recv(100) == b"ok p1\n"
        yield line


def is_alive(line: socket.socket) -> bool:
    line.settimeout(0.4)
    line.sendall(b"still there\n")
    try:
        return line.recv(100) == b"still there\n"
    except TimeoutError:
        return False


def page(lab: LabThread, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", lab.web_ports["p1"]), timeout=2) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: any\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(4096), b""))


@pytest.mark.parametrize("platform", Platform)
def test_a_long_connection_lives_where_its_session_was_known(platform: Platform) -> None:
    with running(platform) as lab, connected(lab) as line:
        if platform in STATEFUL:
            lab.wait_until(lambda it: it.state("p1b").known == it.state("p1a").carried)
        move(lab)
        assert is_alive(line)


@pytest.mark.parametrize("platform", one_now(STATEFUL))
def test_a_long_connection_dies_where_it_was_not(platform: Platform) -> None:
    with (
        running(platform, Fault("sessions_never_sync", "p1b")) as lab,
        connected(lab) as line,
    ):
        assert is_alive(line)
        move(lab)
        assert not is_alive(line)
        with connected(lab) as another:
            assert is_alive(another)


@pytest.mark.parametrize("platform", one_now(Platform))
def test_no_port_answers_while_nobody_forwards(platform: Platform, is_open: IsOpen) -> None:
    with running(platform) as lab:
        ports = (lab.service_ports["p1"], lab.web_ports["p1"])
        assert all(is_open(port) for port in ports)
        for name in ("p1a", "p1b"):
            lab.inject(Fault("crash", name))
        lab.wait_until(lambda it: not any(state.forwards for state in it.states.values()))
        assert not any(is_open(port) for port in ports)
        lab.inject(Fault("power_on", "p1b"))
        # All that it has to take over, where that is more than one group.
        lab.wait_until(lambda it: it.rig_of("p1").pair.active is not None)
        assert lab.state("p1b").forwards
        assert all(is_open(port) for port in ports)


@pytest.mark.parametrize("platform", one_now(Platform))
def test_a_dead_data_plane_lets_nothing_through_whatever_the_roles_say(
    platform: Platform, is_open: IsOpen
) -> None:
    with running(platform) as lab, connected(lab) as line:
        lab.inject(Fault("data_dead", "p1a"))
        assert not is_open(lab.service_ports["p1"])
        assert not is_open(lab.web_ports["p1"])
        assert not is_alive(line)


def test_a_page_is_what_was_asked_for_and_nothing_else() -> None:
    with running(Platform.LINUX_HA) as lab:
        head, _, body = page(lab, "/health?at=1").partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert body == b"up"
        assert page(lab, "/").startswith(b"HTTP/1.1 404 ")
