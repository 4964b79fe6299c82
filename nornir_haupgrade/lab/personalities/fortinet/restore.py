"""``execute restore image``: an image is fetched, checked and booted, on one member or both."""

from __future__ import annotations

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.images import read_image
from nornir_haupgrade.lab.personalities.fortinet.change import is_secondary
from nornir_haupgrade.lab.personalities.fortinet.context import At, wrong
from nornir_haupgrade.lab.personalities.fortinet.depot import is_server, is_signed
from nornir_haupgrade.lab.personalities.fortinet.spec import UpgradeMode
from nornir_haupgrade.lab.personalities.fortinet.upgrade import (
    ClusterUpgrade,
    install,
    seconds_for,
)
from nornir_haupgrade.lab.terminal.question import Answering, Question

_FAILED = "Command fail. Return code -1"
_QUESTION = Question(
    "This operation will replace the current firmware version!\nDo you want to continue? (y/n)",
    Answering.LETTER,
)
_SECONDARY_QUESTION = Question(
    "This operation will replace the secondary firmware image!\nDo you want to continue? (y/n)",
    Answering.LETTER,
)


def ask(_: At, __: tuple[str, ...]) -> Question:
    """Before what runs is replaced."""
    return _QUESTION


def ask_secondary(_: At, __: tuple[str, ...]) -> Question:
    """Before the other partition is replaced; no transcript was found, it is worded alike."""
    return _SECONDARY_QUESTION


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _refused(at: At, kind: str, name: str, server: str) -> Outcome | bytes:
    """The image that a server offers, or why it is not taken."""
    device = at.device
    if not is_server(server):
        return wrong(f"Invalid {kind} server address {server}.", _FAILED)
    if device.phase is not Phase.RUNNING:
        return wrong("The system is going down.", _FAILED)
    if any(one.upgrade is not None and not one.upgrade.is_over for one in (device, at.peer)):
        return wrong("A firmware upgrade is in progress.", _FAILED)
    image = device.depot.get(name)
    connecting = ["Please wait...", "", f"Connect to {kind} server {server} ..."]
    if image is None:
        return wrong(*connecting, f"Get image from {kind} server failed.", _FAILED)
    if device.has("corrupt_upload") is not None:
        middle = len(image) // 2
        image = image[:middle] + bytes([image[middle] ^ 0xFF]) + image[middle + 1 :]
    taken = f"Get image from {kind} server OK."
    if not is_signed(image):
        device.take("corrupt_upload")
        return wrong(*connecting, taken, "Check image failed: the signature is wrong.", _FAILED)
    if not device.partitions.fits(len(image)):
        return wrong(*connecting, taken, "Not enough space on the boot device.", _FAILED)
    return image


def _first(kind: str, server: str) -> str:
    return _lines("", "Please wait...", "", f"Connect to {kind} server {server} ...")


def image(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute restore image tftp|ftp F H``; it boots without a further question."""
    kind, (name, server, *_) = at.words[3], arguments
    found = _refused(at, kind, name, server)
    if isinstance(found, Outcome):
        return found
    device = at.device
    mode = device.configuration.upgrade_mode
    told = [
        "#" * 40,
        f"Get image from {kind} server OK.",
        "Verifying the signature of the firmware image.",
        "",
    ]
    if mode is UpgradeMode.LOCAL_ONLY:
        return _local(at, found, _first(kind, server), told)
    if is_secondary(at):
        return wrong("The cluster is upgraded from its primary unit.", _FAILED)
    upgrade = ClusterUpgrade(device, found, mode)

    def act() -> None:
        device.upgrade = upgrade
        upgrade.start()

    is_down = mode is UpgradeMode.SIMULTANEOUS or not device.hears_peer
    last = "Please wait for system to restart." if is_down else "Send image to HA secondary."
    return Outcome(
        Reply(stdout=_lines(*told, last, ""), is_last=is_down),
        Effect.CLUSTER_UPGRADE if device.hears_peer else Effect.REBOOT,
        seconds_for(device, len(found)),
        act,
        _first(kind, server),
    )


def _local(at: At, found: bytes, first: str, told: list[str]) -> Outcome:
    device = at.device

    def act() -> None:
        install(device, found, boots=True)
        device.restart()

    text = _lines(*told, "Please wait for system to restart.", "")
    seconds = seconds_for(device, len(found))
    return Outcome(Reply(stdout=text, is_last=True), Effect.REBOOT, seconds, act, first)


def secondary_image(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute restore secondary-image tftp|ftp F H``: into the other partition, and no boot."""
    kind, (name, server, *_) = at.words[3], arguments
    found = _refused(at, kind, name, server)
    if isinstance(found, Outcome):
        return found
    release = read_image(found).version
    text = _lines(
        "#" * 40,
        f"Get image from {kind} server OK.",
        "Verifying the signature of the firmware image.",
        f"Image v{release} is in the secondary partition.",
        "",
    )
    return Outcome(
        Reply(stdout=text),
        Effect.INSTALL,
        seconds_for(at.device, len(found)),
        lambda: install(at.device, found, boots=False),
        _first(kind, server),
    )
