"""What can go wrong on the Linux firewalls."""

from __future__ import annotations

from nornir_haupgrade.lab.device import Device, Quirk
from nornir_haupgrade.lab.execution import Executor, Twist
from nornir_haupgrade.lab.fault_kinds import (
    COMMON,
    Kind,
    Params,
    Target,
    by_hand,
    data_port_down,
    ha_link_down,
    quirk,
    rule,
)
from nornir_haupgrade.lab.personalities.linux_ha.appliance import DATA_PORTS, appliance
from nornir_haupgrade.lab.personalities.linux_ha.configuration import RULES


def _report_differs(_: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "network stray 192.0.2.0/24"))
    appliance(device).configuration.files["shared/objects.conf"] += f"{line}\n"
    if params.get("after_sync"):
        device.quirks["differs_after_sync"] = Quirk(params, params.get("times"))


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "fwctl ha suspend", "fwctl ha functional")


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "tcp dport 2222 accept"))
    configuration = appliance(device).configuration
    configuration.files[RULES] += f"{line}\n"
    configuration.load()
    executor.pair.changed()


def _preempt_turned_on(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "fwctl ha preempt on")


def _refuse(prefix: str, message: str) -> Kind:
    return Kind(rule(Twist.REFUSE, prefix, message=message), Target.BOTH)


FAULTS: dict[str, Kind] = {
    **COMMON,
    # images and flash
    "install_fails": _refuse("fwctl image install", "% installation failed"),
    # the line
    "reply_lost": Kind(rule(Twist.CUT_AFTER, "fwctl", times=1), Target.BOTH),
    "cut_line": Kind(rule(Twist.CUT_BEFORE, "fwctl", times=1), Target.BOTH),
    "slow_output": Kind(rule(Twist.DELAY, "fwctl"), Target.BOTH),
    # sessions and configuration
    "sessions_never_sync": Kind(quirk("sessions_never_sync"), Target.BOTH),
    "sessions_slow": Kind(quirk("sessions_slow"), Target.BOTH),
    "sync_stuck": _refuse("fwctl ha sync-config", "% peer does not answer"),
    "report_differs": Kind(_report_differs, Target.STANDBY),
    # roles and forwarding
    "ha_link_down": Kind(ha_link_down, Target.PAIR),
    "data_port_down": Kind(data_port_down(DATA_PORTS[0]), Target.STANDBY),
    "switch_refused": _refuse("fwctl ha suspend", "% cannot suspend"),
    "suspend_hangs": Kind(rule(Twist.HANG, "fwctl ha suspend"), Target.BOTH),
    "refuse_functional": _refuse("fwctl ha functional", "% cannot leave the suspended state"),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.ACTIVE),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "preempt_turned_on": Kind(_preempt_turned_on, Target.BOTH),
}
