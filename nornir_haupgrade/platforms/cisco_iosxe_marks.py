"""What IOS-XE's own marks become when a change works: a dry run shows exact lines with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nornir_haupgrade.model import Change, MemberFacts, Version
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.cisco_iosxe_commands import file_system, is_bundle
from nornir_haupgrade.platforms.cisco_iosxe_groups import LATCH
from nornir_haupgrade.platforms.cisco_iosxe_lines import Line, kept_as, parse_lines, preempting
from nornir_haupgrade.platforms.cisco_iosxe_texts import COMMITTED, INACTIVE, ON_TRIAL

Slots = tuple[tuple[str, Version], ...]


def marked(order: Order, before: MemberFacts, after: MemberFacts) -> MemberFacts:
    """The facts after a change, with the slots and lines that this platform would show."""
    lines = _lines(order, before.ha_lines)
    return replace(
        after, installed=_slots(order, before), ha_lines=lines, preempting=preempting(lines)
    )


def _slots(order: Order, before: MemberFacts) -> Slots:
    place, image = file_system(before), order.image
    match order.change:
        case Change.STAGE if image is not None and is_bundle(before):
            return _added(before.installed, f"{place}{image.name}", image.version)
        case Change.INSTALL if image is not None and not is_bundle(before):
            return _added(before.installed, f"{place} {INACTIVE}", image.version)
        case Change.RELOAD if order.version is not None and not is_bundle(before):
            kept = tuple(item for item in before.installed if item[1] != order.version)
            return _added(kept, f"{place} {ON_TRIAL}", order.version)
        case Change.COMMIT if order.version is not None:
            now = {version: INACTIVE for _, version in before.installed}
            now[order.version] = COMMITTED
            return tuple(sorted((f"{place} {state}", version) for version, state in now.items()))
        case _:
            return before.installed


def _added(slots: Iterable[tuple[str, Version]], slot: str, version: Version) -> Slots:
    return tuple(sorted({*slots, (slot, version)}))


def _lines(order: Order, kept: tuple[str, ...]) -> tuple[str, ...]:
    first = {(line.group, line.word): line.text for line in parse_lines(order.lines)}

    def as_before(line: Line) -> str:
        return first.get((line.group, line.word), line.text)

    match order.change:
        case Change.PREEMPTION_OFF:
            return _rewritten(kept, preempt=_off)
        case Change.PREEMPTION_ON:
            return _rewritten(kept, preempt=as_before)
        case Change.RELINQUISH:
            return _rewritten(
                kept,
                priority=lambda line: f"{line.prefix}priority {LATCH}",
                preempt=lambda line: f"{line.prefix}preempt",
            )
        case Change.RELEASE:
            return _rewritten(kept, priority=as_before, preempt=_off)
        case _:
            return kept


def _off(line: Line) -> str:
    return f"no {line.prefix}preempt"


def _rewritten(kept: tuple[str, ...], **texts: Callable[[Line], str]) -> tuple[str, ...]:
    """The lines with those of some words put otherwise."""
    return tuple(
        kept_as(line.path, texts[line.word](line) if line.word in texts else line.text)
        for line in parse_lines(kept)
    )
