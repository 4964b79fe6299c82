"""One Linux lab for all tests of a worker, and sessions to its members from inside its network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.lab.linux import Image, LinuxLab, LinuxSpec, missing
from nornir_haupgrade.model import Change, ImageFile, Role
from nornir_haupgrade.platforms.base import Order, Transport
from nornir_haupgrade.platforms.linux_ha import LinuxHA
from nornir_haupgrade.platforms.transport import open_transport

SPEC = LinuxSpec(pairs=3)

Drive = Callable[..., LinuxHA]


def require_linux() -> None:
    """Skip where the machine cannot run it; a CI that cannot is no CI."""
    lacking = "; ".join(missing())
    if not lacking:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"the Linux lab cannot run here: {lacking}")
    pytest.skip(lacking)


@pytest.fixture(scope="session")
def whole_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinuxLab]:
    require_linux()
    lab = LinuxLab(SPEC, tmp_path_factory.mktemp("linux") / "lab")
    # Before anybody is in its network, which has no way to a mirror.
    for name in ("12", "13", "13-no-ha", "13-truncated"):
        lab.image(name)
    with lab:
        yield lab


@pytest.fixture
def lab(whole_lab: LinuxLab) -> Iterator[LinuxLab]:
    """The lab, healthy before and after, and ourselves in its network."""
    mend(whole_lab)
    with whole_lab.inside():
        yield whole_lab
    mend(whole_lab)


def mend(lab: LinuxLab) -> None:
    """Undo all faults, power all members on, and wait until each pair has its roles."""
    lab.heal()
    for name, own in lab.states.items():
        if own["phase"] != "running":
            lab.power_on(name)
        elif own["role"] == "FAULT":
            lab.run(name, "fwctl ha functional")
    for pair in SPEC.networks:
        until_roles(lab, pair.name)


def until_roles(lab: LinuxLab, pair: str, seconds: float = 20) -> None:
    def are_settled() -> bool:
        own = {name: state["role"] for name, state in lab.states.items() if name[:-1] == pair}
        return sorted(own.values()) == ["BACKUP", "MASTER"]

    lab.wait_until(are_settled, seconds, what=f"{pair} has its roles")


def active(lab: LinuxLab, pair: str = "p1") -> str:
    return lab.member_in(pair, "MASTER")


def standby(lab: LinuxLab, pair: str = "p1") -> str:
    return lab.member_in(pair, "BACKUP")


@pytest.fixture
def connect(lab: LinuxLab) -> Iterator[Callable[..., Transport]]:
    opened: list[Transport] = []

    def connect(member: str, *, read_only: bool = False, inner: bool = False) -> Transport:
        own = lab.states[member]
        host = Host(
            name=member,
            hostname=own["inner" if inner else "address"],
            port=22,
            username="admin",
            password=SPEC.password,
            connection_options={"netmiko": ConnectionOptions(platform="linux")},
        )
        transport = open_transport(
            host,
            pair=member[:-1],
            login_and_read_only=LinuxHA.READ_ONLY,
            read_only=read_only,
            connect_timeout=15,
            known_hosts=lab.known_hosts,
        )
        opened.append(transport)
        return transport

    yield connect
    for transport in opened:
        transport.close()


@pytest.fixture
def drive(connect: Callable[..., Transport]) -> Drive:
    def drive(member: str, **how: Any) -> LinuxHA:  # noqa: ANN401 - any of connect's
        return LinuxHA(connect(member, **how), command_timeout=15, install_timeout=60)

    return drive


def image_file(image: Image) -> ImageFile:
    return ImageFile(image.version, str(image.path), image.sha256, image.size)


def reload_to(lab: LinuxLab, driver: LinuxHA, member: str, image: Image) -> None:
    """Bring a standby to an image in all steps of the driver, and wait for its next boot."""
    file = image_file(image)
    before = lab.states[member]["boot_id"]
    for change in (Change.STAGE, Change.INSTALL, Change.ACTIVATE, Change.RELOAD):
        version = None if change is Change.RELOAD else file.version
        order = Order(change, version=version, image=file, only_if=Role.STANDBY)
        driver.perform(order, driver.facts())
    lab.wait_until(lambda: lab.states[member]["boot_id"] != before, 20, what=f"{member} boots")
