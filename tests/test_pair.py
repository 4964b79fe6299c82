"""Two members as one object: whose login is whose, when sessions break."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade import pair as pairs
from nornir_haupgrade.errors import LineDropped, LoginRefused
from nornir_haupgrade.model import MemberFacts, Role
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings

FACTS = MemberFacts("id", Role.STANDBY, "12.15", "boot-1", "12.15", others=0)


class Device:
    """A member whose list of logins is what a test says, and whose line can break."""

    READ_ONLY = ()
    FILES = Files.SFTP
    NEEDS_PRIVILEGE = False

    pair = "p1"
    flow = None
    files = Files.SFTP

    def __init__(self, member: str = "both") -> None:
        self.member = member
        self.others: int | None = 0
        self.is_cut = False

    def __call__(self, *_: object, **__: object) -> Device:
        return self

    def facts(self) -> MemberFacts:
        if self.is_cut:
            self.is_cut = False
            raise LineDropped("cut", command="show users")
        return replace(FACTS, others=self.others)

    def close(self) -> None: ...


@dataclass
class Clock:
    now: float

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def pair(device: Device, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setattr(pairs, "driver_class", lambda _: device)
    monkeypatch.setattr(pairs, "open_transport", lambda *_, **__: device)
    hosts = Hosts({name: Host(name, hostname="127.0.0.1") for name in ("p1a", "p1b")})
    members = (MemberConfig("p1a", None, "memory"), MemberConfig("p1b", None, "memory"))
    nr = Nornir(Inventory(hosts, Groups(), Defaults()))
    return Pair(nr, PairConfig("p1", members, "memory"), Settings(), is_read_only=True)


def others(pair: Pair) -> list[int | None]:
    facts, errors = pair.look()
    assert errors == {}
    return [own.others for _, own in facts.members if own is not None]


def test_a_login_of_somebody_else_counts(pair: Pair, device: Device) -> None:
    device.others = 2
    assert others(pair) == [2, 2]


def test_what_a_device_does_not_tell_stays_unknown(pair: Pair, device: Device) -> None:
    device.others = None
    assert others(pair) == [None, None]


def test_a_broken_session_of_ours_is_nobody_else_s_login(pair: Pair, device: Device) -> None:
    pair.look()
    device.is_cut = True
    facts, errors = pair.look()
    assert len(errors) == 1
    (broken,) = errors
    device.others = 1  # both list one more login: on one it is our dead session
    facts, _ = pair.look()
    found = {name: own.others for name, own in facts.members if own is not None}
    assert found == {broken: 0, next(name for name in found if name != broken): 1}

    device.others = 2
    assert set(others(pair)) == {1, 2}
    device.others = 0  # the device has given it up ...
    assert others(pair) == [0, 0]
    device.others = 1  # ... so this is somebody
    assert others(pair) == [1, 1]


def test_a_login_that_never_came_about_is_no_broken_session(
    pair: Pair, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> Device:
        raise LineDropped("refused", command="login")

    with monkeypatch.context() as patched:
        patched.setattr(pairs, "open_transport", refused)
        assert len(pair.look()[1]) == 2
    device.others = 1
    assert others(pair) == [1, 1]


def test_sessions_that_were_left_behind_are_nobody_else_s_logins(
    pair: Pair, device: Device
) -> None:
    pair.look()
    pair.log_in_anew()
    device.others = 1
    assert others(pair) == [0, 0]


def test_a_login_is_somebody_s_when_our_own_broke_long_ago(
    pair: Pair, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.look()
    pair.log_in_anew()
    monkeypatch.setattr(pairs, "time", Clock(time.monotonic() + 600))
    device.others = 1
    assert others(pair) == [1, 1]


def test_a_refused_login_is_not_tried_again_and_again(
    pair: Pair, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts get locked: on both members, and where they are central on every pair."""
    clock = Clock(1000.0)
    monkeypatch.setattr(pairs, "time", clock)
    tried: list[float] = []

    def refused(*_: object, **__: object) -> Device:
        tried.append(clock.now - 1000)
        raise LoginRefused("wrong password")

    with monkeypatch.context() as patched:
        patched.setattr(pairs, "open_transport", refused)
        for _ in range(120):
            _, errors = pair.look(["p1a"])
            assert isinstance(errors["p1a"], LoginRefused)
            clock.now += 1
    assert tried == [0, 15, 45, 105]
    clock.now += 240
    assert others(pair) == [0, 0]
