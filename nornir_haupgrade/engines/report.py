"""``report.json``: what happened to each pair, for machines and for the morning after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.procedure.records import (
    Asked,
    Command,
    Decided,
    Opened,
    Result,
)

if TYPE_CHECKING:
    from nornir_haupgrade.engines.history import Entry
    from nornir_haupgrade.engines.store import Campaign
    from nornir_haupgrade.engines.switchovers import Switchover
    from nornir_haupgrade.model import MemberFacts

FORMAT = 1


def write_report(campaign: Campaign, ends: Sequence[PairEnd], now: datetime) -> None:
    """Write the campaign's report; an earlier one is replaced whole."""
    report = {
        "format": FORMAT,
        "campaign": campaign.id,
        "written": now.isoformat(timespec="seconds"),
        "pairs": [pair_row(campaign, end) for end in ends],
    }
    campaign.write_report(report)


def pair_row(campaign: Campaign, end: PairEnd) -> dict[str, Any]:
    """One pair: how it ended, what it owes, and every record that a person would ask for."""
    entries = campaign.history.entries(end.pair)
    opened = entries[0].record
    plan = opened.plan if isinstance(opened, Opened) else None
    return end_row(end) | {
        "path": list(plan.path) if plan else [],
        "steps": [row for entry in entries if (row := _row(entry)) is not None],
    }


def end_row(end: PairEnd) -> dict[str, Any]:
    """How one pair ended, as plain data: what it runs, what it owes, what switching over cost."""
    return {
        "pair": end.pair,
        "end": end.end.value,
        "reason": end.reason,
        "advice": end.advice,
        "campaign": end.campaign,
        "switchovers": [switchover_row(one) for one in end.switchovers],
        "members": members_row(end),
        "owed": [
            {
                "what": owed.lease.kind.value,
                "member": owed.lease.member,
                "reason": owed.reason,
                "commands": list(owed.commands),
            }
            for owed in end.owed
        ],
        "head": end.head,
    }


def switchover_row(switchover: Switchover) -> dict[str, Any]:
    """What one switchover cost, service by service; seconds, and null for not measured."""
    return {
        "step": switchover.step.name.lower(),
        "to": switchover.to,
        "outages": [asdict(gap) for gap in switchover.outages],
        "canaries": [asdict(canary) for canary in switchover.canaries],
    }


def members_row(end: PairEnd) -> dict[str, dict[str, Any] | None]:
    """Both members as each was last seen, and whether that was just now."""
    if end.facts is None:
        return {}
    return {
        name: _member_row(own, answers=name not in end.silent) for name, own in end.facts.members
    }


def _member_row(own: MemberFacts | None, *, answers: bool) -> dict[str, Any] | None:
    if own is None:
        return None
    return {
        "answers": answers,
        "identity": own.identity,
        "role": own.role.value,
        "version": own.version,
        "preemption": own.preemption.value,
        "boot_id": own.boot_id,
    }


def _row(entry: Entry) -> dict[str, Any] | None:
    record = entry.record
    base: dict[str, Any] = {"seq": entry.seq, "at": entry.at}
    match record:
        case Result():
            return base | {
                "step": record.run.step.name.lower(),
                "action": record.run.action,
                "members": list(record.run.members),
                "to": record.run.to,
                "verdict": "stale" if record.is_stale else record.verdict.status,
                "reason": record.verdict.reason,
                "facts": dict(record.facts) | dict(record.verdict.facts),
                "raw": list(record.raw),
            }
        case Asked():
            return base | {
                "held": record.ask.kind,
                "why": record.why,
                "options": list(record.ask.options),
            }
        case Decided():
            return base | {
                "decided": record.choice,
                "by": record.by,
                "who": record.who,
                "why": record.why,
            }
        case Command():
            return base | {"command": record.goal, "who": record.who, "why": record.why}
        case _:
            return None
