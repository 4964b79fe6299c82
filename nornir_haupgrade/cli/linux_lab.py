"""``haupgrade lab linux``: real pairs in the background, and what can be done to them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.errors import BadInput, HAUpgradeError

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lab is, and who asks."""

    shell: Shell
    folder: Path
    cache: Path | None

    def say(self, line: str) -> None:
        """Tell the user."""
        emit(self.shell, [line])

    def lab(self, spec: LinuxSpec | None = None) -> LinuxLab:
        """The lab of the folder, running or not."""
        from nornir_haupgrade.lab.linux import LinuxLab

        return LinuxLab(spec, self.folder, cache=self.cache)

    def running(self) -> LinuxLab:
        """The lab of the folder, which runs.

        Raises:
            BadInput: It does not.
        """
        lab = self.lab()
        if lab.pid is None:
            raise BadInput(f"no lab runs in {self.folder}", advice="haupgrade lab linux up")
        return lab


@dataclass(frozen=True, slots=True)
class Moment:
    """When a fault strikes; ``after`` in seconds."""

    on: str | None
    by: str | None
    after: float


def up(place: Place, *, pairs: int, preempt: bool, image: str, connections: int) -> int:
    """Start it, wait for the roles, open connections through it, and say how to go on."""
    from nornir_haupgrade.lab.linux.project import write_project
    from nornir_haupgrade.lab.linux.spec import LinuxSpec

    lab = place.lab()
    if lab.pid is not None:
        place.say(f"a lab runs already in {place.folder}")
        _show(place, lab)
        return Exit.DONE
    spec = LinuxSpec(pairs=pairs, image=_known(image), preempt=preempt)
    lab = place.lab(spec)
    lab.check()
    images = [lab.image(name, say=place.say) for name in ("12", "13")]
    lab.start(say=place.say)
    config = write_project(place.folder / "project", spec, images)
    if connections:
        connect(lab, spec, connections)
    _show(place, lab)
    first, inside = spec.networks[0], "haupgrade lab linux exec --"
    ssh = f"ssh -o UserKnownHostsFile={lab.known_hosts} admin@{first.members[0].address}"
    upgrade = f"haupgrade --config {config} run --pair {first.name} --to {images[-1].version}"
    place.say(f"project  {config}")
    place.say(f"log in   {inside} {ssh}; password {spec.password}")
    place.say(f"upgrade  {inside} {upgrade}")
    return Exit.DONE


def connect(lab: LinuxLab, spec: LinuxSpec, connections: int) -> None:
    """Open connections through every pair; a lab without those that were asked for is none.

    Raises:
        HAUpgradeError: They do not come about; the lab was stopped again.
    """
    from nornir_haupgrade.lab.linux.connections import open_connections

    try:
        for pair in spec.networks:
            open_connections(lab, pair, long=connections)
    except HAUpgradeError as error:
        lab.stop()
        raise HAUpgradeError(
            f"the connections could not be opened, and the lab was stopped again: {error.message}",
            pair=error.pair,
            advice=f"look into {lab.state}; --connections 0 starts it without them",
        ) from error


def down(place: Place) -> int:
    """End the lab of the folder, and nothing else."""
    lab = place.lab()
    if lab.pid is None:
        place.say(f"no lab runs in {place.folder}")
        return Exit.DONE
    lab.stop()
    place.say(f"the lab in {place.folder} has ended")
    return Exit.DONE


def status(place: Place) -> int:
    """What its members are doing; 1 if it does not run."""
    lab = place.lab()
    if lab.pid is None:
        place.say(f"no lab runs in {place.folder}")
        return Exit.FAILED
    _show(place, lab)
    return Exit.DONE


def crash(place: Place, node: str) -> int:
    """Have a member lose power."""
    place.running().crash(node)
    return Exit.DONE


def power_on(place: Place, node: str) -> int:
    """Have a member boot that is off."""
    place.running().power_on(node)
    return Exit.DONE


def fault(place: Place, kind: str, node: str, params: Sequence[str], when: Moment) -> int:
    """Have something go wrong."""
    given: dict[str, str] = {}
    for param in params:
        name, is_pair, value = param.partition("=")
        if not is_pair:
            raise BadInput(f"{param!r} is not NAME=VALUE", advice="write it as in seconds=10")
        given[name] = value
    place.running().fault(kind, node, on=when.on, by=when.by, after=when.after, params=given)
    return Exit.DONE


def heal(place: Place, kind: str | None, node: str | None) -> int:
    """Undo faults, and forget those that wait."""
    place.running().heal(kind, node)
    return Exit.DONE


def build_image(place: Place, name: str) -> int:
    """Build an image and say where it is."""
    lab = place.lab()
    lab.check()
    built = lab.image(_known(name), say=place.say)
    place.say(f"{built.path} {built.version} {built.sha256}")
    return Exit.DONE


def execute(place: Place, command: Sequence[str]) -> NoReturn:
    """Become another program, in the lab's network."""
    lab = place.running()
    lab.enter()
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - what the user asks for, without a shell
    except OSError as error:
        raise BadInput(f"{command[0]} cannot be run: {error.strerror}") from error


def _known(name: str) -> str:
    from nornir_haupgrade.lab.linux.recipe import RECIPES

    if name not in RECIPES:
        known = ", ".join(RECIPES)
        raise BadInput(f"there is no image {name}", advice=f"choose one of {known}")
    return name


def _show(place: Place, lab: LinuxLab) -> None:
    rows = [
        [name, *(str(own[key]) for key in ("address", "inner", "phase", "version", "slot", "role"))]
        for name, own in lab.states.items()
    ]
    titles = ("member", "address", "through the pair", "phase", "version", "slot", "role")
    emit_table(place.shell, titles, rows)
    faults = lab.faults
    lines = [f"at work  {' '.join(map(str, item))}" for item in faults["struck"]]
    lines += [f"waiting  {' '.join(map(str, item))}" for item in faults["waiting"]]
    lines += _connections(lab, len(rows) // 2)
    emit(place.shell, lines)


def _connections(lab: LinuxLab, pairs: int) -> list[str]:
    from nornir_haupgrade.lab.linux.connections import control_of, summary
    from nornir_haupgrade.lab.linux.spec import LinuxSpec
    from nornir_haupgrade.lab.linux.traffic import NoClientError, Traffic

    lines = []
    for pair in LinuxSpec(pairs=pairs).networks:
        control = control_of(lab.state, pair)
        if control.exists():
            try:
                said = summary(Traffic(control).report())
            except NoClientError:
                said = "the client of its connections has ended"
            lines.append(f"{pair.name}       {said}")
    return lines
