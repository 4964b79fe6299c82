"""A small Nornir of hosts that need no network, and tasks for them."""

from __future__ import annotations

from nornir.core import Nornir
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.task import MultiResult, Result, Task
from nornir.plugins.runners import SerialRunner

SECRETS = {
    "host": "pw-of-the-host",
    "group": "pw-of-the-group",
    "defaults": "pw-of-the-defaults",
    "option": "pw-of-netmiko",
    "enable": "enable-of-netmiko",
    "deep": "token-of-napalm",
    "data": "community-in-data",
}
"""By where the inventory holds them."""


def nornir(*names: str, runner: RunnerPlugin | None = None) -> Nornir:
    """Hosts with a secret at every place where an inventory can have one."""
    netmiko = ConnectionOptions(
        password=SECRETS["option"], extras={"secret": SECRETS["enable"], "use_keys": False}
    )
    napalm = ConnectionOptions(extras={"optional_args": {"api_token": SECRETS["deep"]}})
    group = Group("all", password=SECRETS["group"], connection_options={"napalm": napalm})
    defaults = Defaults(
        password=SECRETS["defaults"], data={"snmp": [{"read_community": SECRETS["data"]}]}
    )
    hosts = Hosts(
        {
            name: Host(
                name,
                hostname="192.0.2.1",
                password=SECRETS["host"],
                groups=ParentGroups([group]),
                connection_options={"netmiko": netmiko},
                defaults=defaults,
            )
            for name in names
        }
    )
    inventory = Inventory(hosts, Groups({"all": group}), defaults)
    return Nornir(inventory, runner=runner or SerialRunner())


def good(task: Task) -> Result:
    return Result(host=task.host, result=f"{task.host.name} is fine", changed=True)


def broken(task: Task) -> None:
    raise ValueError(f"{task.host.name} is broken")


def broken_on_b(task: Task) -> None:
    if task.host.name == "b":
        broken(task)


def three_deep(task: Task) -> str:
    """middle > (good, good), then good."""
    task.run(middle)
    task.run(good, name="last")
    return "the whole"


def middle(task: Task) -> None:
    task.run(good)
    task.run(good, name="again")


def broken_below(task: Task) -> None:
    task.run(broken_in_the_middle)


def broken_in_the_middle(task: Task) -> None:
    task.run(good)
    task.run(broken)


def own(result: MultiResult) -> Result:
    """What the task itself returned, before its subtasks'."""
    return result[0]
