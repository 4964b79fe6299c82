"""What can go wrong: one table of names, each with how it strikes and how it is undone.

A fault is a quirk of a device, a rule about its commands, or something that simply happens. Each is
a function that strikes and returns how to undo it; ``params`` may always hold ``lasts`` (device
seconds until it is undone) and, where it can show more than once, ``times``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from nornir_haupgrade.lab.configuration import RULES
from nornir_haupgrade.lab.device import DATA_PORTS, Device, Quirk
from nornir_haupgrade.lab.execution import Executor, Rule, Twist

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


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault."""

    strike: Strike
    target: Target


def _quirk(name: str, *, times: int | None = None) -> Strike:
    def strike(_: Executor, device: Device, params: Params) -> Undo:
        device.quirks[name] = Quirk(params, params.get("times", times))
        device.changed()

        def undo() -> None:
            device.quirks.pop(name, None)
            device.changed()

        return undo

    return strike


def _rule(twist: Twist, prefix: str, message: str = "", *, times: int | None = None) -> Strike:
    def strike(executor: Executor, device: Device, params: Params) -> Undo:
        rule = Rule(
            prefix=str(params.get("command", prefix)),
            twist=twist,
            message=str(params.get("message", message)),
            seconds=float(params.get("seconds", 5.0)),
            times=params.get("times", times),
            takes_effect=bool(params.get("takes_effect", False)),
        )
        rules = executor.rules[device.name]
        rules.append(rule)

        def undo() -> None:
            if rule in rules:
                rules.remove(rule)

        return undo

    return strike


def _crash(_: Executor, device: Device, params: Params) -> Undo:
    device.crash(reboots=bool(params.get("reboots")), silent=bool(params.get("silent")))
    return device.power_on


def _disk_full(_: Executor, device: Device, params: Params) -> Undo:
    device.disk.ballast += max(0, device.disk.free - int(params.get("free", 0)))

    def undo() -> None:
        device.disk.ballast = 0

    return undo


def _ha_link_down(executor: Executor, _: Device, __: Params) -> Undo:
    pair = executor.pair

    def set_link(*, up: bool) -> None:
        pair.is_link_up = up
        pair.changed()

    set_link(up=False)
    return lambda: set_link(up=True)


def _adverts_lost(executor: Executor, _: Device, __: Params) -> Undo:
    pair = executor.pair

    def set_hearing(*, on: bool) -> None:
        pair.hears_adverts = on
        pair.changed()

    set_hearing(on=False)
    return lambda: set_hearing(on=True)


def _data_port_down(_: Executor, device: Device, params: Params) -> Undo:
    port = str(params.get("port", DATA_PORTS[0]))

    def set_port(*, up: bool) -> None:
        device.ports[port] = up
        device.changed()

    set_port(up=False)
    return lambda: set_port(up=True)


def _wrong_device(_: Executor, device: Device, params: Params) -> Undo:
    before = device.node_id

    def undo() -> None:
        device.node_id = before

    device.node_id = str(params.get("node_id", "0" * 31 + "1"))
    return undo


def _report_differs(_: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "network stray 192.0.2.0/24"))
    device.configuration.files["shared/objects.conf"] += f"{line}\n"
    if params.get("after_sync"):
        device.quirks["differs_after_sync"] = Quirk(params, params.get("times"))


def _by_hand(executor: Executor, device: Device, *lines: str) -> None:
    """Have somebody type the lines, half a second apart."""
    line, *rest = lines
    executor.run(device, line, lambda _: None, by="hand")
    if rest:
        executor.pair.timeline.after(0.5, lambda: _by_hand(executor, device, *rest))


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    _by_hand(executor, device, "fwctl ha suspend", "fwctl ha functional")


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "tcp dport 2222 accept"))
    device.configuration.files[RULES] += f"{line}\n"
    device.configuration.load()
    executor.pair.changed()


def _preempt_turned_on(executor: Executor, device: Device, _: Params) -> None:
    _by_hand(executor, device, "fwctl ha preempt on")


def _another_login(_: Executor, device: Device, params: Params) -> Undo:
    line = 1000 + len(device.logins)
    device.logins[line] = str(params.get("login", "operator pts/9 192.0.2.7"))

    def undo() -> None:
        device.logins.pop(line, None)

    return undo


def _power_on(_: Executor, device: Device, __: Params) -> None:
    device.power_on()


FAULTS: dict[str, Kind] = {
    # the next boot
    "old_image_after_reboot": Kind(_quirk("old_image_after_reboot", times=1), Target.BOTH),
    "boot_without_ha": Kind(_quirk("boot_without_ha", times=1), Target.BOTH),
    "slow_boot": Kind(_quirk("slow_boot", times=1), Target.BOTH),
    "never_boots": Kind(_quirk("never_boots", times=1), Target.BOTH),
    "config_lines_lost": Kind(_quirk("config_lines_lost", times=1), Target.BOTH),
    # images and flash
    "disk_full": Kind(_disk_full, Target.BOTH),
    "corrupt_upload": Kind(_quirk("corrupt_upload"), Target.BOTH),
    "install_fails": Kind(
        _rule(Twist.REFUSE, "fwctl image install", "% installation failed"), Target.BOTH
    ),
    # the line
    "reply_lost": Kind(_rule(Twist.CUT_AFTER, "fwctl", times=1), Target.BOTH),
    "cut_line": Kind(_rule(Twist.CUT_BEFORE, "fwctl", times=1), Target.BOTH),
    "slow_output": Kind(_rule(Twist.DELAY, "fwctl"), Target.BOTH),
    "login_refused": Kind(_quirk("login_refused"), Target.BOTH),
    "host_key_changed": Kind(_quirk("host_key_changed"), Target.BOTH),
    "mute": Kind(_quirk("mute"), Target.BOTH),
    "wrong_device": Kind(_wrong_device, Target.STANDBY),
    # sessions and configuration
    "sessions_never_sync": Kind(_quirk("sessions_never_sync"), Target.BOTH),
    "sessions_slow": Kind(_quirk("sessions_slow"), Target.BOTH),
    "sync_stuck": Kind(
        _rule(Twist.REFUSE, "fwctl ha sync-config", "% peer does not answer"), Target.BOTH
    ),
    "report_differs": Kind(_report_differs, Target.STANDBY),
    # roles and forwarding
    "crash": Kind(_crash, Target.ACTIVE),
    "ha_link_down": Kind(_ha_link_down, Target.PAIR),
    "adverts_lost": Kind(_adverts_lost, Target.PAIR),
    "data_port_down": Kind(_data_port_down, Target.STANDBY),
    "data_dead": Kind(_quirk("data_dead"), Target.BOTH),
    "switch_refused": Kind(
        _rule(Twist.REFUSE, "fwctl ha suspend", "% cannot suspend"), Target.BOTH
    ),
    "suspend_hangs": Kind(_rule(Twist.HANG, "fwctl ha suspend"), Target.BOTH),
    "refuse_functional": Kind(
        _rule(Twist.REFUSE, "fwctl ha functional", "% cannot leave the suspended state"),
        Target.BOTH,
    ),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.ACTIVE),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "preempt_turned_on": Kind(_preempt_turned_on, Target.BOTH),
    "another_login": Kind(_another_login, Target.ACTIVE),
    "power_on": Kind(_power_on, Target.BOTH),
}

LASTING = {"login_refused", "mute"}
"""Their ``seconds`` say how long they last."""
