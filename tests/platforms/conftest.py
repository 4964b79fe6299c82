"""Labs over real SSH, and sessions to their members that are closed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.lab import LabSpec, LabThread, build_image, simple_pair
from nornir_haupgrade.model import ImageFile
from nornir_haupgrade.platforms.base import Transport
from nornir_haupgrade.platforms.linux_ha import LinuxHA
from nornir_haupgrade.platforms.transport import open_transport

SPEED = 5.0
PASSWORD = "s3cret-of-the-lab"


class Open(Protocol):
    """Log in to a member of the lab; everything may be said otherwise."""

    def __call__(self, member: str = ..., **settings: Any) -> Transport: ...  # noqa: ANN401 - any of them


@pytest.fixture
def start_lab() -> Iterator[Callable[..., LabThread]]:
    with ExitStack() as stack:

        def start(**settings: Any) -> LabThread:  # noqa: ANN401 - any of them
            spec = LabSpec((simple_pair(**settings),), speed=SPEED, password=PASSWORD)
            lab = stack.enter_context(LabThread(spec))
            lab.wait_until(
                lambda it: {str(state.role) for state in it.states.values()} == {"MASTER", "BACKUP"}
            )
            return lab

        yield start


@pytest.fixture
def lab(start_lab: Callable[..., LabThread]) -> LabThread:
    return start_lab()


@pytest.fixture
def known_hosts(lab: LabThread, tmp_path: Path) -> Path:
    file = tmp_path / "known_hosts"
    file.write_text(lab.known_hosts)
    return file


@pytest.fixture
def connect(lab: LabThread, known_hosts: Path) -> Iterator[Open]:
    opened: list[Transport] = []

    def connect(
        member: str = "p1a",
        *,
        password: str = PASSWORD,
        platform: str = "linux",
        extras: dict[str, Any] | None = None,
        port: int | None = None,
        hostname: str = "127.0.0.1",
        **settings: Any,  # noqa: ANN401 - any of them
    ) -> Transport:
        host = Host(
            name=member,
            hostname=hostname,
            port=port or lab.ports[member],
            username="admin",
            password=password,
            connection_options={"netmiko": ConnectionOptions(platform=platform, extras=extras)},
        )
        asked: dict[str, Any] = {
            "pair": "p1",
            "login_and_read_only": LinuxHA.READ_ONLY,
            "read_only": False,
            "connect_timeout": 10.0,
            "known_hosts": known_hosts,
        }
        opened.append(open_transport(host, **(asked | settings)))
        return opened[-1]

    yield connect
    for transport in opened:
        transport.close()


@pytest.fixture
def drive(connect: Open) -> Callable[..., LinuxHA]:
    def drive(member: str = "p1a", **settings: Any) -> LinuxHA:  # noqa: ANN401 - any of them
        return LinuxHA(connect(member, **settings), command_timeout=5, install_timeout=20)

    return drive


@pytest.fixture
def image(tmp_path: Path) -> ImageFile:
    content = build_image("13.8")
    file = tmp_path / "fw-13.8.img"
    file.write_bytes(content)
    return ImageFile("13.8", str(file), hashlib.sha256(content).hexdigest(), len(content))
