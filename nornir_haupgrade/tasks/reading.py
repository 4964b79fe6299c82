"""What a task that only reads does: one session of its own, which the guard keeps read-only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, WrongDevice
from nornir_haupgrade.platforms import driver_class, known_platforms
from nornir_haupgrade.settings import load_settings, pair_name_of, read_member
from nornir_haupgrade.tasks.project import project_of, whole_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir.core.task import Task

    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.platforms.base import Driver


@contextmanager
def driver_of(task: Task) -> Iterator[Driver]:
    """The driver of the task's host, logged in to; its peer may be anywhere or nowhere.

    Raises:
        BadInput: The inventory does not say what is needed; nothing was contacted.
        ConnectFailed: There is no session, and why.
        WrongDevice: The device is not the one that the inventory names.
    """
    from nornir_haupgrade.platforms.transport import open_transport

    host = task.host
    settings = load_settings(task.nornir)
    member = read_member(host, known_platforms())
    kind = driver_class(member.platform)
    transport = open_transport(
        host,
        pair=pair_name_of(host) or "",
        login_and_read_only=kind.READ_ONLY,
        read_only=True,
        connect_timeout=settings.connect_timeout,
        known_hosts=settings.known_hosts,
    )
    try:
        driver = kind(
            transport,
            command_timeout=settings.command_timeout,
            install_timeout=settings.install_timeout,
        )
        if member.identity is not None:
            _prove_identity(driver, member.identity)
        yield driver
    finally:
        transport.close()


def _prove_identity(driver: Driver, planned: str) -> None:
    found = driver.facts().identity
    if found != planned:
        raise WrongDevice(
            f"the device says it is {found}, the inventory says {planned}",
            advice="correct the address, or the identity in the inventory",
        )


@contextmanager
def pair_of(task: Task) -> Iterator[Pair]:
    """The whole pair of the task's host, read-only.

    Raises:
        BadInput: The inventory does not say what is needed; nothing was contacted.
    """
    from nornir_haupgrade.pair import Pair

    name = pair_name_of(task.host)
    if name is None:
        raise BadInput("this host belongs to no pair", advice="give it ha.pair in the inventory")
    project = project_of(whole_inventory(task.nornir, task.host), [name])
    pair = Pair(project.nr, project.pairs[0], project.settings, is_read_only=True)
    try:
        yield pair
    finally:
        pair.close()
