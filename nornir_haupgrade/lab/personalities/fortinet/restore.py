"""``execute restore image``: an image is fetched, checked and booted, on one member or both.

What is said and asked is that of transcripts of 6.0 to 7.4 found in public notes, and so is what
a cluster says that upgrades itself. Every refusal but "Check image error." is the lab's wording,
and so is the last of the questions about a feature release.
"""

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
from nornir_haupgrade.lab.personalities.fortinet.versions import is_mature, numbers
from nornir_haupgrade.lab.terminal.question import Answering, Question

_FAILED = "Command fail. Return code -1"
_GO_ON = "Do you want to continue? (y/n)"
_SIGNED_FROM, _MATURITY_FROM = (7, 0, 0), (7, 2, 0)
_REPLACE = f"This operation will replace the current firmware version!\n{_GO_ON}"
_STORE = f"This operation will store the firmware to backup partition.\n{_GO_ON}"
_DOWNGRADE = f"This operation will downgrade the current firmware version.\n{_GO_ON}"
_SURE = "Image file uploaded is marked as a Feature image, are you sure you want to upgrade?"
_FEATURE = (
    f"{_SURE}\n{_GO_ON}",
    f"Please confirm that a Feature image is to be used.\n{_GO_ON}",
)


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _doubts(at: At, release: str) -> tuple[str, ...]:
    """What is asked once the image is there: it is older, or less mature than what runs."""
    if numbers(release) < numbers(at.version):
        return (_DOWNGRADE,)
    is_less_mature = is_mature(at.version) and not is_mature(release)
    return _FEATURE if is_less_mature and numbers(at.version) >= _MATURITY_FROM else ()


def ask(at: At, arguments: tuple[str, ...]) -> Question | None:
    """Before what runs is replaced: once, and again for an image that gives reason to."""
    if not at.answers:
        return Question(_REPLACE, Answering.LETTER)
    found = _found(at, arguments)
    doubts = () if isinstance(found, Outcome) else _doubts(at, read_image(found).version)
    if isinstance(found, Outcome) or len(at.answers) > len(doubts):
        return None
    before = _first(at, arguments) + _fetched(at, found) if len(at.answers) == 1 else "\n"
    return Question(before + doubts[len(at.answers) - 1], Answering.LETTER)


def ask_secondary(at: At, _: tuple[str, ...]) -> Question | None:
    """Before the other partition is replaced."""
    return None if at.answers else Question(_STORE, Answering.LETTER)


def _found(at: At, arguments: tuple[str, ...]) -> Outcome | bytes:
    """The image that a server offers, or why it is not taken."""
    device, kind, (name, server, *_) = at.device, at.words[3], arguments
    if not is_server(server):
        return wrong(f"Invalid {kind} server address {server}.", _FAILED)
    if device.phase is not Phase.RUNNING:
        return wrong("The system is going down.", _FAILED)
    if any(one.upgrade is not None and not one.upgrade.is_over for one in (device, at.peer)):
        return wrong("A firmware upgrade is in progress.", _FAILED)
    image, connecting = device.depot.get(name), _first(at, arguments).splitlines()
    if image is None:
        return wrong(*connecting, f"Get image from {kind} server failed.", _FAILED)
    taken = f"Get image from {kind} server OK."
    if not is_signed(image) or device.has("corrupt_upload") is not None:
        return wrong(*connecting, taken, "Check image error.", _FAILED)
    if not device.partitions.fits(len(image)):
        return wrong(*connecting, taken, "Not enough space on the boot device.", _FAILED)
    return image


def _taken(at: At, arguments: tuple[str, ...]) -> Outcome | bytes:
    """The same; an image that was spoilt on its way counts as shown."""
    found = _found(at, arguments)
    if isinstance(found, Outcome) and "Check image error." in found.reply.stdout:
        at.device.take("corrupt_upload")
    return found


def _first(at: At, arguments: tuple[str, ...]) -> str:
    return _lines("", "Please wait...", "", f"Connect to {at.words[3]} server {arguments[1]} ...")


def _fetched(at: At, image: bytes) -> str:
    is_signed_release = numbers(at.version) >= _SIGNED_FROM
    word = "Mature" if is_mature(read_image(image).version) else "Feature"
    is_warned = numbers(at.version) >= _MATURITY_FROM
    warning = f"Warning: Upgrading to an image with {word} maturity notation."
    return _lines(
        "#" * 40,
        f"Get image from {at.words[3]} server OK.",
        *(["Verifying the signature of the firmware image."] if is_signed_release else []),
        *([warning] if is_warned else []),
        "",
    )


def image(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute restore image tftp|ftp F H``; the question answered, it boots."""
    found = _taken(at, arguments)
    if isinstance(found, Outcome):
        return found
    device = at.device
    mode = device.configuration.upgrade_mode
    is_local = mode is UpgradeMode.LOCAL_ONLY
    if is_secondary(at) and not is_local:
        return wrong("The cluster is upgraded from its primary unit.", _FAILED)
    is_told = len(at.answers) > 1
    is_down = is_local or mode is UpgradeMode.SIMULTANEOUS or not device.hears_peer
    last = ["Please wait for system to restart.", "", "Firmware upgrade in progress ...", "Done."]
    if not is_down:
        last = ["Wait for HA to be primary of all clusters...", "Send image to HA secondary."]
    passed = _lines("Checking new firmware integrity ... pass", "", *last, "")
    upgrade = ClusterUpgrade(device, found, mode)

    def act() -> None:
        if is_local:
            install(device, found, boots=True)
            device.restart()
        else:
            device.upgrade = upgrade
            upgrade.start()

    return Outcome(
        Reply(stdout=("" if is_told else _fetched(at, found)) + passed, is_last=is_down),
        Effect.REBOOT if is_local or not device.hears_peer else Effect.CLUSTER_UPGRADE,
        seconds_for(device, len(found)),
        act,
        "" if is_told else _first(at, arguments),
    )


def secondary_image(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute restore secondary-image tftp|ftp F H``: into the other partition, and no boot."""
    found = _taken(at, arguments)
    if isinstance(found, Outcome):
        return found
    return Outcome(
        Reply(stdout=_fetched(at, found) + _lines("Restore to backup partition.", "")),
        Effect.INSTALL,
        seconds_for(at.device, len(found)),
        lambda: install(at.device, found, boots=False),
        _first(at, arguments),
    )
