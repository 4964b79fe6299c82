"""NAPALM for one member, with NAPALM's own driver that reads its answers from files."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)
from nornir.core.processor import Processors
from nornir.core.task import AggregatedResult, MultiResult, Task

from nornir_haupgrade.errors import (
    BadInput,
    CommandFailed,
    ConnectFailed,
    HAUpgradeError,
    LoginRefused,
    NotReadOnly,
    Unreachable,
)
from nornir_haupgrade.platforms.logins import OwnLogins
from nornir_haupgrade.platforms.napalm import Napalm, Reach, is_configured, platform_of

FACTS = {"hostname": "r1", "serial_number": "SN1", "uptime": 5.0}
PASSWORD = "s3cret-of-the-lab"


class Rig:
    """One member in a group that carries the options, and what was told of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arguments: dict[str, Any] = {"path": str(folder)}
        self.extras: dict[str, Any] = {"optional_args": self.arguments}
        self.options = ConnectionOptions(platform="mock", extras=self.extras)
        group = Group("p1", connection_options={"napalm": self.options})
        self.hosts = Hosts(
            {
                name: Host(
                    name,
                    hostname="127.0.0.1",
                    port=port,
                    username="admin",
                    password=PASSWORD,
                    groups=ParentGroups([group]),
                )
                for name, port in (("p1a", 2001), ("p1b", 2002))
            }
        )
        self.nr = Nornir(Inventory(self.hosts, Groups({"p1": group}), Defaults()))
        self.own = OwnLogins()
        self.told: list[tuple[str, str, str]] = []
        self.timeout = 5.0

    def answers(self, getter: str, data: object, call: int = 1) -> None:
        (self.folder / f"{getter}.{call}").write_text(json.dumps(data))

    def raises(self, getter: str, kind: str, *args: str) -> None:
        self.answers(getter, {"exception": kind, "args": args})

    def napalm(self, member: str = "p1a", platform: str = "mock") -> Napalm:
        reach = Reach("p1", platform, self.timeout, self.timeout / 10, self.folder / "known_hosts")
        return Napalm(
            self.nr,
            self.hosts[member],
            reach,
            self.own,
            peer=self.hosts["p1b" if member == "p1a" else "p1a"],
            tell=lambda *what: self.told.append(what),
        )

    @property
    def ended(self) -> int:
        """How many sessions of ours the member may still list."""
        now = time.monotonic()
        return self.own.among(1000, asked=now, now=now)

    @property
    def broken(self) -> int:
        """How many of them for long."""
        now = time.monotonic() + 60
        return self.own.among(1000, asked=now, now=now)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.answers("get_facts", FACTS)
    return rig


def failure(napalm: Napalm, getter: str = "get_facts", **options: object) -> HAUpgradeError:
    with pytest.raises(HAUpgradeError) as caught:
        napalm.get(getter, **options)
    return caught.value


def test_a_getter_returns_plain_data(rig: Rig) -> None:
    napalm = rig.napalm()
    assert napalm.get("get_facts") == FACTS
    assert rig.ended == 0
    napalm.close()
    assert (rig.ended, rig.broken) == (1, 0)


def test_options_reach_the_getter(rig: Rig) -> None:
    rig.answers("get_route_to", {"10.0.0.0/8": []})
    assert rig.napalm().get("get_route_to", destination="10.0.0.0/8") == {"10.0.0.0/8": []}


def test_nothing_is_opened_before_the_first_getter_and_nothing_closed_that_was_not(
    rig: Rig,
) -> None:
    rig.arguments["fail_on_open"] = True
    napalm = rig.napalm()
    napalm.close()
    assert rig.ended == 0


def test_one_session_serves_all_getters_until_it_is_closed(rig: Rig) -> None:
    rig.answers("get_facts", {"hostname": "second call"}, call=2)
    napalm = rig.napalm()
    assert napalm.get("get_facts") == FACTS
    assert napalm.get("get_facts") == {"hostname": "second call"}
    napalm.close()
    napalm.close()
    assert rig.ended == 1
    assert napalm.get("get_facts") == FACTS  # the calls of another session


def test_nothing_is_written_into_the_inventory(rig: Rig) -> None:
    """nornir-napalm writes the port of the first member into the options of the group."""
    for member in ("p1a", "p1b"):
        napalm = rig.napalm(member)
        napalm.get("get_facts")
        assert rig.hosts[member].connections == {}
        napalm.close()
        assert rig.hosts[member].connections == {}
    assert rig.arguments == {"path": str(rig.folder)}
    assert rig.extras == {"optional_args": rig.arguments}


def test_a_connection_that_the_caller_has_open_is_left_alone(rig: Rig) -> None:
    theirs: Any = object()
    rig.hosts["p1a"].connections["napalm"] = theirs
    napalm = rig.napalm()
    assert napalm.get("get_facts") == FACTS
    napalm.close()
    rig.arguments["fail_on_open"] = True
    failure(rig.napalm())
    failure(rig.napalm(platform="no_such_driver"))
    assert rig.hosts["p1a"].connections == {"napalm": theirs}


@pytest.mark.parametrize(
    "name",
    ["cli", "ping", "traceroute", "load_merge_candidate", "commit_config", "rollback", "close"],
)
def test_what_does_more_than_read_is_refused_before_any_contact(rig: Rig, name: str) -> None:
    rig.arguments["fail_on_open"] = True
    error = failure(rig.napalm(), name)
    assert isinstance(error, NotReadOnly)
    assert str(error).startswith(f"p1/p1a: {name!r} is not one of NAPALM's getters that only read")
    assert rig.told == []


@pytest.mark.parametrize(
    ("getter", "options"),
    [
        ("get_config", {"full": True}),
        ("get_config", {"retrieve": "running; reload"}),
        ("get_route_to", {"destination": "0.0.0.0/0\nreload"}),
        ("get_facts", {"command": "reload"}),
    ],
)
def test_so_are_options_that_could_do_more(
    rig: Rig, getter: str, options: dict[str, object]
) -> None:
    assert isinstance(failure(rig.napalm(), getter, **options), NotReadOnly)


def test_a_getter_that_the_driver_lacks_is_said_and_the_session_stays(rig: Rig) -> None:
    napalm = rig.napalm()
    error = failure(napalm, "get_vlans")
    assert str(error) == (
        "p1/p1a: NAPALM's mock at 127.0.0.1 has no get_vlans. Next: leave it out of ha.getters"
    )
    assert isinstance(error, CommandFailed)
    assert rig.ended == 0
    assert napalm.get("get_facts") == FACTS


def test_an_answer_that_the_driver_cannot_make_sense_of_is_said(rig: Rig) -> None:
    rig.raises("get_vlans", "builtins.KeyError", "vlan")
    error = failure(rig.napalm(), "get_vlans")
    assert "'napalm get_vlans' failed: KeyError: 'vlan'" in str(error)
    assert rig.ended == 0


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("napalm.base.exceptions.ConnectionClosedException", "the session broke under"),
        ("builtins.EOFError", "the session broke under"),
        ("builtins.ConnectionResetError", "the session broke under"),
        ("napalm.base.exceptions.CommandTimeoutException", "no complete answer in time"),
        ("netmiko.exceptions.ReadTimeout", "no complete answer in time"),
    ],
)
def test_a_session_that_broke_is_given_up_and_the_next_getter_has_another(
    rig: Rig, kind: str, said: str
) -> None:
    rig.raises("get_vlans", kind, "gone")
    napalm = rig.napalm()
    assert said in str(failure(napalm, "get_vlans"))
    assert napalm.get("get_facts") == FACTS
    napalm.close()
    assert rig.ended == 2
    assert rig.broken == 1


def test_a_device_that_cannot_be_connected_to_is_said(rig: Rig) -> None:
    rig.arguments["fail_on_open"] = True
    error = failure(rig.napalm())
    assert type(error) is ConnectFailed
    assert str(error) == (
        "p1/p1a: NAPALM's mock at 127.0.0.1: ConnectionException: You told me to do this."
        " Next: check connection_options: napalm: in the inventory"
    )


def test_no_secret_and_no_traceback_leaves_it(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rig.arguments["secret"] = "enable-me"
    said = f"bad password {PASSWORD} or enable-me"
    rig.raises("get_vlans", "builtins.ValueError", said, "Traceback")
    error = failure(rig.napalm(), "get_vlans")
    shown = f"{error}{rig.told}{caplog.text}"
    assert "bad password *** or ***" in str(error)
    assert PASSWORD not in shown
    assert "enable-me" not in shown
    assert "Traceback (most recent" not in shown
    assert error.__cause__ is None


def test_what_was_asked_is_told_with_its_size_and_not_with_its_content(rig: Rig) -> None:
    rig.answers("get_config", {"running": "enable secret 5 x"})
    rig.napalm().get("get_config", retrieve="running")
    failure(rig.napalm(), "get_vlans")
    (_, command, said), (_, failed, why) = rig.told
    assert command == "napalm get_config retrieve=running"
    assert said == "32 characters of JSON"
    assert failed == "napalm get_vlans"
    assert why.startswith("(CommandFailed) ")


def test_processors_and_the_callers_own_failures_are_as_nornir_has_them(rig: Rig) -> None:
    class Watch:
        def __init__(self) -> None:
            self.seen: list[str] = []

        def task_started(self, task: Task) -> None:
            self.seen.append(f"{task.name} of {list(task.nornir.inventory.hosts)}")

        def task_completed(self, task: Task, result: AggregatedResult) -> None:
            self.seen.append(f"failed: {list(result.failed_hosts)}")

        def task_instance_started(self, task: Task, host: Host) -> None: ...
        def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...
        def subtask_instance_started(self, task: Task, host: Host) -> None: ...
        def subtask_instance_completed(
            self, task: Task, host: Host, result: MultiResult
        ) -> None: ...

    watch = Watch()
    rig.nr.processors = Processors([watch])
    napalm = rig.napalm()
    napalm.get("get_facts")
    failure(napalm, "get_vlans")
    one = "napalm_get of ['p1a']"
    assert watch.seen == [one, "failed: []", one, "failed: ['p1a']"]
    assert rig.nr.data.failed_hosts == set()


def test_two_members_at_one_address_are_one_device(rig: Rig) -> None:
    rig.arguments["port"] = 2001
    error = failure(rig.napalm())
    assert isinstance(error, BadInput)
    assert "NAPALM is told to reach p1b at the same address, 127.0.0.1 port 2001" in str(error)


@pytest.mark.parametrize("platform", ["junos", "iosxr_netconf"])
def test_a_driver_that_cannot_be_told_of_host_keys_is_not_used(rig: Rig, platform: str) -> None:
    error = failure(rig.napalm(platform=platform))
    assert isinstance(error, BadInput)
    assert f"NAPALM's driver {platform!r} is not known to check SSH host keys" in str(error)


@pytest.mark.parametrize("platform", ["ios", "eos"])
def test_telnet_is_not_spoken(rig: Rig, platform: str) -> None:
    rig.arguments["transport"] = "telnet"
    assert "is told to use Telnet" in str(failure(rig.napalm(platform=platform)))


@pytest.mark.parametrize("platform", ["", "no_such_driver"])
def test_a_driver_that_is_not_there_is_bad_input(rig: Rig, platform: str) -> None:
    error = failure(rig.napalm(platform=platform))
    assert isinstance(error, BadInput)
    assert "there is no such driver" in str(error)


SLOW = """
import threading
from napalm.base import mock

hang = threading.Event()

class SlowDriver(mock.MockDriver):
    def __getattribute__(self, name):
        if name == "get_facts":
            return lambda: hang.wait(60)
        return super().__getattribute__(name)

    def open(self):
        if self.path == "slow":
            hang.wait(60)
        super().open()

    def close(self):
        if self.path == "deaf":
            raise OSError("the line is dead")
        super().close()
"""


@pytest.fixture
def hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a generator
    """A driver of the site's own that waits until it is let go."""
    (tmp_path / "napalm_slow.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    import napalm_slow  # type: ignore[import-not-found]

    yield napalm_slow.hang
    napalm_slow.hang.set()
    for thread in threading.enumerate():
        if thread.name == "napalm":
            thread.join(10)
    del sys.modules["napalm_slow"]


def test_a_getter_that_never_answers_ends_in_time(rig: Rig, hang: threading.Event) -> None:
    rig.timeout = 1.0  # of which a tenth for one command, and ten such for a getter
    error = failure(rig.napalm(platform="slow"))
    assert "no complete answer in time; the session was closed: 'napalm get_facts'" in str(error)
    assert rig.broken == 1


def test_so_does_a_driver_that_never_connects(rig: Rig, hang: threading.Event) -> None:
    rig.timeout = 1.0
    rig.arguments["path"] = "slow"
    error = failure(rig.napalm(platform="slow"))
    assert isinstance(error, Unreachable)
    assert "timed out" in str(error)


def test_an_end_that_fails_is_an_end(rig: Rig, hang: threading.Event) -> None:
    hang.set()
    rig.arguments["path"] = "deaf"
    napalm = rig.napalm(platform="slow")
    napalm.get("get_facts")
    napalm.close()
    assert rig.ended == 1


def test_whether_and_how_it_is_reached_is_what_the_inventory_says(rig: Rig) -> None:
    host = rig.hosts["p1a"]
    assert is_configured(host)
    assert platform_of(host, "ios") == "mock"
    self_said = Host("x", connection_options={"napalm": ConnectionOptions(platform="eos")})
    assert platform_of(self_said, "ios") == "eos"
    bare = Host("x", platform="nxos_ssh")
    assert not is_configured(bare)
    assert platform_of(bare, "ios") == "ios"
    assert platform_of(bare, None) == "nxos_ssh"
    everywhere = ConnectionOptions(platform="asa")
    of_all = Host("x", defaults=Defaults(connection_options={"napalm": everywhere}))
    assert is_configured(of_all)
    assert platform_of(of_all, None) == "asa"


def test_a_refused_login_is_recognised_without_its_librarys_class(rig: Rig) -> None:
    from nornir_haupgrade.platforms.napalm_errors import not_connected

    for text in ("401 Client Error: Unauthorized", "Login failed", "Authentication failed"):
        assert isinstance(not_connected(ValueError(text), "x", ()), LoginRefused)
