"""The commands of ``haupgrade lab linux``. Each imports its work when it is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nornir_haupgrade.cli.shell import Shell, leave_with_lab

if TYPE_CHECKING:
    from nornir_haupgrade.cli.linux_lab import Place

linux = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

State = Annotated[
    Path | None, typer.Option(help="Its folder; default .lab-linux beside the config file.")
]
Cache = Annotated[
    Path | None,
    typer.Option(help="Where images are kept; default HAUPGRADE_LAB_CACHE, or the user's cache."),
]
Member = Annotated[str, typer.Argument(metavar="NODE", help="A member, as in p1a.")]


@linux.command()
def up(
    context: typer.Context,
    *,
    pairs: Annotated[int, typer.Option(min=1, max=250, help="How many.")] = 1,
    preempt: Annotated[
        bool, typer.Option("--preempt", help="The preferred member takes the role back by itself.")
    ] = False,
    image: Annotated[str, typer.Option(help="What the members run: 12 or 13.")] = "12",
    connections: Annotated[
        int, typer.Option(min=0, help="Live connections through each pair; see status.")
    ] = 0,
    state: State = None,
    cache: Cache = None,
) -> None:
    """Build the images, start the pairs, and write a project that is ready to upgrade them."""
    from nornir_haupgrade.cli import linux_lab

    _leave(
        context,
        state,
        lambda place: linux_lab.up(
            place, pairs=pairs, preempt=preempt, image=image, connections=connections
        ),
        cache=cache,
    )


@linux.command()
def down(context: typer.Context, state: State = None) -> None:
    """End the pairs; nothing of them is left in the system."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, linux_lab.down)


@linux.command()
def status(context: typer.Context, state: State = None) -> None:
    """Show what the members are doing, and which faults are at work."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, linux_lab.status)


@linux.command()
def crash(context: typer.Context, node: Member, state: State = None) -> None:
    """Have a member lose power."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, lambda place: linux_lab.crash(place, node))


@linux.command()
def poweron(context: typer.Context, node: Member, state: State = None) -> None:
    """Have a member boot that is off."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, lambda place: linux_lab.power_on(place, node))


@linux.command()
def fault(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="See docs/linux_lab.md.")],
    node: Member,
    params: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="The fault's own.")
    ] = None,
    *,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT", help='Wait for a command\'s beginning, "role MASTER", "boot".'
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NODE", help="The member that does that; default any.")
    ] = None,
    after: Annotated[float, typer.Option(help="Seconds later.")] = 0.0,
    state: State = None,
) -> None:
    """Have something go wrong, now or when it is time."""
    from nornir_haupgrade.cli import linux_lab

    when = linux_lab.Moment(on, by, after)
    _leave(context, state, lambda place: linux_lab.fault(place, kind, node, params or (), when))


@linux.command()
def heal(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Default: all.")] = None,
    node: Annotated[str | None, typer.Argument(metavar="[NODE]", help="Default: all.")] = None,
    state: State = None,
) -> None:
    """Undo faults, and forget those that wait for their time."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, lambda place: linux_lab.heal(place, kind, node))


@linux.command()
def image(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="12, 13, 13-no-ha, 13-truncated.")],
    cache: Cache = None,
) -> None:
    """Build an image if it is not there; print its path, version and SHA-256."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, None, lambda place: linux_lab.build_image(place, name), cache=cache)


@linux.command("exec")
def execute(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...")],
    state: State = None,
) -> None:
    """Run a command in the lab's network, from where the members can be reached."""
    from nornir_haupgrade.cli import linux_lab

    _leave(context, state, lambda place: linux_lab.execute(place, command))


def _leave(
    context: typer.Context,
    state: Path | None,
    work: Callable[[Place], int],
    *,
    cache: Path | None = None,
) -> None:
    from nornir_haupgrade.cli.linux_lab import Place

    def in_place(shell: Shell) -> int:
        folder = (state or shell.config.parent / ".lab-linux").absolute()
        return work(Place(shell, folder, cache))

    leave_with_lab(context, in_place)
