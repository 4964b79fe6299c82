"""What can go wrong on the routers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device
from nornir_haupgrade.lab.execution import Executor, Twist
from nornir_haupgrade.lab.fault_kinds import (
    COMMON,
    Kind,
    Params,
    Target,
    Undo,
    by_hand,
    data_port_down,
    data_port_unnoticed,
    quirk,
    rule,
    second_controller,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe import sections
from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router, router_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import (
    GROUP_INTERFACES,
    GroupProtocol,
    GroupSpec,
)
from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair

_NOT_ALLOWED = "Command authorization failed.\n"
"""What AAA says of a command that a login may not use."""
_INSTALL_FAILED = "FAILED: install_add : [R0] : package verification failed"
_INSTALL_BUSY = "FAILED: install : another install operation is in progress"
_COMMIT_FAILED = "FAILED: install_commit : [R0] : commit failed"
_SWITCHING = ("standby ", "vrrp ")


def _in_groups(router: Router, *lines: str) -> list[str]:
    """Configuration lines for every group; ``{word}`` stands for its words."""
    typed = ["configure terminal"]
    for group in router.spec.groups:
        word = f"{group.protocol} {group.number}"
        typed += [f"interface {group.interface}", *(line.format(word=word) for line in lines)]
    return [*typed, "end"]


def _hand_switchover(executor: Executor, device: Device, _: Params) -> None:
    lines = ("{word} priority 250", "{word} preempt")
    by_hand(executor, device, *_in_groups(router_of(device), *lines))


def _preempt_turned_on(executor: Executor, device: Device, _: Params) -> None:
    lines = _in_groups(router_of(device), "{word} preempt")
    by_hand(executor, device, *lines, "write memory")


def _hand_config_change(executor: Executor, device: Device, params: Params) -> None:
    line = str(params.get("line", "logging host 192.0.2.9"))
    by_hand(executor, device, "configure terminal", line, "end", "write memory")


def _unsaved_changes(_: Executor, device: Device, params: Params) -> Undo:
    router = router_of(device)
    line = str(params.get("line", "logging buffered 65536"))
    configuration = router.configuration
    sections.add(configuration.running, line)
    configuration.note(router.timeline.now(), "operator")

    def undo() -> None:
        configuration.running.pop(line, None)
        configuration.is_modified = False

    return undo


def _scp_disabled(_: Executor, device: Device, __: Params) -> Undo:
    configuration = router_of(device).configuration
    for content in (configuration.running, configuration.startup):
        content.pop(SCP, None)

    def undo() -> None:
        for content in (configuration.running, configuration.startup):
            sections.add(content, SCP)

    return undo


def _hand_commit(executor: Executor, device: Device, _: Params) -> None:
    by_hand(executor, device, "install commit")


def _restore_image_deleted(_: Executor, device: Device, __: Params) -> None:
    router_of(device).software.lose_others()


def _clock_jump(_: Executor, device: Device, params: Params) -> Undo:
    router = router_of(device)
    seconds = float(params.get("seconds", 3600.0))
    router.clock += seconds

    def undo() -> None:
        router.clock -= seconds

    return undo


def _trial_ends(_: Executor, device: Device, __: Params) -> None:
    """The auto-abort timer of a member is over, whatever it had left."""
    router_of(device).go_back()


def _peer_priority_high(executor: Executor, device: Device, params: Params) -> Undo:
    """The member has the highest priority there is, in one group or in all, saved."""
    configuration = router_of(device).configuration
    before: list[tuple[sections.Sections, GroupSpec, list[str]]] = []
    for group in _groups(router_of(device), params):
        highest = 255 if group.protocol is GroupProtocol.HSRP else 254
        line = f"{group.protocol} {group.number} priority {highest}"
        before += [
            (content, group, _instead(content, group, [line]))
            for content in (configuration.running, configuration.startup)
        ]
    executor.pair.changed()

    def undo() -> None:
        for content, group, lines in before:
            _instead(content, group, lines)
        executor.pair.changed()

    return undo


def _instead(content: sections.Sections, group: GroupSpec, lines: list[str]) -> list[str]:
    """Have a group's priority stand so in a configuration; how it stood."""
    header, start = f"interface {group.interface}", f"{group.protocol} {group.number} priority "
    old = [line for line in content[header] if line.startswith(start)]
    kept = [line for line in content[header] if line not in old]
    content[header] = []
    sections.add(content, header, *kept, *lines)
    return old


def _groups(router: Router, params: Params) -> list[GroupSpec]:
    """The group whose number is named, or all of them."""
    number = params.get("group")
    return [group for group in router.spec.groups if number in (None, group.number)]


def _check_group(pair: Pair, params: Params) -> None:
    numbers = [group.number for group in router_of(pair.devices[0]).spec.groups]
    if params.get("group", numbers[0]) not in numbers:
        known = ", ".join(str(number) for number in numbers)
        msg = f"pair {pair.name} has no group {params['group']}; known are {known}"
        raise SpecError(msg)


def _one_group_moves(executor: Executor, _: Device, params: Params) -> Undo:
    """The role in one group goes to the other member, as tracking would have it: MIXED."""
    pair = executor.pair
    last = router_of(pair.devices[0]).spec.groups[-1]
    number = params.get("group", last.number)
    group = next(item for item in router_of(pair.devices[0]).spec.groups if item.number == number)
    election = pair.elections[group.name]

    def move() -> None:
        backups = [item for item in pair.devices if election.role(item) is HaState.BACKUP]
        if len(backups) == 1:
            election.take(backups[0])

    move()
    return move


ROUTER_FAULTS: dict[str, Kind] = {
    **COMMON,
    # software
    "install_fails": Kind(rule(Twist.REFUSE, "install add", message=_INSTALL_FAILED), Target.BOTH),
    "installer_busy": Kind(rule(Twist.REFUSE, "install ", message=_INSTALL_BUSY), Target.BOTH),
    "install_hangs": Kind(rule(Twist.HANG, "install add"), Target.BOTH),
    "commit_fails": Kind(rule(Twist.REFUSE, "install commit", message=_COMMIT_FAILED), Target.BOTH),
    "restore_image_deleted": Kind(_restore_image_deleted, Target.BOTH),
    "commit_lost": Kind(quirk("commit_lost"), Target.BOTH),
    "trial_ends": Kind(_trial_ends, Target.BOTH),
    "licence_lost": Kind(quirk("licence_lost", times=1), Target.STANDBY),
    "scp_disabled": Kind(_scp_disabled, Target.BOTH),
    # the line
    "reply_lost": Kind(rule(Twist.CUT_AFTER, "show ", times=1), Target.BOTH),
    "cut_line": Kind(rule(Twist.CUT_BEFORE, "show ", times=1), Target.BOTH),
    "cut_answer": Kind(rule(Twist.CUT_AT, "show ", times=1), Target.BOTH),
    "ha_state_empty": Kind(rule(Twist.EMPTY, "show standby", "show vrrp", times=3), Target.BOTH),
    "clock_jump": Kind(_clock_jump, Target.BOTH),
    "slow_output": Kind(rule(Twist.DELAY, "show "), Target.BOTH),
    # roles and forwarding
    "data_port_down": Kind(data_port_down(GROUP_INTERFACES[0]), Target.STANDBY),
    "data_port_unnoticed": Kind(data_port_unnoticed(GROUP_INTERFACES[0]), Target.STANDBY),
    "one_group_moves": Kind(_one_group_moves, Target.PAIR, _check_group),
    "peer_priority_high": Kind(_peer_priority_high, Target.ACTIVE, _check_group),
    "switch_refused": Kind(rule(Twist.REFUSE, *_SWITCHING, message=_NOT_ALLOWED), Target.BOTH),
    "suspend_hangs": Kind(rule(Twist.HANG, *_SWITCHING), Target.BOTH),
    "refuse_functional": Kind(
        rule(Twist.REFUSE, *(f"no {word}" for word in _SWITCHING), message=_NOT_ALLOWED),
        Target.BOTH,
    ),
    # somebody else
    "hand_switchover": Kind(_hand_switchover, Target.STANDBY),
    "hand_config_change": Kind(_hand_config_change, Target.ACTIVE),
    "preempt_turned_on": Kind(_preempt_turned_on, Target.BOTH),
    "hand_commit": Kind(_hand_commit, Target.STANDBY),
    "second_controller": Kind(second_controller("reload"), Target.STANDBY),
    "unsaved_changes": Kind(_unsaved_changes, Target.BOTH),
}
