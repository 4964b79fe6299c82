"""The commands and their options. Each imports its work when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nornir_haupgrade.cli.lab_app import lab
from nornir_haupgrade.cli.options import (
    Campaign,
    DryRun,
    Hold,
    Json,
    New,
    Pairs,
    Reason,
    Yes,
)
from nornir_haupgrade.cli.rehearse_app import rehearse
from nornir_haupgrade.cli.shell import Shell, leave

app = typer.Typer(
    # Plain help: typer's rich help alone costs 0.15 s.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(lab, name="lab", help="Pairs to try things on: simulated, or real ones of Debian.")


def _show_version(is_wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if is_wanted:
        from importlib.metadata import PackageNotFoundError, version as version_of

        try:
            number = version_of("nornir-haupgrade")
        except PackageNotFoundError:  # run from a checkout
            number = "not installed"
        typer.echo(f"haupgrade {number}")
        raise typer.Exit


@app.callback()
def haupgrade(
    context: typer.Context,
    *,
    config: Annotated[Path, typer.Option(metavar="FILE", help="Nornir's configuration.")] = Path(
        "config.yaml"
    ),
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Upgrade active/standby pairs, one member at a time, with gates, evidence and a way back.

    Login data: Nornir's inventory; where it has none, HAUPGRADE_USERNAME and HAUPGRADE_PASSWORD in
    the environment; else a terminal asks once.

    Exit codes: 0 all done; 1 failed, stranded or not started; 2 bad input, nothing was contacted;
    3 held or parked; 4 rolled back; 5 another controller; 130 interrupted. Of several pairs the
    worst, in the order 1, 3, 4, 0.
    """
    del version
    context.obj = Shell(config)


@app.command()
def pairs(context: typer.Context, pair: Pairs = None) -> None:
    """Show who is who: identity, role, version, preemption. Read-only."""
    from nornir_haupgrade.cli import reading

    leave(context, lambda shell: reading.pairs(shell, pair or ()))


@app.command()
def check(
    context: typer.Context,
    pair: Pairs = None,
    to: Annotated[str | None, typer.Option(metavar="VERSION", help="For this target.")] = None,
) -> None:
    """Show whether an upgrade could begin: all findings. Read-only; exit 1 if one is not good."""
    from nornir_haupgrade.cli import reading

    leave(context, lambda shell: reading.check(shell, pair or (), to=to))


@app.command()
def run(
    context: typer.Context,
    *,
    to: Annotated[str, typer.Option(metavar="VERSION", help="The target version.")],
    pair: Pairs = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="STEP", help="Stop after this step: 0 to 10, or its name; exit 3."),
    ] = None,
    on_hold: Hold = None,
    new: New = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Upgrade the pairs, or go on where an earlier run stopped.

    Ctrl-C finishes the running step and gives back what is borrowed; a second one stops at once.
    """
    from nornir_haupgrade.cli.errands import Asked, upgrade

    asked = Asked(pair, on_hold, is_new=new, is_dry=dry_run, is_yes=yes, is_json=json)
    leave(context, lambda shell: upgrade(shell, asked, to=to, until=until))


@app.command()
def reboot(
    context: typer.Context,
    *,
    pair: Pairs = None,
    on_hold: Hold = None,
    new: New = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Reload both members of the pairs, one after the other, with the same care; no software."""
    from nornir_haupgrade.cli.errands import Asked, reboot as reboot_pairs

    asked = Asked(pair, on_hold, is_new=new, is_dry=dry_run, is_yes=yes, is_json=json)
    leave(context, lambda shell: reboot_pairs(shell, asked))


@app.command()
def drill(
    context: typer.Context,
    *,
    pair: Pairs = None,
    on_hold: Hold = None,
    new: New = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Switch the pairs over and back, gated and measured; nothing is reloaded."""
    from nornir_haupgrade.cli.errands import Asked, drill as drill_pairs

    asked = Asked(pair, on_hold, is_new=new, is_dry=dry_run, is_yes=yes, is_json=json)
    leave(context, lambda shell: drill_pairs(shell, asked))


app.command()(rehearse)


@app.command()
def rollback(
    context: typer.Context,
    *,
    reason: Reason,
    pair: Pairs = None,
    on_hold: Hold = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take the pairs' newest campaigns back to the old version, the standby first; exit 4."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import run as running

        options = running.Options(pair or (), on_hold and on_hold.value, is_yes=yes, is_json=json)
        return running.rollback(shell, options, why=reason)

    leave(context, work)


@app.command("give-back")
def give_back(
    context: typer.Context,
    *,
    pair: Pairs = None,
    reason: Reason = "give back",
    on_hold: Hold = None,
    json: Json = False,
) -> None:
    """Close the pairs' newest campaigns and give back what is owed, as far as that moves no role.

    Exit 0 when nothing is owed any more, 3 when something still is.
    """

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import run as running

        options = running.Options(pair or (), on_hold and on_hold.value, is_json=json)
        return running.give_back(shell, options, why=reason)

    leave(context, work)


@app.command()
def decide(
    context: typer.Context,
    campaign: Campaign,
    pair: Annotated[str, typer.Argument(metavar="PAIR")],
    choice: Annotated[str, typer.Argument(metavar="CHOICE", help="One that the hold offers.")],
    reason: Reason,
) -> None:
    """Decide a hold. Only the history is written: the next run, or the one alive, acts on it."""
    from nornir_haupgrade.cli import campaigns

    leave(context, lambda shell: campaigns.decide(shell, campaign, pair, choice, why=reason))


@app.command()
def owed(context: typer.Context, pair: Pairs = None) -> None:
    """Show what is still to be given back, and the exact commands. Contacts nothing."""
    from nornir_haupgrade.cli import campaigns

    leave(context, lambda shell: campaigns.owed(shell, pair or ()))


@app.command()
def status(
    context: typer.Context,
    campaign: Annotated[str | None, typer.Argument(metavar="CAMPAIGN")] = None,
) -> None:
    """Show the campaigns and where their pairs stand. Contacts nothing."""
    from nornir_haupgrade.cli import campaigns

    leave(context, lambda shell: campaigns.status(shell, campaign))


@app.command()
def verify(
    context: typer.Context,
    campaign: Campaign,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head that was written down earlier.")
    ] = None,
    pair: Annotated[str | None, typer.Option(metavar="NAME", help="Only this pair.")] = None,
) -> None:
    """Prove that a campaign's history is as it was written. Contacts nothing."""
    from nornir_haupgrade.cli import campaigns

    leave(context, lambda shell: campaigns.verify(shell, campaign, head=head, pair=pair))


@app.command()
def version() -> None:
    """Show the version."""
    _show_version(is_wanted=True)
