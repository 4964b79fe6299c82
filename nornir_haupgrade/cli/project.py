"""From the options to a project: configuration, inventory, login data; nothing is contacted."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, Finding, HAUpgradeError
from nornir_haupgrade.settings import check_supported, init_nornir, load_settings, open_project

if TYPE_CHECKING:
    from pathlib import Path

    from nornir.core.inventory import Host

    from nornir_haupgrade.cli.shell import Shell
    from nornir_haupgrade.engines.store import Store
    from nornir_haupgrade.settings import PairConfig, Project

USERNAME = "HAUPGRADE_USERNAME"
PASSWORD = "HAUPGRADE_PASSWORD"  # noqa: S105 - the name of the variable
_KEYS = ("key_file", "use_keys", "allow_agent", "pkey", "ssh_config_file")
"""Netmiko's ways to log in without a password."""


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
        findings += [*check_supported(project.pairs), *_missing_tasks(project)]
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


def _missing_tasks(project: Project) -> Iterator[Finding]:
    """The site's tasks that cannot be imported."""
    from nornir_haupgrade.site import load_task

    for pair in project.pairs:
        for what, task in _tasks(pair):
            try:
                load_task(task)
            except HAUpgradeError as error:
                where = f"pair {pair.name}: {what}"
                yield Finding(where, error.message, error.advice or "Mend the task.")


def _tasks(pair: PairConfig) -> Iterator[tuple[str, str]]:
    """What a pair calls the site's tasks for, and their dotted names."""
    from nornir_haupgrade.settings import TaskService

    for service in pair.services:
        if isinstance(service, TaskService):
            yield f"service {service.name}", service.task
    for gate in pair.gates:
        yield f"gate {gate.name}", gate.task
    for task in pair.notify:
        yield "notify", task


def the_store(shell: Shell) -> Store:
    """The campaigns of the configuration's store.

    Raises:
        BadInput: With every finding.
    """
    from nornir_haupgrade.engines.store import Store

    settings = load_settings(init_nornir(shell.config), shell.config)
    shell.store = settings.store
    return Store(settings.store)


def user_name() -> str:
    """Who decides, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return f"uid {os.getuid()}"


def _log_in_data(project: Project) -> None:
    """User and password where the inventory has none: from the environment, or asked for once."""
    hosts = list(_hosts(project))
    # On the hosts themselves: not every inventory plugin gives them the inventory's defaults.
    if nameless := [host for host in hosts if _lacks_username(host)]:
        username = os.environ.get(USERNAME) or _asked("Username: ", is_secret=False)
        for host in nameless:
            host.username = username
    if keyless := [host for host in hosts if _lacks_password(host)]:
        password = os.environ.get(PASSWORD) or _asked("Password: ", is_secret=True)
        for host in keyless:
            host.password = password
    findings = [
        *_missing(hosts, "username", USERNAME),
        *_missing([host for host in hosts if _lacks_password(host)], "password", PASSWORD),
    ]
    if findings:
        raise BadInput.from_findings(findings)


def _hosts(project: Project) -> Iterator[Host]:
    for pair in project.pairs:
        for member in pair.members:
            yield project.nr.inventory.hosts[member.name]


def _lacks_username(host: Host) -> bool:
    return not host.get_connection_parameters("netmiko").username


def _lacks_password(host: Host) -> bool:
    parameters = host.get_connection_parameters("netmiko")
    extras = parameters.extras or {}
    return not parameters.password and not any(extras.get(key) for key in _KEYS)


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


def _missing(hosts: Sequence[Host], what: str, variable: str) -> Iterator[Finding]:
    advice = f"Set it in the inventory, or {variable} in the environment, or use a terminal."
    for host in hosts:
        if not getattr(host.get_connection_parameters("netmiko"), what):
            key = " and no key" if what == "password" else ""
            yield Finding(host.name, f"there is no {what}{key} to log in with", advice)
