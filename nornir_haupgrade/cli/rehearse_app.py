"""The command ``haupgrade rehearse`` and its options. It imports its work when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nornir_haupgrade.cli.options import Hold, Json, Pairs, Yes
from nornir_haupgrade.cli.shell import Shell, leave_with_lab


def rehearse(
    context: typer.Context,
    *,
    to: Annotated[str, typer.Option(metavar="VERSION", help="The target version.")],
    pair: Pairs = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="STEP", help="Stop after this step: 0 to 10, or its name; exit 3."),
    ] = None,
    assume: Annotated[
        bool,
        typer.Option("--assume", help="Ask no device: take what the inventory and options say."),
    ] = False,
    version: Annotated[
        str | None,
        typer.Option("--from", metavar="VERSION", help="With --assume: what the members run."),
    ] = None,
    fault: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What is to go wrong; may be given several times."),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(metavar="N", min=1, max=100, help="Seconds of the twins per second here."),
    ] = 30.0,
    boot: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            max=86_400,
            help="How long a boot takes; default a fifth of reload_timeout.",
        ),
    ] = None,
    on_hold: Hold = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Run the upgrade on simulated twins of the pairs, and say how it would end.

    The pairs are read once, read-only; after that nothing real is contacted. A pair that cannot be
    read is named, and the others are rehearsed. It is kept in rehearsals/ below the store, apart
    from every campaign. Exit codes as of run; 1 if a pair could not be read.
    """

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli.rehearse import Said, rehearse as rehearse_pairs

        said = Said(pair or (), until, assume, version, fault or (), speed, boot)
        return rehearse_pairs(
            shell, said, to=to, on_hold=on_hold and on_hold.value, is_yes=yes, is_json=json
        )

    leave_with_lab(context, work)
