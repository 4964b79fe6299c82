"""The privileged prompt: asked for where a platform needs it, and nothing else passes with it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.errors import LoginRefused, NotReadOnly
from nornir_haupgrade.platforms.base import Transport
from nornir_haupgrade.platforms.transport import open_transport
from tests.platforms.router import PASSWORD, SECRET, Router, running

pytestmark = pytest.mark.ssh
READS = (r"", r"terminal width 511", r"terminal length 0", r"show users")
Log = Callable[..., Transport]


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    with running(Router(tmp_path, answers={"show users": "one"})) as router:
        yield router


@pytest.fixture
def log_in(router: Router, tmp_path: Path) -> Iterator[Log]:
    opened: list[Transport] = []

    def log_in(extras: dict[str, Any] | None = None, **settings: Any) -> Transport:  # noqa: ANN401
        known = tmp_path / "known_hosts"
        known.write_text(router.known_hosts)
        host = Host(
            name="r1",
            hostname="127.0.0.1",
            port=router.port,
            username="ops",
            password=PASSWORD,
            connection_options={"netmiko": ConnectionOptions(platform="cisco_xe", extras=extras)},
        )
        asked: dict[str, Any] = {
            "pair": "edge",
            "login_and_read_only": READS,
            "read_only": True,
            "connect_timeout": 9.0,
            "known_hosts": known,
            "needs_privilege": True,
        }
        opened.append(open_transport(host, **(asked | settings)))
        return opened[-1]

    yield log_in
    for transport in opened:
        transport.close()


def test_a_login_with_privilege_needs_no_secret(router: Router, log_in: Log) -> None:
    assert log_in().command("show users", timeout=5) == "one"
    assert "enable" not in router.lines


def test_a_secret_gives_the_privilege_that_the_login_lacks(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    transport = log_in({"secret": SECRET})
    assert transport.command("show users", timeout=5) == "one"
    assert [line for line in router.lines if line] == [
        "terminal width 511",
        "terminal length 0",
        "enable",
        SECRET,
        "show users",
    ]


def test_a_device_that_asks_for_no_secret_gets_none(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    router.secret = None
    assert log_in({"secret": SECRET}).command("show users", timeout=5) == "one"
    assert SECRET not in router.lines


def test_what_passed_once_does_not_pass_again(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    transport = log_in({"secret": SECRET})
    for text in ("enable", SECRET, "reload"):
        with pytest.raises(NotReadOnly) as caught:
            transport.command(text, timeout=5)
        assert SECRET not in str(caught.value)


def test_without_a_secret_it_is_said_what_is_missing(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    with pytest.raises(LoginRefused, match="no enable secret is configured") as caught:
        log_in()
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")
    assert "enable" not in router.lines


def test_a_wrong_secret_is_a_refused_login(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    with pytest.raises(LoginRefused, match="does not accept the enable secret") as caught:
        log_in({"secret": "wr0ng-one"})
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")
    assert "wr0ng-one" not in str(caught.value)
    assert router.lines.count("wr0ng-one") == 1


def test_a_platform_that_needs_no_privilege_does_not_ask(router: Router, log_in: Log) -> None:
    router.is_privileged = False
    transport = log_in({"secret": SECRET}, needs_privilege=False)
    assert transport.command("show users", timeout=5) == "one"
    assert "enable" not in router.lines


def test_a_long_name_that_the_library_cuts_is_known_as_a_prompt(
    router: Router, log_in: Log
) -> None:
    router.name = "edge-router-of-the-north-1"
    transport = log_in()
    assert transport.command("show users", timeout=5) == "one"
    assert transport.command("show users", timeout=5) == "one"
