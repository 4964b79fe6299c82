"""The simulated pairs as a process in the background: up, down, status, devices, fault."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.cli.lab_guide import guide, lab_command, look_at, show
from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.engines.store import with_advice
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.rehearsal import process
from nornir_haupgrade.rehearsal.project import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from nornir_haupgrade.rehearsal.twins import Twin
    from nornir_haupgrade.settings import Image

_DEVICES = ("pair", "member", "platform", "version", "address", "port", "role")


@dataclass(frozen=True, slots=True)
class Twins:
    """What ``lab up --inventory`` was told."""

    inventory: Path
    pairs: Sequence[str] = ()
    version: str | None = None
    speed: float = 1.0
    faults: Sequence[Path] = ()
    """Scripts of what goes wrong with them."""


def up(shell: Shell, spec: Path | None, folder: Path, *, faults: Sequence[Path] = ()) -> int:
    """Start what a description says, wait until it is ready, and say how to talk to it.

    Args:
        spec: The description; None: the one among the examples.
        faults: Fault scripts that it starts with.

    Raises:
        BadInput: There is no such description, or another lab runs.
        HAUpgradeError: It did not start.
    """
    is_other = spec is not None and not process.is_of(folder, spec)
    unused = {"--spec": is_other, "--fault": bool(faults)}
    if _is_there(shell, folder, [option for option, is_said in unused.items() if is_said]):
        return Exit.DONE
    spec = spec or (shell.config.parent / "examples" / "lab.yaml").absolute()
    if not spec.is_file():
        advice = (
            "name one with --spec, written like examples/lab.yaml of the repository, or an "
            "inventory with --inventory"
        )
        raise BadInput(f"there is no lab description {spec}", advice=advice)
    emit(shell, _build_images(shell))
    process.start(spec, folder, faults=faults)
    return status(shell, folder)


def up_twins(shell: Shell, twins: Twins, folder: Path) -> int:
    """Start twins of an inventory's pairs, and write a project that points at them.

    Raises:
        BadInput: The inventory cannot be used, the lab cannot simulate one of its platforms, or
            another lab runs.
        HAUpgradeError: It did not start.
    """
    from nornir_haupgrade.rehearsal.faults import read_faults
    from nornir_haupgrade.rehearsal.inventories import open_inventory
    from nornir_haupgrade.rehearsal.project import put_aside, write_project
    from nornir_haupgrade.rehearsal.run import assumed_pairs
    from nornir_haupgrade.rehearsal.twins import Times, lab_of, twins_of, unsimulated

    if _is_there(shell, folder, _unused(twins, folder)):
        return Exit.DONE
    if (folder / CONFIG).exists() and not (folder / process.SPEC).exists():
        raise BadInput(
            f"{folder} holds a {CONFIG} that is none of twins",
            advice="name another folder with --state",
        )
    site = open_inventory(twins.inventory, twins.pairs)
    if findings := unsimulated(site.pairs):
        raise BadInput.from_findings(findings)
    faults = read_faults(twins.faults, site.pairs)
    made = twins_of(assumed_pairs(site, twins.version), Times(), faults)
    lab = process.start(process.write_spec(lab_of(made, speed=twins.speed), folder), folder)
    try:
        where = process.where(folder)
        with process.in_folder(folder):
            put_aside(folder)
            write_project(
                folder, made, where, nr=site.nr, settings=site.settings, speed=twins.speed
            )
    except BaseException:
        process.stop(lab)
        raise
    emit(shell, [escape(line) for line in _about(made)])
    devices = sum(len(twin.names) for twin in made)
    pairs = "1 pair" if len(made) == 1 else f"{len(made)} pairs"
    emit(shell, [f"{devices} twins of {pairs} run; {folder} holds their inventory"])
    if (running := look_at(folder)) is not None:
        guide(shell, running)
    return Exit.DONE


def _unused(twins: Twins, folder: Path) -> list[str]:
    """The options that twins which run already take no more."""
    said = {
        "--inventory": not _is_of_inventory(folder, twins.inventory),
        "--pair": bool(twins.pairs),
        "--from": twins.version is not None,
        "--speed": twins.speed != 1.0,
        "--fault": bool(twins.faults),
    }
    return [option for option, is_said in said.items() if is_said]


def _is_of_inventory(folder: Path, inventory: Path) -> bool:
    """Whether what runs are twins of an inventory's pairs."""
    from nornir_haupgrade.rehearsal.inventories import open_inventory

    lab = look_at(folder) if process.is_of_twins(folder) else None
    if lab is None:
        return False
    return lab.platforms.keys() <= {pair.name for pair in open_inventory(inventory).pairs}


def _about(twins: Sequence[Twin]) -> list[str]:
    """In what twins are only made up; what holds for each of them is said once."""
    from nornir_haupgrade.rehearsal.telling import said_of_all

    shared = said_of_all([twin.differs for twin in twins])
    own = [f"{twin.name}: {line}" for twin in twins for line in twin.differs if line not in shared]
    return [*shared, *own]


def down(shell: Shell, folder: Path) -> int:
    """End the lab that runs on this folder, and nothing else."""
    ended = process.end(folder)
    emit(shell, [f"no lab runs in {folder}" if ended is None else f"the lab in {folder} has ended"])
    return Exit.DONE


def status(shell: Shell, folder: Path) -> int:
    """What its members are doing; 1 if it does not run."""
    lab = look_at(folder)
    if lab is None:
        emit(shell, [f"no lab runs in {folder}"])
        return Exit.FAILED
    show(shell, lab)
    return Exit.DONE


def devices(shell: Shell, folder: Path) -> int:
    """All members: what they are and where they answer; 1 if no lab runs."""
    lab = look_at(folder)
    if lab is None:
        emit(shell, [f"no lab runs in {folder}"])
        return Exit.FAILED
    where = process.where(folder)
    rows = [
        [
            str(own["pair"]),
            name,
            lab.platforms[own["pair"]],
            str(own["version"]),
            where.members[name][0],
            str(where.members[name][1]),
            str(own["role"]),
        ]
        for name, own in lab.members.items()
    ]
    emit_table(shell, _DEVICES, rows)
    return Exit.DONE


def _is_there(shell: Shell, folder: Path, unused: Iterable[str]) -> bool:
    """Whether a lab runs already, which is then shown.

    Args:
        unused: The options that were given, and that a running lab takes no more.

    Raises:
        BadInput: There are such.
    """
    lab = look_at(folder)
    if lab is None:
        return False
    if options := ", ".join(unused):
        down = lab_command(folder, "down")
        raise BadInput(
            f"a lab runs already in {folder}: not used: {options}",
            advice=f"end it by {down} and start it again; or arm a fault script in it by "
            + lab_command(folder, "fault FILE"),
        )
    emit(shell, [f"a lab runs already in {folder}"])
    show(shell, lab)
    return True


def _build_images(shell: Shell) -> list[str]:
    """Build the simulated images that the settings name and that are not there."""
    from nornir_haupgrade.settings import init_nornir, load_settings

    try:
        images = load_settings(init_nornir(shell.config), shell.config).images
    except BadInput as error:
        return [f"no image was built: {escape(line)}" for line in str(error).splitlines()]
    return [f"built {image.file}" for image in images if _build(image)]


def _build(image: Image) -> bool:
    from nornir_haupgrade.lab.images import build_image

    content = build_image(image.version)
    if image.file.exists() or hashlib.sha256(content).hexdigest() != image.sha256:
        return False
    with with_advice(f"build {image.file}"):
        image.file.parent.mkdir(parents=True, exist_ok=True)
        image.file.write_bytes(content)
    return True
