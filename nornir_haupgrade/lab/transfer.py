"""Files onto a device's disk and off it, without a network: what SFTP and SCP come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import UPLOADS
from nornir_haupgrade.lab.iosxe.configuration import SCP
from nornir_haupgrade.lab.iosxe.router import Router
from nornir_haupgrade.lab.iosxe.software import flash_path

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor


class Refused(Exception):  # noqa: N818  # what the other end is told
    """The device does not take or give a file, and says why."""


def take(executor: Executor, device: Device, name: str, content: bytes) -> None:
    """Have a device store a file that came whole; a bad line shows in its content.

    Raises:
        Refused: It does not; over SCP, what it had room for stays.
    """
    path = _path(device, name)
    target = path if isinstance(device, Router) else f"{path}.part"
    try:
        device.disk.create(target)
        device.disk.write(target, 0, content)
    except OSError as error:
        if not isinstance(device, Router):
            device.disk.files.pop(target, None)
        raise Refused(error.strerror) from error
    is_kept = isinstance(device, Router) or path.startswith(f"{UPLOADS}/")
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


def give(device: Device, name: str) -> bytes:
    """A file of a device.

    Raises:
        Refused: There is none.
    """
    content = device.disk.files.get(_path(device, name))
    if content is None:
        raise Refused("No such file or directory")
    return bytes(content)


def _path(device: Device, name: str) -> str:
    if not isinstance(device, Router):
        return device.disk.resolve(name)
    if SCP not in device.configuration.running:
        raise Refused("Administratively disabled.")
    path = flash_path(name)
    if path is None:
        raise Refused("No such file or directory")
    return path
