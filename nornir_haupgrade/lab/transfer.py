"""Files onto a device's disk and off it, without a network: what SFTP and SCP come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.lab.disk import UPLOADS

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor


class Refused(Exception):  # noqa: N818  # what the other end is told
    """The device does not take or give a file, and says why."""


def _resolved(device: Device, name: str) -> str:
    return device.disk.resolve(name)


@dataclass(frozen=True, slots=True)
class Depot:
    """How a platform takes and gives files; as given, by SFTP."""

    path: Callable[[Device, str], str] = _resolved
    """The path of a file by the name that the other end uses; raises ``Refused``."""
    is_in_place: bool = False
    """Whether it is written where it belongs (SCP), or beside it and renamed at last (SFTP)."""


SFTP: Final = Depot()


def take(executor: Executor, device: Device, name: str, content: bytes) -> None:
    """Have a device store a file that came whole; a bad line shows in its content.

    Raises:
        Refused: It does not; over SCP, what it had room for stays.
    """
    depot = executor.pair.personality.depot
    path = depot.path(device, name)
    target = path if depot.is_in_place else f"{path}.part"
    try:
        device.disk.create(target)
        device.disk.write(target, 0, content)
    except OSError as error:
        if not depot.is_in_place:
            device.disk.files.pop(target, None)
        raise Refused(error.strerror) from error
    is_kept = depot.is_in_place or path.startswith(f"{UPLOADS}/")
    if is_kept and device.take("corrupt_upload") is not None:
        device.disk.corrupt(target)
    device.disk.files[path] = device.disk.files.pop(target)
    executor.pair.audit.add(
        "upload",
        executor.pair.name,
        member=device.name,
        node_id=device.node_id,
        path=path,
        size=len(content),
    )


def give(executor: Executor, device: Device, name: str) -> bytes:
    """A file of a device.

    Raises:
        Refused: There is none.
    """
    content = device.disk.files.get(executor.pair.personality.depot.path(device, name))
    if content is None:
        raise Refused("No such file or directory")
    return bytes(content)
