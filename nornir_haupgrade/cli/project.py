"""From the options to a project: configuration, inventory, login data; nothing is contacted."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings import (
    check_supported,
    init_nornir,
    lacks_password,
    lacks_username,
    load_settings,
    missing_logins,
    open_project,
)
from nornir_haupgrade.site import missing_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from nornir.core.inventory import Host

    from nornir_haupgrade.cli.shell import Shell
    from nornir_haupgrade.engines.store import Store
    from nornir_haupgrade.settings import Project

USERNAME = "HAUPGRADE_USERNAME"
PASSWORD = "HAUPGRADE_PASSWORD"  # noqa: S105 - the name of the variable


def the_project(
    shell: Shell,
    names: Sequence[str] | None,
    *,
    to: str | None = None,
    is_written_to: bool = False,
    is_contacted: bool = True,
) -> Project:
    """Open the project for the pairs named, or all of them.

    Raises:
        BadInput: With every finding.
    """
    from nornir_haupgrade.engines.local import redactor_for
    from nornir_haupgrade.platforms import known_platforms

    project = open_project(
        shell.config,
        platforms=known_platforms(),
        names=list(names) if names else None,
        to=to,
    )
    shell.store = project.settings.store
    findings = []
    if is_contacted:
        _make_importable(shell.config.absolute().parent)
    if is_written_to:
        findings += [*check_supported(project.pairs), *missing_tasks(project.pairs)]
    if not project.pairs:
        advice = "give two hosts the same ha.pair in the inventory"
        findings.append(Finding(str(shell.config), "the inventory has no pairs", advice))
    if findings:
        raise BadInput.from_findings(findings)
    if is_contacted:
        _log_in_data(project)
    shell.redact = redactor_for(project)
    return project


def _make_importable(folder: Path) -> None:
    """The site's tasks are beside the configuration file, whoever calls them."""
    if str(folder) not in sys.path:
        # At the end: a file of the site's must not take the place of a library's module.
        sys.path.append(str(folder))


def the_store(shell: Shell) -> Store:
    """The campaigns of the configuration's store.

    Raises:
        BadInput: With every finding.
    """
    from nornir_haupgrade.engines.store import Store

    settings = load_settings(init_nornir(shell.config), shell.config)
    shell.store = settings.store
    return Store(settings.store)


def _log_in_data(project: Project) -> None:
    """User and password where the inventory has none: from the environment, or asked for once."""
    hosts = list(_hosts(project))
    # On the hosts themselves: not every inventory plugin gives them the inventory's defaults.
    if nameless := [host for host in hosts if lacks_username(host)]:
        username = os.environ.get(USERNAME) or _asked("Username: ", is_secret=False)
        for host in nameless:
            host.username = username
    if keyless := [host for host in hosts if lacks_password(host)]:
        password = os.environ.get(PASSWORD) or _asked("Password: ", is_secret=True)
        for host in keyless:
            host.password = password
    advice = f"Set it in the inventory, or {USERNAME} and {PASSWORD}, or use a terminal."
    findings = tuple(missing_logins(hosts, advice=advice))
    if findings:
        raise BadInput.from_findings(findings)


def _hosts(project: Project) -> Iterator[Host]:
    for pair in project.pairs:
        for member in pair.members:
            yield project.nr.inventory.hosts[member.name]


def _asked(prompt: str, *, is_secret: bool) -> str | None:
    if not sys.stdin.isatty():
        return None
    try:
        if is_secret:
            return getpass.getpass(prompt) or None
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline().strip() or None
    except EOFError:
        return None
