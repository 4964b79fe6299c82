"""Is a member, by what NAPALM reads of it, as it was before its upgrade?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nornir_haupgrade.gates.combine import listed
from nornir_haupgrade.gates.items import Items, is_volatile, items_of
from nornir_haupgrade.model import MemberId, Status, Verdict

if TYPE_CHECKING:
    from nornir_haupgrade.settings.getters import Getter

_ROUNDING = 1e-9
_PAIR = 2
_WIDTH = 200
_VALUE = 60
"""Characters of one value."""


def readable(member: MemberId, wanted: Getter, data: object) -> Verdict:
    """There is something to compare with later; nothing at all is no measurement."""
    items = items_of(wanted.getter, data)
    if not items:
        reason = f"{member}: {wanted.getter} returned nothing: leave it out of ha.getters"
        return Verdict(Status.ERROR, f"{reason} if that is right")
    absent = _absent(wanted, items)
    if absent is not None:
        return Verdict(Status.ERROR, f"{member}: {absent}")
    return Verdict(Status.PASS, f"{member}: {_count(len(items))}")


def distinct(facts: Sequence[tuple[MemberId, Mapping[str, object]]]) -> Verdict:
    """Two members are two devices: by serial number and hostname, since either may be shared."""
    seen: dict[tuple[object, object], MemberId] = {}
    for member, own in facts:
        serial = own.get("serial_number")
        first = seen.setdefault((serial, own.get("hostname")), member) if serial else member
        if first != member:
            reason = f"{first} and {member} are the same device to NAPALM, {_shown(str(serial))}"
            advice = "correct connection_options: napalm: in the inventory"
            return Verdict(Status.ERROR, f"{reason}: {advice}")
    if len(seen) < _PAIR:
        return Verdict(Status.SKIPPED, "no two serial numbers were read to tell the members apart")
    return Verdict(Status.PASS, "the members are two devices")


def as_before(member: MemberId, wanted: Getter, before: object | None, after: object) -> Verdict:
    """Every item is there again, and none of its compared properties has changed.

    Args:
        member: The member that was upgraded.
        wanted: The getter, and how it is compared.
        before: What it returned before the first write; None if nothing was kept, which is a
            warning: nothing is compared, and a person has to look.
        after: What it returns now. A property that only a newer version knows is no change.
    """
    now = items_of(wanted.getter, after)
    was = items_of(wanted.getter, before)
    if not now:
        known = "" if before is None else f", before it were {_count(len(was))}"
        return Verdict(Status.ERROR, f"{member}: {wanted.getter} returned nothing{known}")
    if before is None:
        return Verdict(Status.WARN, f"{member}: nothing was kept from before to compare with")
    if not was:
        return Verdict(Status.ERROR, f"{member}: what was kept from before holds nothing")
    absent = _absent(wanted, was)
    if absent is not None:
        return Verdict(Status.ERROR, f"{member}: {absent}")
    return _compared(member, wanted, was, now)


def _compared(member: MemberId, wanted: Getter, was: Items, now: Items) -> Verdict:
    missing = [_shown(name) for name in was if name not in now]
    new = [_shown(name) for name in now if name not in was]
    changed = [
        _shown(f"{name}: {change}")
        for name in was
        if name in now
        for change in _changes(wanted, was[name], now[name])
    ]
    facts = (
        ("items before", str(len(was))),
        *(("missing", name) for name in missing),
        *(("changed", text) for text in changed),
        *(("new", name) for name in new),
    )
    is_too_many = len(missing) > wanted.threshold * len(was) + _ROUNDING
    said = []
    if missing:
        tolerated = "" if is_too_many else f", no more than {wanted.threshold:.0%}"
        said.append(f"{len(missing)} of {_count(len(was))} missing{tolerated}: {listed(missing)}")
    if changed:
        said.append(f"{len(changed)} changed: {listed(changed)}")
    if new:
        said.append(f"{len(new)} new: {listed(new)}")
    if not said:
        return Verdict(Status.PASS, f"{member}: {_count(len(was))} as before", facts)
    status = Status.FAIL if is_too_many or changed else Status.WARN
    return Verdict(status, f"{member}: {'; '.join(said)}", facts)


def _changes(wanted: Getter, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name, value in was.items():
        if _is_compared(wanted, name) and now.get(name) != value:
            yield f"{name} was {_plain(value)}, is {_plain(now.get(name))}"


def _is_compared(wanted: Getter, name: str) -> bool:
    """What was named; else all but what changes by itself and what was left out."""
    if wanted.properties and not wanted.properties[0].startswith("!"):
        return any(_is_meant(one, name) for one in wanted.properties)
    left_out = any(_is_meant(one.removeprefix("!"), name) for one in wanted.properties)
    return not (left_out or is_volatile(wanted.getter, name))


def _is_meant(said: str, name: str) -> bool:
    """A property by its whole name, or by one of its parts, which means all that have it."""
    return f".{said}." in f".{name}."


def _absent(wanted: Getter, items: Items) -> str | None:
    """A property that was named for comparing, and that no item has: a slip would pass for ever."""
    known = {name for item in items.values() for name in item}
    for said in wanted.properties:
        if not said.startswith("!") and not any(_is_meant(said, name) for name in known):
            there = listed(sorted(known), most=10) or "none"
            return f"no item has the property {said!r}, only: {there}"
    return None


def _count(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"


def _plain(value: str | None) -> str:
    """A value as a person says it."""
    if value is None:
        return "not there"
    plain = value[1:-1] if value.startswith('"') else value
    return _shown(plain, _VALUE)


def _shown(text: str, most: int = _WIDTH) -> str:
    """Fit for reports: short and printable."""
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= most else f"{text[:most]}..."
