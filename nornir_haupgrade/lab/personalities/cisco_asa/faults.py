"""What can go wrong on a failover pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Quirk
from nornir_haupgrade.lab.execution import Twist
from nornir_haupgrade.lab.fault_kinds import (
    COMMON,
    Kind,
    Params,
    Target,
    Undo,
    by_hand,
    data_port_down,
    ha_link_down,
    quirk,
    rule,
)
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.asa import asa_of
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_asa.spec import DATA_PORTS

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor

_NOT_ALLOWED = "ERROR: Command authorization failed"
_SWITCHING = ("failover active", "no failover active")
_STRAY = "snmp-server location stray"


def _refuse(*prefixes: str, message: str = _NOT_ALLOWED) -> Kind:
    return Kind(rule(Twist.REFUSE, *prefixes, message=message), Target.BOTH)


def _report_differs(_: Executor, device: Device, params: Params) -> Undo:
    """A line that only this unit has; with ``after_sync``, after the next replication once more."""
    line = str(params.get("line", _STRAY))
    sections.add(asa_of(device).configuration.running, line)
    if params.get("after_sync"):
        device.quirks["differs_after_sync"] = Quirk(params, params.get("times"))

    def undo() -> None:
        device.quirks.pop("differs_after_sync", None)
        asa_of(device).configuration.running.pop(line, None)

    return undo


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "no failover active")


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "logging host inside 192.0.2.9"))
    by_hand(executor, device, "configure terminal", line, "end", "write memory")


def _failover_turned_off(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "configure terminal", "no failover", "end")


def _unsaved_changes(executor: Executor, device: Device, params: Params) -> Undo:
    configuration = asa_of(device).configuration
    line = str(params.get("line", "logging buffered debugging"))
    sections.add(configuration.running, line)
    configuration.note(executor.pair.timeline.now(), "operator")

    def undo() -> None:
        configuration.running.pop(line, None)
        configuration.is_modified = False

    return undo


def _scp_disabled(_: Executor, device: Device, __: Params) -> Undo:
    configuration = asa_of(device).configuration
    for content in (configuration.running, configuration.startup):
        content.pop(SCP, None)

    def undo() -> None:
        for content in (configuration.running, configuration.startup):
            sections.add(content, SCP)

    return undo


ASA_FAULTS: dict[str, Kind] = {
    **COMMON,
    # software
    "install_fails": _refuse(
        "copy ", message="%Error writing disk0:/image (Software caused connection abort)"
    ),
    "scp_disabled": Kind(_scp_disabled, Target.BOTH),
    "licence_lost": Kind(quirk("licence_lost", times=1), Target.STANDBY),
    "ha_state_empty": Kind(quirk("ha_state_empty"), Target.BOTH),
    # the line
    "reply_lost": Kind(rule(Twist.CUT_AFTER, "show ", times=1), Target.BOTH),
    "cut_line": Kind(rule(Twist.CUT_BEFORE, "show ", times=1), Target.BOTH),
    "slow_output": Kind(rule(Twist.DELAY, "show "), Target.BOTH),
    "console_messages": Kind(quirk("console_messages"), Target.BOTH),
    # sessions and configuration
    "sessions_never_sync": Kind(quirk("sessions_never_sync"), Target.BOTH),
    "sessions_slow": Kind(quirk("sessions_slow"), Target.BOTH),
    "sync_stuck": Kind(quirk("sync_stuck"), Target.STANDBY),
    "report_differs": Kind(_report_differs, Target.STANDBY),
    "save_fails": _refuse(
        "write", message="%Error writing startup-config (No space left on device)"
    ),
    "save_lost": Kind(quirk("save_lost", times=1), Target.BOTH),
    # roles and forwarding
    "ha_link_down": Kind(ha_link_down, Target.PAIR),
    "data_port_down": Kind(data_port_down(DATA_PORTS[0]), Target.STANDBY),
    "switch_refused": _refuse(*_SWITCHING),
    "suspend_hangs": Kind(rule(Twist.HANG, *_SWITCHING), Target.BOTH),
    "refuse_functional": _refuse("failover active", "failover reset"),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.ACTIVE),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "failover_turned_off": Kind(_failover_turned_off, Target.ACTIVE),
    "unsaved_changes": Kind(_unsaved_changes, Target.BOTH),
}
