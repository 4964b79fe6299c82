"""Whether a member's configuration is whole after its upgrade: against its own, from before."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from nornir_haupgrade.gates.combine import Check, combine, failed, passed, unknown
from nornir_haupgrade.model import Status, Verdict

_SHOWN = 5
"""Lines named in a reason; the count tells of the rest."""

Files = Mapping[str, str]
Interfaces = Sequence[tuple[str, bool]]


def whole(
    member: str,
    before: Files | None,
    after: Files | None,
    interfaces_before: Interfaces | None,
    interfaces_after: Interfaces | None,
) -> Verdict:
    """Every line that is gone is named; every data interface that was up is up."""
    return combine(
        [
            Check("lines", _lines(member, before, after)),
            Check("interfaces", _interfaces(member, interfaces_before, interfaces_after)),
        ],
    )


def _lines(member: str, before: Files | None, after: Files | None) -> Verdict:
    if after is None:
        return unknown(f"the configuration of {member} could not be read")
    if before is None:
        return Verdict(Status.WARN, f"no backup of {member} at the old version to compare with")
    lost = [line for name in sorted(before) for line in _lost(name, before[name], after.get(name))]
    if lost:
        shown = "; ".join(lost[:_SHOWN])
        return failed(f"{member} lost {len(lost)} line(s) of its configuration: {shown}")
    return passed(f"no line of {len(before)} files is lost")


def _lost(name: str, old: str, new: str | None) -> list[str]:
    if new is None:
        return [f"{name}: the whole file"]
    changes = difflib.ndiff(old.splitlines(), new.splitlines())
    return [f"{name}: {line[2:].strip()}" for line in changes if line.startswith("- ")]


def _interfaces(member: str, before: Interfaces | None, after: Interfaces | None) -> Verdict:
    if not after:
        return unknown(f"{member} did not report its interfaces")
    if before is None:
        return Verdict(Status.WARN, f"the interfaces of {member} were not recorded before")
    is_up = dict(after)
    down = [name for name, was_up in before if was_up and not is_up.get(name, False)]
    return failed(f"down on {member}: {', '.join(down)}") if down else passed("as before")
