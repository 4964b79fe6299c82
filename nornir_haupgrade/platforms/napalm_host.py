"""A Nornir of one host, made for one NAPALM session out of the caller's.

nornir-napalm writes the port into whatever mapping of options it is given, which a group shares
with all of its members, and leaves its connection on the host: so it is given copies of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir.core import Nornir
    from nornir.core.inventory import ConnectionOptions, Host
    from nornir.core.task import Result, Task

NAME = "napalm"
"""Nornir's name of the connection."""


def is_configured(host: Host) -> bool:
    """Whether the inventory says, for this host, a group of it or all, how NAPALM reaches it."""
    return any(True for _ in _said(host))


def platform_of(host: Host, usual: str | None) -> str | None:
    """The name of NAPALM's driver: the inventory's for NAPALM, the usual one, else Nornir's."""
    return next((one.platform for one in _said(host) if one.platform), usual or host.platform)


def reached_at(host: Host) -> tuple[str, object]:
    """The address and port that NAPALM is told to connect to."""
    options = host.get_connection_parameters(NAME)
    arguments = (options.extras or {}).get("optional_args") or {}
    return options.hostname or host.name, arguments.get("port") or options.port


def _said(host: Host) -> Iterator[ConnectionOptions]:
    """The options for NAPALM of the host, its groups and the defaults, the nearest first."""
    for element in (host, *host.extended_groups()):
        if NAME in element.connection_options:
            yield element.connection_options[NAME]
    if NAME in host.defaults.connection_options:
        yield host.defaults.connection_options[NAME]


def copied(value: Any) -> Any:  # noqa: ANN401 - whatever stands in an inventory
    """New mappings and lists, with the same things in them."""
    if isinstance(value, Mapping):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


def own_host(host: Host, platform: str | None, extras: dict[str, Any]) -> Host:
    """The same host without connections, and with these extras for NAPALM."""
    from nornir.core.inventory import ConnectionOptions, Host

    options = host.get_connection_parameters(NAME)
    own = ConnectionOptions(
        hostname=options.hostname or host.name,
        port=extras["optional_args"].get("port") or options.port,
        username=options.username,
        password=options.password,
        platform=platform,
        extras=extras,
    )
    return Host(
        name=host.name,
        hostname=host.hostname,
        port=host.port,
        username=host.username,
        password=host.password,
        platform=host.platform,
        groups=host.groups,
        data=host.data,
        connection_options={NAME: own},
        defaults=host.defaults,
    )


def own_nornir(nr: Nornir, host: Host) -> Nornir:
    """The caller's configuration and processors, this host alone, and its own list of failures."""
    from nornir.core import Nornir
    from nornir.core.inventory import Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.state import GlobalState
    from nornir.plugins.runners import SerialRunner
    from nornir_napalm.plugins.connections import Napalm

    if NAME not in ConnectionPluginRegister.available:
        ConnectionPluginRegister.register(NAME, Napalm)
    return Nornir(
        Inventory(Hosts({host.name: host}), nr.inventory.groups, nr.inventory.defaults),
        config=nr.config,
        data=GlobalState(dry_run=True),
        processors=nr.processors,
        runner=SerialRunner(),
    )


def quietly(task: Task, getters: list[str], getters_options: dict[str, Any]) -> Result:
    """nornir-napalm's `napalm_get`; Nornir logs the traceback of whatever leaves a task."""
    from nornir.core.task import Result
    from nornir_napalm.plugins.tasks import napalm_get

    try:
        return napalm_get(task, getters, getters_options)
    except Exception as error:  # noqa: BLE001 - handed on as a part of the result
        return Result(host=task.host, failed=True, exception=error)
