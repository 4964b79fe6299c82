"""What the members are licensed for: before the first write, and after an upgrade."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.combine import Check
from nornir_haupgrade.gates.licences import licensed
from nornir_haupgrade.model import MemberId, Status, Verdict
from nornir_haupgrade.procedure.actions.context import error_verdict

if TYPE_CHECKING:
    from nornir_haupgrade.procedure.actions.context import Context


def recorded(ctx: Context, rows: list[tuple[str, str]]) -> list[Check]:
    """The baseline; nothing where nothing is licensed."""
    answers = ctx.pair.each(lambda _, driver: driver.licences())
    errors = {name: said for name, said in answers.items() if isinstance(said, HAUpgradeError)}
    if errors:
        return [Check("licences", error_verdict(errors))]
    found = [
        (f"licences:{name}", json.dumps(said))
        for name, said in answers.items()
        if not isinstance(said, HAUpgradeError) and said
    ]
    rows += found
    return [Check("licences", Verdict(Status.PASS, "recorded"))] if found else []


def compared(ctx: Context, member: MemberId) -> list[Check]:
    """A member against its own baseline; where nothing was licensed, nothing can be lost."""
    before = ctx.baseline.get(f"licences:{member}")
    if not before:
        return []
    try:
        after = ctx.pair.one(member, lambda _, driver: driver.licences())
    except HAUpgradeError as error:
        return [Check("licences", error_verdict(error))]
    return [Check("licences", licensed(member, json.loads(before), after))]
