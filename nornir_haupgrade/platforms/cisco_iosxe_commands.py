"""What is said to IOS-XE: pure functions from an order to the exact lines, and what only reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nornir_haupgrade.errors import HAUpgradeError, ImageError
from nornir_haupgrade.model import Change, ImageFile, MemberFacts, Version
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.cisco_iosxe_groups import LATCH
from nornir_haupgrade.platforms.cisco_iosxe_lines import Line, parse_lines
from nornir_haupgrade.platforms.cisco_iosxe_texts import COMMITTED, INACTIVE

TRIAL_MINUTES = 120
"""How long new software runs uncommitted before the device goes back: its own default, said."""
SAVE = "write memory"
CONFIGURE = "configure terminal"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_FILE_SYSTEM = re.compile(r"[a-z]{2,20}\d{0,2}:")
_CONFIGURED = re.compile(r"[A-Za-z0-9 ./:_+-]{1,200}")
_ROLES_WORKED_ON = frozenset({"standby", "suspended", "failed"})


def commands_of(order: Order, facts: MemberFacts) -> tuple[str, ...]:
    """The lines of a change, in order; none where there is nothing to change.

    An upload travels over SCP and not through the command line; it is shown as ``scp put NAME
    PLACE``, which is never sent.

    Raises:
        ImageError: The device does not hold the version, or the order lacks the image.
        HAUpgradeError: What must be brought back is not known, or the platform has no such change.
    """
    if order.only_if is not None and order.only_if not in _ROLES_WORKED_ON:
        raise HAUpgradeError(
            f"no change is made on a member for being {order.only_if}",
            advice="only standby, suspended or failed members are worked on",
        )
    match order.change:
        case Change.BACK_UP:
            return ("show running-config",)
        case Change.PREEMPTION_OFF:
            off = configure(map(_off, _preempting(facts.ha_lines)), save=True)
            # Cut off behind the last line, it is off and would be on again after a reload.
            return off or ((SAVE,) if facts.is_saved is False else ())
        case Change.PREEMPTION_ON:
            on = configure(_brought_back(order), save=True)
            return (SAVE,) if facts.is_saved is False and _is_back(order, facts) else on
        case Change.RELINQUISH:
            return configure(_taking(facts), save=False)
        case Change.RELEASE:
            return configure(_releasing(order, facts), save=True)
        case Change.STAGE:
            name = plain_name(_image(order).name, "image file")
            return (f"scp put {name} {file_system(facts)}{name}",)
        case Change.INSTALL | Change.ACTIVATE | Change.RELOAD | Change.COMMIT:
            return _bundle(order, facts) if is_bundle(facts) else _packages(order, facts)
        case Change.SYNC_CONFIG:
            raise HAUpgradeError("routers do not synchronise their configurations")


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


def file_system(facts: MemberFacts) -> str:
    """Where images lie on this member, as its slots say, with the colon."""
    for slot, _ in facts.installed:
        if found := _FILE_SYSTEM.match(slot):
            return found[0]
    raise ImageError("the member does not say where its images lie", advice="read it again")


def is_bundle(facts: MemberFacts) -> bool:
    """Whether it runs one file (bundle mode), not packages (install mode)."""
    return bool(facts.installed) and all(slot.endswith(".bin") for slot, _ in facts.installed)


def configure(entries: Iterable[tuple[Sequence[str], str]], *, save: bool) -> tuple[str, ...]:
    """Lines in their places, each place entered once; nothing for nothing.

    Args:
        entries: (the places from the outside in, the line).
        save: Whether the startup configuration gets them as well.
    """
    lines = list(_walk(entries))
    if not lines:
        return ()
    for line in lines:
        if not _CONFIGURED.fullmatch(line):
            raise HAUpgradeError(f"a line that is not sent to a device: {line!r}")
    return (CONFIGURE, *lines, "end", *((SAVE,) if save else ()))


def _walk(entries: Iterable[tuple[Sequence[str], str]]) -> Iterator[str]:
    here: tuple[str, ...] = ()
    for path, line in entries:
        if tuple(path) != here:
            if len(here) > 1:
                yield "exit-vrrp"
            yield from path if path[0] not in here[:1] else path[1:]
            here = tuple(path)
        yield line
    if len(here) > 1:
        yield "exit-vrrp"


def _preempting(kept: Iterable[str]) -> list[Line]:
    return [line for line in parse_lines(kept) if line.word == "preempt" and not line.is_off]


def _off(line: Line) -> tuple[Sequence[str], str]:
    return line.path, f"no {line.prefix}preempt"


def _brought_back(order: Order) -> Iterator[tuple[Sequence[str], str]]:
    found = _preempting(order.lines)
    if not found:
        raise HAUpgradeError(
            "it is not known which groups preempted before",
            advice="compare with the backup that was taken first, and configure it by hand",
        )
    yield from ((line.path, line.text) for line in found)


def _is_back(order: Order, facts: MemberFacts) -> bool:
    """Cut off behind the last line: said once more, it would pass for somebody else's change."""
    return set(_preempting(order.lines)) <= set(_preempting(facts.ha_lines))


def _taking(facts: MemberFacts) -> Iterator[tuple[Sequence[str], str]]:
    lines = parse_lines(facts.ha_lines)
    if not lines:
        raise HAUpgradeError("the member has no group whose role could be taken")
    if any(line.takes_role for line in lines):
        raise HAUpgradeError(
            f"a group has the priority {LATCH} already, which is what takes a role",
            advice="release it, or give that group a lower priority",
        )
    # First all claims, which move nothing: if one is refused, no group has gone before the others.
    for line in lines:
        if line.word == "priority":
            yield line.path, f"{line.prefix}priority {LATCH}"
    for line in lines:
        if line.word == "preempt":
            if line.value and not line.is_off:  # a delay would stay
                yield _off(line)
            yield line.path, f"{line.prefix}preempt"


def _releasing(order: Order, facts: MemberFacts) -> Iterator[tuple[Sequence[str], str]]:
    before = {line.group: line for line in parse_lines(order.lines) if line.word == "priority"}
    for line in parse_lines(facts.ha_lines):
        if not line.takes_role:
            continue
        old = before.get(line.group)
        if old is None or old.takes_role:
            where = " ".join((*line.path, line.prefix)).strip()
            raise HAUpgradeError(
                f"it is not known which priority {where} had before",
                advice="read it in `show startup-config`, which still has it, and configure it",
            )
        # First the wish for the role, then the claim: so the role stays where it is.
        yield line.path, f"no {line.prefix}preempt"
        yield line.path, old.text


def _packages(order: Order, facts: MemberFacts) -> tuple[str, ...]:
    match order.change:
        case Change.INSTALL:
            name = plain_name(_image(order).name, "image file")
            return (f"install add file {file_system(facts)}{name}",)
        case Change.COMMIT:
            return ("install commit",)
        case Change.ACTIVATE:
            raise HAUpgradeError("packages are chosen for the next boot by activating them only")
    return (_reload_of_packages(order, facts),)


def _reload_of_packages(order: Order, facts: MemberFacts) -> str:
    if order.version is None:
        return "reload"
    states = {
        slot.partition(" ")[2]: version
        for slot, version in facts.installed
        if version == order.version
    }
    if facts.is_on_trial and COMMITTED in states:
        return "install abort"
    if INACTIVE in states and not facts.is_on_trial:
        how = f"auto-abort-timer {TRIAL_MINUTES} prompt-level none"
        return f"install activate {_which(order, facts)}{how}"
    raise ImageError(
        f"version {order.version} is not there to be activated, only {_held(facts)}",
        advice="install the version first",
    )


def _which(order: Order, facts: MemberFacts) -> str:
    """Of several inactive versions the one is named, by the file that it was added from."""
    inactive = {version for slot, version in facts.installed if slot.endswith(f" {INACTIVE}")}
    if len(inactive) == 1:
        return ""
    if order.image is None:
        raise ImageError(
            f"several versions are inactive ({', '.join(sorted(inactive))}), and no image of"
            f" {order.version} in the settings names the file that it was added from",
            advice=f"add it to the settings, or remove the others by hand and keep {order.version}:"
            " `install remove file`",
        )
    name = plain_name(order.image.name, "image file")
    return f"file {file_system(facts)}{name} "


def _bundle(order: Order, facts: MemberFacts) -> tuple[str, ...]:
    match order.change:
        case Change.INSTALL:
            _slot(_image(order).version, facts)
            return ()  # the file that was staged is what boots
        case Change.ACTIVATE:
            if order.version is None:
                raise ImageError("the change names no version to boot")
            chosen = _slot(order.version, facts)
            running = facts.slot_of(facts.version)
            files = [chosen, *([running] if running not in {None, chosen} else [])]
            entries = [((), "no boot system"), *(((), f"boot system {file}") for file in files)]
            return configure(entries, save=True)
        case Change.COMMIT:
            raise HAUpgradeError("one file is not run on trial, so that nothing is committed")
    return ("reload",)


def _slot(version: Version, facts: MemberFacts) -> str:
    slot = facts.slot_of(version)
    if slot is None:
        raise ImageError(
            f"no file holds version {version}, only {_held(facts)}", advice="stage the image first"
        )
    place, _, name = slot.partition(":")
    return f"{place}:{plain_name(name, 'image file')}"


def _held(facts: MemberFacts) -> str:
    return ", ".join(f"{slot}: {version}" for slot, version in facts.installed) or "nothing"


def _image(order: Order) -> ImageFile:
    if order.image is None:
        raise ImageError(f"{order.change} names no image")
    return order.image
