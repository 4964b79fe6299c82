"""What can go wrong on any platform, each with how it strikes and how it is undone.

A fault is a quirk of a device, a rule about its commands, or something that simply happens. Each is
a function that strikes and returns how to undo it; ``params`` may always hold ``lasts`` (device
seconds until it is undone) and, where it can show more than once, ``times``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.device import Device, Quirk
from nornir_haupgrade.lab.execution import Executor, Twist
from nornir_haupgrade.lab.fault_rules import OfCommands
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair

Params: TypeAlias = Mapping[str, Any]
Undo: TypeAlias = Callable[[], None]
Strike: TypeAlias = "Callable[[Executor, Device, Params], Undo | None]"


class Target(StrEnum):
    """Whom a fault strikes when it names no member."""

    BOTH = "both"
    ACTIVE = "active"
    STANDBY = "standby"
    PAIR = "pair"
    """The pair as such: once."""


WHOM = frozenset({Target.ACTIVE, Target.STANDBY, Target.BOTH})
"""What may stand in the place of a member's name."""


def check_ports(pair: Pair, params: Params) -> None:
    """A port or link that is named is one of the members'.

    Raises:
        SpecError: It is not.
    """
    ports = pair.devices[0].ports
    for key in ("port", "link"):
        if key in params and params[key] not in ports:
            msg = f"pair {pair.name} has no {key} {params[key]}; known are {', '.join(ports)}"
            raise SpecError(msg)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault."""

    strike: Strike
    target: Target
    check: Callable[[Pair, Params], None] = check_ports
    """Raises SpecError where its parameters name what a pair has not, so that it cannot strike."""


def quirk(name: str, *, times: int | None = None) -> Strike:
    """A quirk of a device, by the name that its code asks for."""

    def strike(_: Executor, device: Device, params: Params) -> Undo:
        device.quirks[name] = Quirk(params, params.get("times", times))
        device.changed()

        def undo() -> None:
            device.quirks.pop(name, None)
            device.changed()

        return undo

    return strike


def rule(twist: Twist, *prefixes: str, message: str = "", times: int | None = None) -> Strike:
    """A twist for the commands that begin like that."""
    return OfCommands(twist, prefixes, message, times)


def _crash(_: Executor, device: Device, params: Params) -> Undo:
    device.crash(reboots=bool(params.get("reboots")), silent=bool(params.get("silent")))
    return device.power_on


def _disk_full(_: Executor, device: Device, params: Params) -> Undo:
    device.disk.ballast += max(0, device.disk.free - int(params.get("free", 0)))

    def undo() -> None:
        device.disk.ballast = 0

    return undo


def _adverts_lost(executor: Executor, _: Device, __: Params) -> Undo:
    pair = executor.pair

    def set_hearing(*, on: bool) -> None:
        pair.hears_adverts = on
        pair.changed()

    set_hearing(on=False)
    return lambda: set_hearing(on=True)


def data_port_down(default: str) -> Strike:
    """An interface goes down: the one named, or the platform's first."""

    def strike(_: Executor, device: Device, params: Params) -> Undo:
        port = str(params.get("port", default))

        def set_port(*, up: bool) -> None:
            device.ports[port] = up
            device.changed()

        set_port(up=False)
        return lambda: set_port(up=True)

    return strike


def _set_of_pair(name: str) -> Strike:
    """A member is in a set of its pair's while the fault lasts."""

    def strike(executor: Executor, device: Device, _: Params) -> Undo:
        pair = executor.pair
        members: set[str] = getattr(pair, name)
        members.add(device.name)
        pair.changed()

        def undo() -> None:
            members.discard(device.name)
            pair.changed()

        return undo

    return strike


def data_port_unnoticed(default: str) -> Strike:
    """An interface goes down, and HA does not look at it."""
    goes_unnoticed, goes_down = quirk("data_port_unnoticed"), data_port_down(default)

    def strike(executor: Executor, device: Device, params: Params) -> Undo:
        undone = [strike(executor, device, params) for strike in (goes_unnoticed, goes_down)]

        def undo() -> None:
            for one in reversed(undone):
                if one is not None:
                    one()

        return undo

    return strike


def _failover(executor: Executor, _: Device, __: Params) -> None:
    pair = executor.pair
    for election in pair.elections.values():
        backups = [item for item in pair.devices if election.role(item) is HaState.BACKUP]
        if len(backups) == 1:
            election.take(backups[0])


def _prompt_changes(_: Executor, device: Device, params: Params) -> Undo:
    before = device.hostname
    device.hostname = str(params.get("hostname", f"{before}-new"))

    def undo() -> None:
        device.hostname = before

    return undo


def ha_link_down(executor: Executor, _: Device, __: Params) -> Undo:
    """The link between the members is down, and nothing else."""
    pair = executor.pair

    def set_link(*, up: bool) -> None:
        pair.is_link_up = up
        pair.changed()

    set_link(up=False)
    return lambda: set_link(up=True)


def _wrong_device(_: Executor, device: Device, params: Params) -> Undo:
    before = device.node_id

    def undo() -> None:
        device.node_id = before

    device.node_id = str(params.get("node_id", "0" * 31 + "1"))
    return undo


def by_hand(
    executor: Executor, device: Device, *lines: str, terminal: Terminal | None = None
) -> None:
    """Have somebody type the lines in one session, half a second apart."""
    terminal = terminal or Terminal()
    text, *rest = lines
    executor.run(device, Line(text, terminal), lambda _: None, by="hand")
    if rest:
        executor.pair.timeline.after(
            0.5, lambda: by_hand(executor, device, *rest, terminal=terminal)
        )


def _another_login(_: Executor, device: Device, params: Params) -> Undo:
    line = device.free_line()
    login = str(params.get("login", "operator pts/9 192.0.2.7"))
    device.logins[line] = login

    def undo() -> None:
        if device.logins.get(line) is login:
            del device.logins[line]

    return undo


def second_controller(*lines: str) -> Strike:
    """Another tool: its login, and what it types."""

    def strike(executor: Executor, device: Device, params: Params) -> Undo:
        by_hand(executor, device, *lines)
        return _another_login(executor, device, params)

    return strike


def _power_on(_: Executor, device: Device, __: Params) -> None:
    device.power_on()


adverts_one_way = _set_of_pair("deaf")
ha_link_one_way = _set_of_pair("cut_off")

COMMON: dict[str, Kind] = {
    # the next boot
    "old_image_after_reboot": Kind(quirk("old_image_after_reboot", times=1), Target.BOTH),
    "boot_without_ha": Kind(quirk("boot_without_ha", times=1), Target.BOTH),
    "slow_boot": Kind(quirk("slow_boot", times=1), Target.BOTH),
    "boot_loop": Kind(quirk("boot_loop"), Target.BOTH),
    "never_boots": Kind(quirk("never_boots", times=1), Target.BOTH),
    "config_lines_lost": Kind(quirk("config_lines_lost", times=1), Target.BOTH),
    # images and flash
    "disk_full": Kind(_disk_full, Target.BOTH),
    "corrupt_upload": Kind(quirk("corrupt_upload"), Target.BOTH),
    # the line
    "login_refused": Kind(quirk("login_refused"), Target.BOTH),
    "host_key_changed": Kind(quirk("host_key_changed"), Target.BOTH),
    "aaa_unreachable": Kind(quirk("aaa_unreachable"), Target.BOTH),
    "mute": Kind(quirk("mute"), Target.BOTH),
    "management_cut": Kind(quirk("management_cut"), Target.STANDBY),
    "prompt_changes": Kind(_prompt_changes, Target.BOTH),
    "wrong_device": Kind(_wrong_device, Target.STANDBY),
    # roles and forwarding
    "crash": Kind(_crash, Target.ACTIVE),
    "failover": Kind(_failover, Target.PAIR),
    "adverts_lost": Kind(_adverts_lost, Target.PAIR),
    "adverts_one_way": Kind(adverts_one_way, Target.STANDBY),
    "both_standby": Kind(quirk("stays_standby"), Target.BOTH),
    "data_dead": Kind(quirk("data_dead"), Target.BOTH),
    # somebody else
    "another_login": Kind(_another_login, Target.ACTIVE),
    "power_on": Kind(_power_on, Target.BOTH),
}

LASTING = {"login_refused", "mute"}
"""Their ``seconds`` say how long they last."""
