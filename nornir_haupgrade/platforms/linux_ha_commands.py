"""What is said to ``fwctl``: pure functions from an order to the exact lines."""

from __future__ import annotations

import re

from nornir_haupgrade.errors import HAUpgradeError, ImageError
from nornir_haupgrade.model import Change, ImageFile, MemberFacts, Role
from nornir_haupgrade.platforms.base import Order

UPLOADS = "/flash/upload"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_STATES = {
    Role.STANDBY: "BACKUP",
    Role.SUSPENDED: "FAULT",
    # Two states of the device are this one role; which it is, is read just before sending.
    Role.FAILED: "INIT|FAULT",
}
_PLAIN = {
    Change.SYNC_CONFIG: "fwctl ha sync-config",
    Change.PREEMPTION_ON: "fwctl ha preempt on",
    Change.PREEMPTION_OFF: "fwctl ha preempt off",
    Change.RELINQUISH: "fwctl ha suspend",
    Change.RELEASE: "fwctl ha functional",
}


def commands_of(order: Order, facts: MemberFacts) -> tuple[str, ...]:
    """The lines of a change, in order.

    An upload travels by SFTP and not through the command line; it is shown as ``sftp put NAME
    PATH``, which is never sent. A change that is conditional on FAILED is shown with
    ``INIT|FAULT``; exactly one of the two is sent.

    Raises:
        ImageError: No slot holds the version, or the order lacks the image.
        HAUpgradeError: A name that has no business in a command line, or a role that no change may
            depend on.
    """
    match order.change:
        case Change.BACK_UP:
            return (f"fwctl backup {plain_name(order.name, 'backup')}",)
        case Change.STAGE:
            name = plain_name(_image(order).name, "image file")
            return (f"sftp put {name} {UPLOADS}/{name}",)
        case Change.INSTALL:
            return (_install(_image(order)) + _condition(order.only_if),)
        case Change.ACTIVATE:
            return (f"fwctl image boot {_slot(order, facts)}{_condition(order.only_if)}",)
        case Change.RELOAD:
            return (f"fwctl reboot{_condition(order.only_if)}",)
        case change if change in _PLAIN:
            return (_PLAIN[change],)
        case change:
            raise HAUpgradeError(f"{change} is no change of this platform")


def plain_name(name: str | None, what: str) -> str:
    """A name that means only itself in a command line and in a path.

    Raises:
        HAUpgradeError: It does not.
    """
    if name is None or not _NAME.fullmatch(name):
        raise HAUpgradeError(
            f"the {what} name {name!r} is not sent to a device",
            advice="use letters, digits, dot, plus, minus and underscore, a letter or digit first",
        )
    return name


def _install(image: ImageFile) -> str:
    if not _SHA256.fullmatch(image.sha256):
        raise ImageError(f"{image.name!r} has no SHA-256 checksum: {image.sha256!r}")
    name = plain_name(image.name, "image file")
    return f"fwctl image install {name} {image.sha256} {plain_name(image.version, 'version')}"


def _slot(order: Order, facts: MemberFacts) -> str:
    if order.version is None:
        raise ImageError("the change names no version to boot")
    slot = facts.slot_of(order.version)
    if slot is None:
        held = ", ".join(f"{slot}: {version}" for slot, version in facts.installed) or "nothing"
        raise ImageError(
            f"no slot holds version {order.version}, only {held}",
            advice="install the version first",
        )
    return slot


def _image(order: Order) -> ImageFile:
    if order.image is None:
        raise ImageError(f"{order.change} names no image")
    return order.image


def _condition(only_if: Role | None) -> str:
    if only_if is None:
        return ""
    if only_if not in _STATES:
        raise HAUpgradeError(
            f"no change is made on a member for being {only_if}",
            advice="only standby, suspended or failed members are worked on",
        )
    return f" --if-state {_STATES[only_if]}"
