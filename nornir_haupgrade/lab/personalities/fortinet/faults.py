"""What can go wrong on the FortiGates."""

from __future__ import annotations

from nornir_haupgrade.lab.device import Device, Quirk
from nornir_haupgrade.lab.execution import Executor, Twist
from nornir_haupgrade.lab.fault_kinds import (
    COMMON,
    Kind,
    Params,
    Target,
    Undo,
    by_hand,
    data_port_down,
    quirk,
    rule,
)
from nornir_haupgrade.lab.personalities.fortinet import replication
from nornir_haupgrade.lab.personalities.fortinet.fortigate import NEVER_SYNC, fortigate_of
from nornir_haupgrade.lab.personalities.fortinet.show_ha import EMPTY
from nornir_haupgrade.lab.personalities.fortinet.spec import DATA_PORTS, HEARTBEAT

_FAILED = "\nCommand fail. Return code -1"
_SWITCHING = ("execute ha failover set", "diagnose sys ha reset-uptime")
_RESTORING = ("execute restore image", "execute restore secondary-image")


def _ha_link_down(executor: Executor, device: Device, __: Params) -> Undo:
    """Heartbeats, sessions and configuration: without them both are primary."""

    def set_link(*, up: bool) -> None:
        device.ports[HEARTBEAT] = up
        executor.pair.is_link_up = up
        device.changed()
        executor.pair.changed()

    set_link(up=False)
    return lambda: set_link(up=True)


def _report_differs(_: Executor, device: Device, params: Params) -> None:
    member = fortigate_of(device)
    replication.add_stray(member, str(params.get("name", "stray")))
    if params.get("after_sync"):
        device.quirks["differs_after_sync"] = Quirk(params, params.get("times"))
    device.changed()


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "execute ha failover set 1")


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    name = str(params.get("name", "by-hand"))
    lines = (f'edit "{name}"', "set subnet 192.0.2.8 255.255.255.255", "next", "end")
    by_hand(executor, device, "config firewall address", *lines)


def _preempt_turned_on(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "config system ha", "set override enable", "end")


def _output_set(_: Executor, device: Device, params: Params) -> None:
    """Somebody sets how the console pages, on both members: it is replicated."""
    member = fortigate_of(device)
    table = member.configuration.table("system console").copied()
    table.settings["output"] = str(params.get("output", "standard"))
    member.configuration.replace("system console", table)
    member.configured()
    replication.spread(member, "system console")


def _licence_expired(_: Executor, device: Device, __: Params) -> Undo:
    member = fortigate_of(device)

    def set_licence(*, good: bool) -> None:
        member.is_licensed = good
        member.changed()

    set_licence(good=False)
    return lambda: set_licence(good=True)


def _licence_invalid(_: Executor, device: Device, params: Params) -> Undo:
    """From the next boot on."""
    member = fortigate_of(device)
    device.quirks["licence_invalid"] = Quirk(params, int(params.get("times", 1)))

    def undo() -> None:
        device.quirks.pop("licence_invalid", None)
        member.is_licensed = True
        member.changed()

    return undo


def _refuse(message: str, *prefixes: str) -> Kind:
    return Kind(rule(Twist.REFUSE, *prefixes, message=message + _FAILED), Target.BOTH)


FORTIGATE_FAULTS: dict[str, Kind] = {
    **COMMON,
    # software
    "install_fails": _refuse("Check image error.", *_RESTORING),
    "installer_busy": _refuse("A firmware upgrade is in progress.", *_RESTORING),
    "install_hangs": Kind(rule(Twist.HANG, *_RESTORING), Target.BOTH),
    # the line
    "reply_lost": Kind(rule(Twist.CUT_AFTER, "get ", times=1), Target.BOTH),
    "cut_line": Kind(rule(Twist.CUT_BEFORE, "get ", times=1), Target.BOTH),
    "slow_output": Kind(rule(Twist.DELAY, "get "), Target.BOTH),
    # sessions and configuration
    "sessions_never_sync": Kind(quirk(NEVER_SYNC), Target.BOTH),
    "sessions_slow": Kind(quirk("sessions_slow"), Target.BOTH),
    "sync_stuck": Kind(quirk(replication.STUCK), Target.STANDBY),
    "report_differs": Kind(_report_differs, Target.STANDBY),
    "config_refused": _refuse("", "set "),
    "licence_invalid": Kind(_licence_invalid, Target.BOTH),
    "licence_expired": Kind(_licence_expired, Target.BOTH),
    # roles and forwarding
    "ha_link_down": Kind(_ha_link_down, Target.PAIR),
    "ha_state_empty": Kind(quirk(EMPTY), Target.BOTH),
    "data_port_down": Kind(data_port_down(DATA_PORTS[0]), Target.STANDBY),
    "switch_refused": _refuse("", *_SWITCHING),
    "suspend_hangs": Kind(rule(Twist.HANG, *_SWITCHING), Target.BOTH),
    "refuse_functional": _refuse("", "execute ha failover unset"),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.ACTIVE),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "preempt_turned_on": Kind(_preempt_turned_on, Target.BOTH),
    "output_set": Kind(_output_set, Target.ACTIVE),
}
