"""No NAPALM driver logs in to a host whose key is not known: real SSH, judged by what arrives.

The server takes no password, so a password that arrives is a host key that was accepted.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
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

from nornir_haupgrade.errors import (
    HAUpgradeError,
    HostKeyChanged,
    HostKeyUnknown,
    LoginRefused,
    Unreachable,
)
from nornir_haupgrade.platforms.logins import OwnLogins
from nornir_haupgrade.platforms.napalm import Napalm, Reach

DRIVERS = ["ios", "nxos_ssh", "iosxr", "eos", "linux"]


class Server:
    """An SSH server on loopback that refuses every password and remembers that it came."""

    def __init__(self, kind: str = "ssh-ed25519") -> None:
        self.key = asyncssh.generate_private_key(kind)
        self.passwords: list[str] = []
        self.lines: list[asyncssh.SSHServerConnection] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._listener: asyncssh.SSHAcceptor | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    async def _listen(self) -> None:
        self._listener = await asyncssh.create_server(
            lambda: Watch(self), "127.0.0.1", 0, server_host_keys=[self.key]
        )
        self.port = self._listener.get_port()

    async def _end(self) -> None:
        assert self._listener is not None
        self._listener.close()
        await self._listener.wait_closed()
        for line in self.lines:
            line.abort()
            await line.wait_closed()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def line(self, name: str = "", key: Any = None, marker: str = "") -> str:  # noqa: ANN401
        public = (key or self.key).export_public_key().decode().split()
        return f"{marker}{name or f'[127.0.0.1]:{self.port}'} {public[0]} {public[1]}\n"


class Watch(asyncssh.SSHServer):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.lines.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.passwords.append(password)
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


Reached = Callable[..., Napalm]


@pytest.fixture
def reach(tmp_path: Path) -> Iterator[Reached]:
    opened: list[Napalm] = []

    def reach(
        driver: str, port: int, known: str, *, address: str = "127.0.0.1", **arguments: object
    ) -> Napalm:
        if driver == "linux":
            pytest.importorskip("napalm_linux")
        if driver == "eos":
            arguments["transport"] = "ssh"
        file = tmp_path / "known_hosts"
        file.write_text(known)
        # As a group has it, with what the inventory must not be able to switch off.
        weak = {"ssh_strict": False, "alt_host_keys": False, **arguments}
        options = ConnectionOptions(platform=driver, extras={"optional_args": weak})
        group = Group("p1", connection_options={"napalm": options})
        host = Host(
            "p1a",
            hostname=address,
            port=port,
            username="admin",
            password="not-this-one",
            groups=ParentGroups([group]),
        )
        nr = Nornir(Inventory(Hosts({"p1a": host}), Groups({"p1": group}), Defaults()))
        opened.append(Napalm(nr, host, Reach("p1", driver, 5.0, 5.0, file), OwnLogins()))
        return opened[-1]

    yield reach
    for napalm in opened:
        napalm.close()


def failure(napalm: Napalm) -> HAUpgradeError:
    with pytest.raises(HAUpgradeError) as caught:
        napalm.get("get_facts")
    return caught.value


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_known_key_is_accepted(driver: str, server: Server, reach: Reached) -> None:
    error = failure(reach(driver, server.port, server.line()))
    assert isinstance(error, LoginRefused), error
    assert str(error).startswith(
        f"p1/p1a: NAPALM's {driver} at 127.0.0.1 port {server.port}: the login is refused"
    )
    assert set(server.passwords) == {"not-this-one"}


@pytest.mark.parametrize("driver", DRIVERS)
def test_nobody_is_contacted_whose_key_is_not_known(
    driver: str, server: Server, reach: Reached
) -> None:
    error = failure(reach(driver, server.port, server.line("another.example.net")))
    assert type(error) is HostKeyUnknown
    assert f"knows no key for 127.0.0.1 port {server.port}" in str(error)
    assert server.lines == []


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_another_key_than_the_known_one_is_never_logged_in_to(
    driver: str, kind: str, server: Server, reach: Reached
) -> None:
    other = asyncssh.generate_private_key(kind)
    error = failure(reach(driver, server.port, server.line(key=other)))
    assert isinstance(error, HostKeyChanged), error
    assert "it offers another host key than the known one" in str(error)
    assert len(server.lines) == 1
    assert server.passwords == []


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("kind", ["ecdsa-sha2-nistp256", "ssh-rsa"])
def test_the_kind_of_key_that_is_known_is_asked_for(driver: str, kind: str, reach: Reached) -> None:
    server = Server(kind)
    try:
        assert isinstance(failure(reach(driver, server.port, server.line())), LoginRefused)
    finally:
        server.close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_wildcards_count_and_revoked_keys_do_not_as_in_our_own_sessions(
    driver: str, server: Server, reach: Reached
) -> None:
    everywhere = server.line("[*]:*")
    assert isinstance(failure(reach(driver, server.port, everywhere)), LoginRefused)
    server.passwords.clear()
    revoked = everywhere + server.line("*", marker="@revoked ")
    assert isinstance(failure(reach(driver, server.port, revoked)), HostKeyUnknown)
    assert server.passwords == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_refused_login_is_not_repeated_at_once(
    driver: str, server: Server, reach: Reached
) -> None:
    napalm = reach(driver, server.port, server.line())
    first, again = failure(napalm), failure(napalm)
    assert first is again
    assert len(server.lines) == 1


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_closed_port_is_said(driver: str, reach: Reached) -> None:
    server = Server()
    server.close()
    error = failure(reach(driver, server.port, server.line()))
    assert isinstance(error, Unreachable)
    assert "the port refuses the connection" in str(error)


def test_the_name_that_an_ssh_configuration_file_leads_to_is_the_one_that_must_be_known(
    server: Server, reach: Reached, tmp_path: Path
) -> None:
    config = tmp_path / "ssh_config"
    config.write_text("Host r1\n  HostName 127.0.0.1\n")
    arguments = {"address": "r1", "ssh_config_file": str(config)}
    napalm = reach("ios", server.port, server.line(), **arguments)
    assert isinstance(failure(napalm), LoginRefused)
    napalm = reach("ios", server.port, server.line(f"[r1]:{server.port}"), **arguments)
    assert isinstance(failure(napalm), HostKeyUnknown)


def test_no_file_of_keys_is_left_behind(
    server: Server, reach: Reached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    failure(reach("ios", server.port, server.line()))
    assert list(folder.iterdir()) == []
