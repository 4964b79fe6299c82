"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OnHold(StrEnum):
    """What to do at a hold when nobody is asked."""

    WAIT = "wait"
    RETRY = "retry"
    SWITCH_BACK = "switch-back"
    ROLL_BACK = "roll-back"
    PARK = "park"


Pairs = Annotated[
    list[str] | None,
    typer.Option("--pair", metavar="NAME", help="Only this pair; may be given several times."),
]
Hold = Annotated[
    OnHold | None,
    typer.Option(
        help="What to do at a hold, where it is offered; retry: once, for what was mended"
        " meanwhile, then it stays held. Left out: on a terminal a person is asked; else the pair"
        " stays held (wait), exit 3.",
    ),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        help="Answer these questions before the first write with yes, for the record; no hold and"
        " no gate: no-services (none is configured: nothing outside proves that traffic flows),"
        " no-session-replication (every session breaks at each switchover), destructive-sync"
        " (synchronising clears the standby's configuration first), no-rollback (no old image is"
        " kept), no-config-sync (the platform does not synchronise configurations).",
    ),
]
New = Annotated[
    bool, typer.Option("--new", help="Refuse if an unfinished campaign of a pair exists.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, nobody is asked.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; recorded with your name.")]
Campaign = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="As haupgrade status shows it.")]
State = Annotated[
    Path | None, typer.Option("--state", help="Its folder; default .lab beside the config file.")
]
