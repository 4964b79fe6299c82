"""The commands of ``haupgrade lab``: simulated pairs. Each imports its work when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nornir_haupgrade.cli.linux_app import linux
from nornir_haupgrade.cli.options import State
from nornir_haupgrade.cli.shell import Shell, leave

lab = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
lab.add_typer(linux, name="linux", help="Real pairs: Debian systems in namespaces; root only.")


@lab.command("up")
def lab_up(
    context: typer.Context,
    spec: Annotated[
        Path | None,
        typer.Option("--spec", help="What to simulate; default examples/lab.yaml."),
    ] = None,
    state: State = None,
) -> None:
    """Start simulated pairs and wait until they answer; build their image files."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        described = spec or shell.config.parent / "examples" / "lab.yaml"
        return labs.up(shell, described.absolute(), _folder(shell, state))

    leave(context, work)


@lab.command("down")
def lab_down(context: typer.Context, state: State = None) -> None:
    """End them."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        return labs.down(shell, _folder(shell, state))

    leave(context, work)


@lab.command("status")
def lab_status(context: typer.Context, state: State = None) -> None:
    """Show what their members are doing."""

    def work(shell: Shell) -> int:
        from nornir_haupgrade.cli import lab as labs

        return labs.status(shell, _folder(shell, state))

    leave(context, work)


def _folder(shell: Shell, state: Path | None) -> Path:
    return (state or shell.config.parent / ".lab").absolute()
