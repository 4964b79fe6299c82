"""Two members as one object: whose login is whose, when sessions break."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest
from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade import pair as pairs
from nornir_haupgrade.errors import CommandFailed, LineDropped, LoginRefused
from nornir_haupgrade.model import MemberFacts, PairFacts, Role
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Files, Getters, Transport
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings
from nornir_haupgrade.world import World

FACTS = MemberFacts("id", Role.STANDBY, "12.15", "boot-1", "12.15", others=0)


class Device:
    """A member whose list of logins is what a test says, and whose line can break."""

    READ_ONLY = ()
    FILES = Files.SFTP
    NEEDS_PRIVILEGE = False
    NAPALM: str | None = None
    boot_id = "boot-1"

    pair = "p1"
    flow = None
    files = Files.SFTP

    def __init__(self, member: str = "both") -> None:
        self.member = member
        self.others: int | None = 0
        self.is_cut = False
        self.getters: Getters | None = None
        self.reads_with_napalm = False

    def __call__(self, *_: object, **given: Any) -> Device:  # noqa: ANN401 - whatever Pair gives
        if "getters" in given:
            self.getters = given["getters"]
        return self

    def facts(self) -> MemberFacts:
        if self.reads_with_napalm:
            assert self.getters is not None
            self.getters.get("get_facts")
        if self.is_cut:
            self.is_cut = False
            raise LineDropped("cut", command="show users")
        return replace(FACTS, others=self.others, boot_id=self.boot_id)

    @staticmethod
    def is_same_boot(one: str, other: str) -> bool:
        return one[:6] == other[:6]

    def close(self) -> None: ...


@dataclass
class Clock:
    now: float

    def monotonic(self) -> float:
        return self.now


def later(pair: Pair, seconds: float) -> World:
    """The pair's world in so many seconds."""
    return replace(pair.world, monotonic=Clock(time.monotonic() + seconds).monotonic)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def pair(device: Device, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setattr(pairs, "driver_class", lambda _: device)
    hosts = Hosts({name: Host(name, hostname="127.0.0.1") for name in ("p1a", "p1b")})
    members = (MemberConfig("p1a", None, "memory"), MemberConfig("p1b", None, "memory"))
    nr = Nornir(Inventory(hosts, Groups(), Defaults()))
    world = World(open_transport=lambda *_, **__: cast("Transport", device))
    return Pair(nr, PairConfig("p1", members, "memory"), Settings(), is_read_only=True, world=world)


def others(pair: Pair) -> list[int | None]:
    facts, errors = pair.look()
    assert errors == {}
    return [own.others for _, own in facts.members if own is not None]


def test_one_boot_keeps_the_id_that_it_was_first_known_by(pair: Pair, device: Device) -> None:
    def boot() -> str:
        own = pair.look()[0].of("p1a")
        assert own is not None
        return own.boot_id

    assert boot() == "boot-1"
    device.boot_id = "boot-1 a second later"
    assert boot() == "boot-1"
    device.boot_id = "boot-2"
    assert boot() == "boot-2"


def test_a_boot_that_was_known_to_an_earlier_process_keeps_its_id(
    pair: Pair, device: Device
) -> None:
    pair.recall(PairFacts((("p1a", FACTS), ("p1b", None))))
    device.boot_id = "boot-1 a second later"
    facts, _ = pair.look()
    found = [own.boot_id for _, own in facts.members if own is not None]
    assert found == ["boot-1", "boot-1 a second later"]


def test_a_login_of_somebody_else_counts(pair: Pair, device: Device) -> None:
    device.others = 2
    assert others(pair) == [2, 2]


def test_what_a_device_does_not_tell_stays_unknown(pair: Pair, device: Device) -> None:
    device.others = None
    assert others(pair) == [None, None]


def test_a_broken_session_of_ours_is_nobody_else_s_login(pair: Pair, device: Device) -> None:
    pair.look()
    device.is_cut = True
    assert others(pair) == [0, 0], "a session that dies is no silence: it is read again"
    device.others = 1  # both list one more login: on one it is our dead session
    assert sorted(str(one) for one in others(pair)) == ["0", "1"]

    device.others = 2
    assert set(others(pair)) == {1, 2}
    device.others = 0  # the device has given it up ...
    assert others(pair) == [0, 0]
    device.others = 1  # ... so this is somebody
    assert others(pair) == [1, 1]


def test_what_is_read_in_a_session_that_dies_at_once_is_not_read_again(
    pair: Pair, device: Device
) -> None:
    """Each login may count towards a lockout: only one is spent on a session that had lasted."""
    device.is_cut = True
    _, errors = pair.look()
    assert len(errors) == 1


def test_a_login_that_never_came_about_is_no_broken_session(pair: Pair, device: Device) -> None:
    def refused(*_: object, **__: object) -> NoReturn:
        raise LineDropped("refused", command="login")

    before, pair.world = pair.world, replace(pair.world, open_transport=refused)
    assert len(pair.look()[1]) == 2
    pair.world = before
    device.others = 1
    assert others(pair) == [1, 1]


def test_sessions_that_were_left_behind_are_nobody_else_s_logins(
    pair: Pair, device: Device
) -> None:
    pair.look()
    pair.log_in_anew()
    device.others = 1
    assert others(pair) == [0, 0]


def test_a_login_is_somebody_s_when_our_own_broke_long_ago(pair: Pair, device: Device) -> None:
    pair.look()
    pair.log_in_anew()
    pair.world = later(pair, 600)
    device.others = 1
    assert others(pair) == [1, 1]


def test_a_refused_login_is_not_tried_again_and_again(pair: Pair, device: Device) -> None:
    """Accounts get locked: on both members, and where they are central on every pair."""
    clock = Clock(1000.0)
    tried: list[float] = []

    def refused(*_: object, **__: object) -> NoReturn:
        tried.append(clock.now - 1000)
        raise LoginRefused("wrong password")

    before = replace(pair.world, monotonic=clock.monotonic)
    pair.world = replace(before, open_transport=refused)
    for _ in range(120):
        _, errors = pair.look(["p1a"])
        assert isinstance(errors["p1a"], LoginRefused)
        clock.now += 1
    pair.world = before
    assert tried == [0, 15, 45, 105]
    clock.now += 240
    assert others(pair) == [0, 0]


# --- NAPALM -----------------------------------------------------------------------------------


@pytest.fixture
def reached(pair: Pair, tmp_path: Path) -> Pair:
    """The inventory says of both members how NAPALM reaches them: by files."""
    (tmp_path / "get_facts.1").write_text(json.dumps({"hostname": "r1"}))
    broken = {"exception": "napalm.base.exceptions.ConnectionClosedException", "args": ["gone"]}
    (tmp_path / "get_vlans.1").write_text(json.dumps(broken))
    extras = {"optional_args": {"path": str(tmp_path)}}
    for name in pair.names:
        options = ConnectionOptions(hostname=name, platform="mock", extras=extras)
        pair.host(name).connection_options["napalm"] = options
    return pair


def reads(pair: Pair, getter: str = "get_facts") -> Callable[[str, object], object]:
    def read(name: str, _: object) -> object:
        getters = pair.getters_of(name)
        assert getters is not None
        return getters.get(getter)

    return read


def test_without_a_word_of_napalm_there_are_no_getters(pair: Pair, device: Device) -> None:
    others(pair)
    assert pair.getters_of("p1a") is None
    assert device.getters is None


def test_a_platform_may_name_its_own_driver_of_napalm(pair: Pair, device: Device) -> None:
    device.NAPALM = "mock"
    others(pair)
    assert device.getters is not None


def test_a_session_of_napalm_lasts_as_long_as_one_piece_of_work(
    reached: Pair, tmp_path: Path
) -> None:
    def read_twice(name: str, driver: object) -> object:
        return [reads(reached)(name, driver), reads(reached)(name, driver)]

    (tmp_path / "get_facts.2").write_text(json.dumps({"hostname": "second call"}))
    expected = [{"hostname": "r1"}, {"hostname": "second call"}]
    for _ in range(2):  # NAPALM counts the calls of a session
        assert reached.each(read_twice) == {"p1a": expected, "p1b": expected}
    assert reached.host("p1a").connections == {}


def test_a_session_of_napalm_that_has_ended_is_nobody_else_s_login(
    reached: Pair, device: Device
) -> None:
    reached.each(reads(reached))
    device.others = 1
    assert others(reached) == [0, 0]
    device.others = 2
    assert others(reached) == [1, 1]
    device.others = 0  # the device has given it up ...
    assert others(reached) == [0, 0]
    device.others = 1  # ... so this is somebody
    assert others(reached) == [1, 1]


def test_a_session_of_napalm_that_is_open_is_nobody_else_s_login(
    reached: Pair, device: Device
) -> None:
    device.reads_with_napalm = True
    device.others = 1
    assert others(reached) == [0, 0]


def test_one_that_was_opened_after_the_logins_were_read_is_not_forgotten(
    reached: Pair, device: Device
) -> None:
    device.reads_with_napalm = True
    assert others(reached) == [0, 0]
    device.reads_with_napalm = False
    device.others = 1
    assert others(reached) == [0, 0]


def test_a_session_of_napalm_that_broke_leaves_our_own_open(reached: Pair, device: Device) -> None:
    others(reached)

    def nobody(*_: object, **__: object) -> NoReturn:
        raise AssertionError("logged in anew")

    reached.world = replace(reached.world, open_transport=nobody)
    answers = reached.each(reads(reached, "get_vlans"))
    assert {type(answer) for answer in answers.values()} == {CommandFailed}
    device.others = 1
    assert others(reached) == [0, 0]


@pytest.mark.parametrize(("getter", "seconds"), [("get_facts", 31), ("get_vlans", 301)])
def test_after_a_while_a_login_is_somebody_s(
    reached: Pair,
    device: Device,
    getter: str,
    seconds: int,
) -> None:
    with suppress(CommandFailed):
        reached.one("p1a", reads(reached, getter))
    device.others = 1
    reached.world = later(reached, seconds - 2)
    assert others(reached)[0] == 0
    reached.world = later(reached, seconds)
    assert others(reached)[0] == 1
