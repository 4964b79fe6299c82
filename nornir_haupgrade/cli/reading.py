"""Commands that only read devices: pairs, check, and the dry run of run."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.project import the_project
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.platforms.address import address_of
from nornir_haupgrade.report.tables import check_rows, member_row, preview_rows

if TYPE_CHECKING:
    from nornir_haupgrade.engines.checking import PairCheck
    from nornir_haupgrade.engines.survey import Surveyed
    from nornir_haupgrade.settings import PairConfig, Project

_CHECKS = ("pair", "check", "verdict", "reason")
_MEMBERS = ("pair", "member", "address", "identity", "role", "version", "preemption")
_STEPS = ("step", "action", "on", "to", "commands")


def pairs(shell: Shell, names: Sequence[str]) -> int:
    """Who is who; members that could not be read are named with the reason."""
    project = the_project(shell, names)
    with ThreadPoolExecutor(max_workers=len(project.pairs)) as threads:
        found = list(threads.map(lambda config: _surveyed(project, config), project.pairs))
    rows = [
        member_row(one.config.name, name, _address(project, name), facts)
        for one in found
        for name, facts in one.facts.members
    ]
    emit_table(shell, _MEMBERS, rows)
    errors = [str(error) for one in found for _, error in one.errors]
    emit(shell, [escape(error) for error in errors])
    return Exit.FAILED if errors else Exit.DONE


def check(shell: Shell, names: Sequence[str], *, to: str | None) -> int:
    """Every finding of every pair."""
    from nornir_haupgrade.engines.checking import check as check_pairs

    project = the_project(shell, names, to=to)
    found = check_pairs(project, None if to is None else Errand(to=to))
    _show_checks(shell, found)
    return Exit.DONE if all(one.is_ready for one in found) else Exit.FAILED


def dry_run(shell: Shell, names: Sequence[str], errand: Errand) -> int:
    """The findings, then all that would be done, with the exact commands; nothing is changed."""
    from nornir_haupgrade.engines.local import LocalEngine

    project = the_project(shell, names, to=errand.to, is_written_to=True)
    found = LocalEngine(project).dry_run(errand)
    _show_checks(shell, [one.checked for one in found])
    for one in found:
        emit(shell, ["", f"{escape(one.checked.pair)}: if every gate passes"])
        emit_table(shell, _STEPS, preview_rows(one.rows))
    return Exit.DONE if all(one.checked.is_ready for one in found) else Exit.FAILED


def _show_checks(shell: Shell, found: Sequence[PairCheck]) -> None:
    emit_table(shell, _CHECKS, [row for one in found for row in check_rows(one)])
    ready = [one.pair for one in found if one.is_ready]
    others = [one.pair for one in found if not one.is_ready]
    lines = [f"ready: {', '.join(ready)}"] if ready else []
    lines += [f"not ready: {', '.join(others)}"] if others else []
    emit(shell, [escape(line) for line in lines])


def _surveyed(project: Project, config: PairConfig) -> Surveyed:
    from nornir_haupgrade.engines.survey import survey
    from nornir_haupgrade.pair import Pair

    pair = Pair(project.nr, config, project.settings, is_read_only=True)
    try:
        return survey(pair)
    finally:
        pair.close()


def _address(project: Project, name: str) -> str:
    host = project.nr.inventory.hosts[name]
    port = host.get_connection_parameters("netmiko").port
    return f"{address_of(host)}:{port}" if port else address_of(host)
