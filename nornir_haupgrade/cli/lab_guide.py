"""What is said of a running lab: its members, how to log in to them, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.rehearsal import process
from nornir_haupgrade.rehearsal.project import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nornir_haupgrade.cli.shell import Shell

LAB_FOLDER: Final = ".lab"
_DEFAULT_CONFIG: Final = Path("config.yaml")
_STATES: Final = ("member", "address", "version", "role", "state", "boots", "logins")


@dataclass(frozen=True, slots=True)
class Running:
    """A lab that runs, as it is now."""

    folder: Path
    members: Mapping[str, Mapping[str, Any]]
    platforms: Mapping[str, str]
    """Of each pair."""
    username: str
    password: str
    secrets: Mapping[str, str]
    """What ``enable`` asks for, of each pair that has such a thing."""

    @property
    def driven(self) -> list[str]:
        """The pairs that can be upgraded by us."""
        known = known_platforms()
        return [pair for pair, platform in self.platforms.items() if platform in known]


def look_at(folder: Path) -> Running | None:
    """The lab that runs on a folder; None if none does.

    Raises:
        HAUpgradeError: It runs, and does not answer.
    """
    answers = [process.ask(folder, {"do": about}) for about in ("state", "ports", "login")]
    state, ports, login = answers
    if state is None or ports is None or login is None:
        return None
    return Running(
        folder,
        state["members"],
        ports["platforms"],
        login["username"],
        login["password"],
        login["secrets"],
    )


def show(shell: Shell, lab: Running) -> None:
    """Its members, then how to go on."""
    where = process.where(lab.folder)
    rows = [
        [
            name,
            "{}:{}".format(*where.members[name]),
            str(own["version"]),
            str(own["role"]),
            str(own["phase"]),
            str(own["boots"]),
            str(own["logins"]),
        ]
        for name, own in lab.members.items()
    ]
    emit_table(shell, _STATES, rows)
    guide(shell, lab)


def guide(shell: Shell, lab: Running) -> None:
    """How to log in and what to do next: only what its pairs can do, and what is there."""
    known_hosts = lab.folder / "known_hosts"
    ssh = f"ssh -o UserKnownHostsFile={known_hosts} -p PORT {lab.username}@127.0.0.1"
    lines = [f"host keys {known_hosts}", f"log in    {ssh}; password {lab.password}"]
    for secret in sorted(set(lab.secrets.values())):
        pairs = [pair for pair, own in lab.secrets.items() if own == secret]
        lines.append(f"enable    password {secret}: {', '.join(pairs)}")
    if alone := [pair for pair in lab.platforms if pair not in lab.driven]:
        lines.append(f"no driver yet: {', '.join(alone)}: log in by ssh")
    emit(shell, [*lines, f"next      {'; '.join(_next(shell, lab))}"])


def _next(shell: Shell, lab: Running) -> list[str]:
    found = [lab_command(lab.folder, word) for word in ("devices", "down")]
    # Beside twins of its pairs the site's own configuration means the real ones.
    config = lab.folder / CONFIG if process.is_of_twins(lab.folder) else shell.config
    if not lab.driven or not config.is_file():
        return found
    haupgrade = "haupgrade" if config == _DEFAULT_CONFIG else f"haupgrade --config {config}"
    return [f"{haupgrade} check", f"{haupgrade} run --to VERSION", *found]


def lab_command(folder: Path, words: str) -> str:
    """A command about the lab of a folder, as it can be typed here."""
    is_default = folder == Path(LAB_FOLDER).absolute()
    return f"haupgrade lab {words}" if is_default else f"haupgrade lab {words} --state {folder}"
