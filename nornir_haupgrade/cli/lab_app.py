"""The commands of ``haupgrade lab``: simulated pairs. Each imports its work when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nornir_haupgrade.cli.linux_app import linux
from nornir_haupgrade.cli.options import Pairs, State
from nornir_haupgrade.cli.shell import Shell, leave_with_lab

lab = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
lab.add_typer(linux, name="linux", help="Real pairs: Debian systems in namespaces; root only.")


@lab.command("up")
def lab_up(
    context: typer.Context,
    *,
    spec: Annotated[
        Path | None,
        typer.Option("--spec", help="What to simulate; default examples/lab.yaml."),
    ] = None,
    inventory: Annotated[
        Path | None,
        typer.Option(
            "--inventory",
            metavar="PATH",
            help="Simulate the pairs of an inventory instead: its config.yaml, or its folder.",
        ),
    ] = None,
    pair: Pairs = None,
    version: Annotated[
        str | None,
        typer.Option("--from", metavar="VERSION", help="With --inventory: what the twins run."),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            metavar="N", min=1, max=100, help="With --inventory: their seconds per second here."
        ),
    ] = 1.0,
    fault: Annotated[
        list[Path] | None,
        typer.Option(
            "--fault", metavar="FILE", help="What is to go wrong; may be given several times."
        ),
    ] = None,
    state: State = None,
) -> None:
    """Start simulated pairs and wait until they answer; build their image files.

    With --inventory, the folder gets an inventory and a config.yaml that point at the twins, with
    a login of their own; nothing real is contacted.
    """

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        scripts = [path.absolute() for path in fault or ()]
        if inventory is not None and spec is None:
            twins = labs.Twins(inventory, pair or (), version, speed, scripts)
            return labs.up_twins(shell, twins, _folder(shell, state))
        if inventory is not None or pair or version or speed != 1.0:
            from nornir_haupgrade.errors import BadInput

            advice = "--pair, --from and --speed go with --inventory; a description has its own"
            raise BadInput("either --spec or --inventory says what is simulated", advice=advice)
        described = None if spec is None else spec.absolute()
        return labs.up(shell, described, _folder(shell, state), faults=scripts)

    leave_with_lab(context, work)


@lab.command("down")
def lab_down(context: typer.Context, state: State = None) -> None:
    """End them."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        return labs.down(shell, _folder(shell, state))

    leave_with_lab(context, work)


@lab.command("status")
def lab_status(context: typer.Context, state: State = None) -> None:
    """Show what their members are doing."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        return labs.status(shell, _folder(shell, state))

    leave_with_lab(context, work)


@lab.command("devices")
def lab_devices(context: typer.Context, state: State = None) -> None:
    """List them: pair, member, platform, version, address, port, role."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        return labs.devices(shell, _folder(shell, state))

    leave_with_lab(context, work)


@lab.command("faults")
def lab_faults(
    context: typer.Context,
    platform: Annotated[
        str | None, typer.Option("--platform", help="Only those of this platform.")
    ] = None,
) -> None:
    """List every kind of fault: what it does, its parameters, the platforms that have it."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab_faults as faults

        return faults.listed(shell, platform)

    leave_with_lab(context, work)


@lab.command("fault")
def lab_fault(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="FILE|KIND", help="A fault script, or a kind of fault.")
    ],
    params: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="The kind's own.")
    ] = None,
    *,
    on: Annotated[
        str | None, typer.Option(metavar="MEMBER", help="Whom; also active, standby, both.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="EVENT", help="Wait for an event, such as reload.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="MEMBER", help="On whom that happens; default any.")
    ] = None,
    after: Annotated[float, typer.Option(help="Seconds later.")] = 0.0,
    lasts: Annotated[float | None, typer.Option(help="Seconds until it is undone.")] = None,
    state: State = None,
) -> None:
    """Have something go wrong in the running lab, now or when it is time."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab_faults as faults

        entry = {"on": on, "when": {"at": at, "by": by, "after": after}, "lasts": lasts}
        return faults.strike(shell, what, params or (), entry, folder=_folder(shell, state))

    leave_with_lab(context, work)


@lab.command("heal")
def lab_heal(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND")],
    member: Annotated[
        str | None, typer.Argument(metavar="[MEMBER]", help="Default: whomever it struck.")
    ] = None,
    state: State = None,
) -> None:
    """Undo faults of a kind, and forget those that wait for their time."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab_faults as faults

        return faults.heal(shell, kind, member, folder=_folder(shell, state))

    leave_with_lab(context, work)


def _folder(shell: Shell, state: Path | None) -> Path:
    from nornir_haupgrade.cli.lab_guide import LAB_FOLDER

    return (state or shell.config.parent / LAB_FOLDER).absolute()
