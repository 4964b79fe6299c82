"""What can go wrong on the PAN-OS firewalls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Quirk
from nornir_haupgrade.lab.execution import Executor, Twist
from nornir_haupgrade.lab.fault_kinds import (
    COMMON,
    Kind,
    Params,
    Strike,
    Target,
    Undo,
    by_hand,
    data_port_down,
    data_port_unnoticed,
    ha_link_one_way,
    quirk,
    rule,
    second_controller,
)
from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.board import DATA_PORTS, HA1, HA2
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import firewall_of
from nornir_haupgrade.lab.plain import SpecError

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair

_SUSPEND = "request high-availability state suspend"
_FUNCTIONAL = "request high-availability state functional"
_PREEMPT = "set deviceconfig high-availability group election-option preemptive yes"


def _after_boot(name: str) -> Strike:
    """A quirk that begins to show at the next boot; ``now`` in the parameters: at once."""

    def strike(_: Executor, device: Device, params: Params) -> Undo:
        waiting = name if params.get("now") else f"{name}_after_boot"
        device.quirks[waiting] = Quirk(params, params.get("times"))

        def undo() -> None:
            for one in (name, f"{name}_after_boot"):
                device.quirks.pop(one, None)

        return undo

    return strike


def _ha_link_down(executor: Executor, _: Device, params: Params) -> Undo:
    """A link between both goes down: ``link`` is ha1 or ha2, and both if none is named."""
    pair = executor.pair
    links = [str(params["link"])] if "link" in params else [HA1, HA2]

    def set_links(*, up: bool) -> None:
        for device in pair.devices:
            device.ports.update(dict.fromkeys(links, up))
        pair.changed()

    set_links(up=False)
    return lambda: set_links(up=True)


def _check_line(pair: Pair, params: Params) -> None:
    line = str(params.get("line", "address any any"))
    try:
        tree.parsed(line)
    except tree.SyntaxWrong:
        msg = f"pair {pair.name}: no `set` command could go on with {line!r}"
        raise SpecError(msg) from None


def _report_differs(executor: Executor, device: Device, params: Params) -> None:
    """A member runs a line that the other does not, and that no job has brought."""
    configuration = firewall_of(device).configuration
    path, value = tree.parsed(str(params.get("line", "address stray ip-netmask 192.0.2.0/24")))
    for leaves in (configuration.running, configuration.candidate):
        tree.put(leaves, path, value)
    if params.get("after_sync"):
        device.quirks["differs_after_sync"] = Quirk(params, params.get("times"))
    executor.pair.changed()


def _uncommitted_changes(_: Executor, device: Device, params: Params) -> Undo:
    """Somebody edited the candidate and went home."""
    configuration = firewall_of(device).configuration
    path, value = tree.parsed(str(params.get("line", "address draft ip-netmask 192.0.2.9")))
    tree.put(configuration.candidate, path, value)

    def undo() -> None:
        tree.take(configuration.candidate, path)

    return undo


def _restore_image_deleted(_: Executor, device: Device, __: Params) -> None:
    firewall_of(device).software.lose_others()


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, _SUSPEND, _FUNCTIONAL)


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "set address stray ip-netmask 192.0.2.0/24"))
    by_hand(executor, device, "configure", line, "commit", "exit")


def _preempt_turned_on(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "configure", _PREEMPT, "commit", "exit")


PANOS_FAULTS: dict[str, Kind] = {
    **COMMON,
    # jobs: ``job`` in the parameters names one kind (AutoCom, Commit, HA-Sync, Downld, SWInstall)
    "job_fails": Kind(quirk("job_fails", times=1), Target.BOTH),
    "job_never_ends": Kind(quirk("job_never_ends"), Target.BOTH),
    "install_fails": Kind(quirk("install_fails"), Target.BOTH),
    "install_hangs": Kind(rule(Twist.HANG, "request system software install"), Target.BOTH),
    "restore_image_deleted": Kind(_restore_image_deleted, Target.BOTH),
    "installer_busy": Kind(quirk("installer_busy", times=1), Target.BOTH),
    "content_too_old": Kind(quirk("content_too_old"), Target.BOTH),
    "commit_fails": Kind(quirk("commit_fails"), Target.BOTH),
    "commit_locked": Kind(quirk("commit_locked"), Target.BOTH),
    "config_locked": Kind(quirk("config_locked"), Target.BOTH),
    # the next boot
    "auto_commit_fails": Kind(quirk("auto_commit_fails", times=1), Target.BOTH),
    "licence_invalid": Kind(_after_boot("licence_invalid"), Target.BOTH),
    "ha_state_empty": Kind(_after_boot("ha_state_empty"), Target.BOTH),
    # the line
    "reply_lost": Kind(rule(Twist.CUT_AFTER, "show ", times=1), Target.BOTH),
    "cut_line": Kind(rule(Twist.CUT_BEFORE, "show ", times=1), Target.BOTH),
    "cut_answer": Kind(rule(Twist.CUT_AT, "show ", times=1), Target.BOTH),
    "slow_output": Kind(rule(Twist.DELAY, "show "), Target.BOTH),
    # sessions and configuration
    "sessions_never_sync": Kind(quirk("sessions_never_sync"), Target.BOTH),
    "sessions_slow": Kind(quirk("sessions_slow"), Target.BOTH),
    "sync_stuck": Kind(quirk("sync_stuck"), Target.BOTH),
    "report_differs": Kind(_report_differs, Target.STANDBY, _check_line),
    # roles and forwarding
    "ha_link_down": Kind(_ha_link_down, Target.PAIR),
    "ha_link_one_way": Kind(ha_link_one_way, Target.STANDBY),
    "data_port_unnoticed": Kind(data_port_unnoticed(DATA_PORTS[0]), Target.STANDBY),
    "data_port_down": Kind(data_port_down(DATA_PORTS[0]), Target.STANDBY),
    "switch_refused": Kind(quirk("switch_refused"), Target.BOTH),
    "suspend_hangs": Kind(rule(Twist.HANG, _SUSPEND), Target.BOTH),
    "refuse_functional": Kind(quirk("refuse_functional"), Target.BOTH),
    "functional_hangs": Kind(rule(Twist.HANG, _FUNCTIONAL), Target.BOTH),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.ACTIVE),
    "second_controller": Kind(second_controller("request restart system"), Target.STANDBY),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "preempt_turned_on": Kind(_preempt_turned_on, Target.BOTH),
    "uncommitted_changes": Kind(_uncommitted_changes, Target.BOTH, _check_line),
}
