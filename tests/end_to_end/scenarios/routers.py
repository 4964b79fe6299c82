"""Every accident on the routers: what must come of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from nornir_haupgrade.procedure.records import Choice, Kind, Outcome
from tests.end_to_end.rig import Rig
from tests.end_to_end.router_rig import NEW, OLD, routers, routers_of
from tests.end_to_end.scenarios.accidents import Accident
from tests.end_to_end.scenarios.scenario import (
    Hold,
    Scenario,
    both_are,
    healed,
    held,
    in_the_inventory,
    is_ready,
    logins,
    refused_logins,
)

SHORT: Final = {"reload_timeout": 5, "settle_timeout": 2}
"""For what is waited for in vain."""
QUICK: Final = {"connect_timeout": 2}
AGAIN: Final = {"install": 2, "reboot": 2, "take": 3, "commit": 2}
NOTHING: Final[frozenset[tuple[str, str]]] = frozenset()
PREEMPTION: Final = frozenset({("preemption", "p1a"), ("preemption", "p1b")})
TRIAL: Final = frozenset({("software-trial", "p1a")})
BOOT: Final = frozenset({("boot-selection", "p1a")})
HOME: Final = routers()
STAYING: Final = routers(preempt=False)
BUNDLE: Final = routers(setup=RouterSpec(mode=SoftwareMode.BUNDLE))
LAST: Final = "vrrp 30 preempt"
"""The last line with which the role is taken."""


def trial_over(rig: Rig) -> None:
    """While it is held the timer ends, and the router goes back by itself."""
    rig.fault("trial_ends", "p1a")
    rig.lab.wait_until(lambda lab: lab.state("p1a").version == OLD)
    rig.lab.wait_until(lambda lab: lab.state("p1a").role == "BACKUP")


def role_is_home(rig: Rig) -> None:
    """A person waits until the role that goes back to the preferred router has come to rest."""
    rig.lab.wait_until(lambda lab: lab.state("p1a").role == "MASTER")


def taken_by_hand(rig: Rig) -> None:
    """The rest of the lines that the intent names, typed by a person."""
    lines = ["configure terminal"]
    for number, word in ((2, "standby 10"), (3, "standby 20"), (4, "vrrp 30")):
        lines += [f"interface GigabitEthernet{number}", f"{word} preempt"]
    found = routers_of(rig).group_lines
    taker = next(name for name, lines in found.items() if "priority 254" in str(lines))
    rig.lab.run(taker, "\n".join([*lines, "end"]))
    rig.lab.wait_until(lambda lab: lab.state(taker).role == "MASTER")
    rig.lab.wait_until(
        lambda lab: {one.role for one in lab.states.values()} == {"MASTER", "BACKUP"}
    )
    other = next(name for name in found if name != taker)
    deadline = time.monotonic() + 5
    while "Speak" in rig.lab.run(other, "show standby brief").stdout:
        assert time.monotonic() < deadline, "it goes on speaking"
        time.sleep(0.05)


def is_home(rig: Rig) -> None:
    """All is as it was, but for the software."""
    routers_of(rig).home_proof(runs=(NEW, NEW))


def router(
    accident: Accident,
    script: str,
    end: Outcome | Ended | None,
    holds: tuple[Hold, ...] = (),
    *,
    given: Mapping[str, Any] = HOME,
    **details: Any,  # noqa: ANN401  # any field of Scenario
) -> Scenario:
    """A scenario of routers; what ends done is proven to be at home again."""
    if end is Outcome.DONE:
        details = {"runs": (NEW, NEW), "owed": NOTHING, "proves": is_home} | details
    if end is Outcome.NOT_STARTED:
        details = {"owed": NOTHING} | details
    return Scenario(accident, script, end, holds, given=given, **details)


ROUTERS: Final[dict[str, Scenario]] = {
    # software
    "install-fails": router(
        Accident.JOB_FAILS,
        "- {fault: install_fails, on: p1a}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1a: the device refuses 'install add file .*': FAILED: install_add : .*verificat",
        ),
        stories=(3,),
    ),
    "installer-busy": router(
        Accident.BUSY,
        "- {fault: installer_busy, on: p1a, params: {times: 1}}",
        Outcome.DONE,
        held(Kind.REFUSED, r"p1/p1a: the device refuses .*in progress", Choice.RETRY),
        stories=(3,),
        because="no text of a busy installer was found: a person has it tried again",
    ),
    "install-unanswered": router(
        Accident.JOB_HANGS,
        "- {fault: install_hangs, on: p1a, params: {times: 1, takes_effect: true}}",
        Outcome.DONE,
        settings={"install_timeout": 3},
        stories=(11,),
    ),
    "install-never-ends": router(
        Accident.JOB_HANGS,
        "- {fault: install_hangs, on: p1a}",
        Outcome.NOT_STARTED,
        held(Kind.UNCLEAR, r"p1/p1a: no complete answer within .*install add"),
        settings={"install_timeout": 3},
        stories=(11,),
    ),
    "activate-refused": router(
        Accident.BY_HAND,
        '- {fault: unsaved_changes, on: p1a, when: {command: "install activate"}}',
        Outcome.DONE,
        held(
            Kind.CHANGED,
            r"someone else acted: p1a: config was",
            Choice.RETRY,
            mends=healed("unsaved_changes"),
        ),
    ),
    "disk-full": router(
        Accident.DISK_FULL,
        "- {fault: disk_full, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"p1b: 0 bytes free, \d+ needed"),
        settings=SHORT,
        stories=(12,),
    ),
    "disk-full-later": router(
        Accident.DISK_FULL,
        "- {fault: disk_full, on: p1a, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses 'install add .*not enough space"),
        stories=(12,),
    ),
    "corrupt-upload": router(
        Accident.CORRUPT,
        "- {fault: corrupt_upload, on: p1a}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1a: c8000v.* on the device is not what was sent.*nothing was installed",
        ),
        stories=(12,),
        in_test=True,
    ),
    "corrupt-upload-bundle": router(
        Accident.CORRUPT,
        "- {fault: corrupt_upload, on: p1a}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1a: c8000v.* on the device is not what was sent.*nothing was installed",
        ),
        given=BUNDLE,
        stories=(12,),
    ),
    "old-image-after-reboot": router(
        Accident.OLD_IMAGE,
        "- {fault: old_image_after_reboot, on: p1a}",
        Outcome.NOT_STARTED,
        held(Kind.MEMBER_BAD, rf"p1a runs the old version {OLD} after the reboot, not {NEW}"),
        settings=SHORT,
        stories=(3, 8, 10),
    ),
    "old-image-after-reboot-bundle": router(
        Accident.OLD_IMAGE,
        "- {fault: old_image_after_reboot, on: p1a}",
        Outcome.NOT_STARTED,
        held(Kind.MEMBER_BAD, rf"p1a runs the old version {OLD} after the reboot, not {NEW}"),
        given=BUNDLE,
        settings=SHORT,
        stories=(3, 8, 10),
    ),
    "never-boots": router(
        Accident.NEVER_BOOTS,
        "- {fault: never_boots, on: p1a}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1a did not come back: .*refused the connection"),
        owed=PREEMPTION | TRIAL | BOOT,
        settings=SHORT,
        stories=(19, 20),
        in_test=True,
    ),
    "boot-loop": router(
        Accident.BOOT_LOOP,
        "- {fault: boot_loop, on: p1a}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1a did not come back: "),
        owed=PREEMPTION | TRIAL | BOOT,
        settings=SHORT,
        stories=(20,),
    ),
    "slow-boot": router(
        Accident.SLOW_BOOT,
        "- {fault: slow_boot, on: p1a, params: {seconds: 20}}",
        Outcome.DONE,
        stories=(8,),
    ),
    "boot-without-ha": router(
        Accident.NO_HA,
        "- {fault: boot_without_ha, on: p1a}",
        Outcome.ROLLED_BACK,
        held(Kind.MEMBER_BAD, r"p1a: HA did not come up", Choice.ROLL_BACK),
        owed=NOTHING,
        settings=SHORT,
        allowed={"times": AGAIN},
    ),
    "restore-image-deleted": router(
        Accident.RESTORE_GONE,
        """
- {fault: boot_without_ha, on: p1a}
- {fault: restore_image_deleted, on: p1a, when: {at: reload, by: p1a, side: after, after: 8}}
""",
        Outcome.STRANDED,
        (
            Hold(Kind.MEMBER_BAD, r"p1a: HA did not come up", Choice.ROLL_BACK),
            Hold(Kind.NO_RESTORE, r"not on the device"),
        ),
        runs=(NEW, OLD),
        given=BUNDLE,
        settings=SHORT,
    ),
    "restore-packages-deleted": router(
        Accident.RESTORE_GONE,
        """
- {fault: boot_without_ha, on: p1a}
- {fault: restore_image_deleted, on: p1a, when: {at: reload, by: p1a, side: after, after: 8}}
""",
        Outcome.STRANDED,
        (
            Hold(Kind.MEMBER_BAD, r"p1a: HA did not come up", Choice.ROLL_BACK),
            Hold(Kind.NO_RESTORE, r"not on the device"),
        ),
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "config-lines-lost": router(
        Accident.LINES_LOST,
        f'- {{fault: config_lines_lost, on: p1a, params: {{version: "{NEW}"}}}}',
        None,
        held(
            Kind.MEMBER_BAD,
            r"p1a lost 1 line: .*ip route 198.51.100.128",
            Choice.ROLL_BACK,
            has_continue=True,
        ),
        owed=NOTHING,
        allowed={"times": AGAIN},
    ),
    "licence-lost": router(
        Accident.LICENCE,
        "- {fault: licence_lost, on: p1a}",
        None,
        held(
            Kind.MEMBER_BAD,
            r"p1a is no longer licensed for license level network-advantage, throughput 1000000"
            r" kbps; now for throughput 2000 kbps",
            Choice.ROLL_BACK,
            has_continue=True,
        ),
        owed=NOTHING,
        allowed={"times": AGAIN},
    ),
    "commit-fails": router(
        Accident.COMMIT_FAILS,
        "- {fault: commit_fails, on: p1a}",
        Outcome.PARKED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses 'install commit'.*commit failed"),
        runs=(NEW, OLD),
        owed=PREEMPTION | TRIAL,
    ),
    "commit-lost": router(
        Accident.COMMIT_FAILS,
        "- {fault: commit_lost, on: p1a}",
        Outcome.PARKED,
        held(Kind.REFUSED, rf"p1a does not keep {NEW}: it runs {NEW}, on trial"),
        runs=(NEW, OLD),
        owed=PREEMPTION | TRIAL,
        stories=(10,),
        in_test=True,
    ),
    "commit-lost-once": router(
        Accident.COMMIT_FAILS,
        "- {fault: commit_lost, on: p1a, params: {times: 1}}",
        Outcome.DONE,
        held(Kind.REFUSED, rf"p1a does not keep {NEW}: it runs {NEW}, on trial", Choice.RETRY),
        allowed={"times": {"commit": 2}},
    ),
    # The router goes back while a person thinks: that is no work of ours.
    "trial-over": router(
        Accident.OF_THE_PLATFORM,
        f'- {{fault: config_lines_lost, on: p1a, params: {{version: "{NEW}"}}}}',
        Ended.HELD,
        held(
            Kind.MEMBER_BAD,
            r"p1a lost 1 line: .*ip route 198.51.100.128",
            Choice.CONTINUE,
            has_continue=True,
            mends=trial_over,
        ),
        owed=PREEMPTION,
        settings=SHORT,
        stories=(19,),
        in_test=True,
    ),
    "hand-commit": router(
        Accident.BY_HAND,
        "- {fault: hand_commit, on: p1a, when: {at: commit, by: p1a}}",
        Outcome.DONE,
        held(
            Kind.REFUSED,
            r"p1/p1a: the device refuses 'install commit': .*nothing to commit",
            Choice.RETRY,
            times=3,
        ),
        because="looked at again, what was to be committed is found committed",
    ),
    "scp-off": router(
        Accident.OF_THE_PLATFORM,
        "- {fault: scp_disabled, on: p1a}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1a: the device takes no files: its SCP server is off\. Next: configure `ip scp",
        ),
        allowed={"is_touched": True},
    ),
    "unsaved": router(
        Accident.OF_THE_PLATFORM,
        "- {fault: unsaved_changes, on: p1b}",
        Outcome.NOT_STARTED,
        held(
            Kind.GATE,
            r"p1b: 1 lines are not saved: \+ logging buffered 65536; save or revert them first",
            mends=healed("unsaved_changes"),
        ),
    ),
    # roles
    "one-group-moves": router(
        Accident.OF_THE_PLATFORM,
        "- {fault: one_group_moves, when: {at: install, side: after}}",
        None,
        held(Kind.CHANGED, r"someone else acted: .*role was"),
        owed=PREEMPTION,
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "one-group-moves-before": router(
        Accident.OF_THE_PLATFORM,
        "- {fault: one_group_moves}",
        None,
        held(Kind.ROLE_UNKNOWN, rf"p1a mixed {OLD}, p1b mixed {OLD}"),
        given=STAYING,
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "priority-high": router(
        Accident.OF_THE_PLATFORM,
        "- {fault: peer_priority_high, on: p1a, params: {group: 20}}",
        None,
        held(
            Kind.REFUSED,
            r"GigabitEthernet3 standby 20 cannot take the role: \S+ holds it with priority 255,"
            r" and 254 would be claimed. Next: give the holder a lower priority",
        ),
        allowed={"is_touched": True},
        in_test=True,
    ),
    "switch-refused": router(
        Accident.SWITCH_REFUSED,
        '- {fault: switch_refused, on: p1b, params: {command: "standby 10 priority"}}',
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1b: the device refuses 'standby 10 priority 254': Command authorization failed",
        ),
    ),
    "switch-refused-half": router(
        Accident.SWITCH_REFUSED,
        '- {fault: switch_refused, on: p1b, params: {command: "standby 20 priority"}}',
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1b: the device refuses 'standby 20 priority 254': .*not saved"),
    ),
    "release-refused": router(
        Accident.SWITCH_REFUSED,
        '- {fault: refuse_functional, on: p1b, params: {command: "no standby 10 preempt"}}',
        None,
        held(
            Kind.REFUSED,
            r"p1/p1b: the device refuses 'no standby 10 preempt': Command authorization failed",
        ),
        given=STAYING,
        owed=frozenset({("latch", "p1b")}),
        stories=(2,),
    ),
    "switch-back-refused": router(
        Accident.BACK_REFUSED,
        """
- {fault: data_dead, on: p1a, when: {at: reload, by: p1a, side: after}}
- fault: switch_refused
  on: p1b
  when: {at: reload, by: p1a, side: after}
  params: {command: "standby 10 priority"}
""",
        Outcome.PARKED,
        (
            Hold(Kind.SERVICES_BAD, r"shop: worked before", answer=None),
            Hold(Kind.REFUSED, r"p1/p1b: the device refuses 'standby 10 priority 254'"),
        ),
        runs=(NEW, OLD),
        settings={"switch_back_after": 1},
        allowed={"is_dead": True, "is_left_down": True},
    ),
    "both-active": router(
        Accident.BOTH_ACTIVE,
        "- {fault: adverts_lost, when: {at: install, side: after}}",
        None,
        held(Kind.CHANGED, r"someone else acted: .*role was", mends=healed("adverts_lost")),
        owed=PREEMPTION,
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "both-active-one-deaf": router(
        Accident.LINK_ONE_WAY,
        "- {fault: adverts_one_way, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.SPLIT, rf"p1a active {OLD}, p1b active {OLD}"),
        prepares=both_are("MASTER"),
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "both-standby": router(
        Accident.BOTH_STANDBY,
        "- {fault: both_standby}",
        Outcome.STRANDED,
        held(Kind.NOBODY_FORWARDS, rf"p1a standby {OLD}, p1b standby {OLD}"),
        prepares=both_are("BACKUP"),
        settings=SHORT,
        allowed={"fault_gaps": True, "is_left_down": True},
        stories=(2,),
    ),
    "failover-at-the-install": router(
        Accident.FAILOVER,
        "- {fault: failover, when: {at: install, side: after}}",
        None,
        held(Kind.CHANGED, r"someone else acted: .*role was"),
        settings=SHORT,
        allowed={"fault_gaps": True},
    ),
    "data-dead-at-the-trial": router(
        Accident.DATA_DEAD,
        "- {fault: data_dead, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"shop: worked before",
        allowed={"is_dead": True},
        proves=lambda rig: routers_of(rig).home_proof(runs=(OLD, OLD)),
        stories=(7,),
    ),
    "data-dead-after-6": router(
        Accident.DATA_DEAD,
        "- {fault: data_dead, on: p1a, when: {at: reload, by: p1a, side: after}}",
        Outcome.PARKED,
        (
            Hold(Kind.SERVICES_BAD, r"shop: worked before", answer=None),
            Hold(Kind.SWITCHED_BACK, r"back on p1b, because: .*shop: worked before"),
        ),
        runs=(NEW, OLD),
        owed=PREEMPTION,
        settings={"switch_back_after": 1},
        allowed={"is_dead": True, "times": {"take": 2}},
        stories=(7,),
    ),
    "data-port-unnoticed": router(
        Accident.DATA_PORT,
        "- {fault: data_port_unnoticed, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"interfaces: p1b: .*down: GigabitEthernet2"),
        owed=PREEMPTION,
        stories=(7,),
        because="giving preemption back may move the role, and the gate for that does not pass",
    ),
    "the-standby-dies-after-6": router(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, when: {at: install, by: p1b}}",
        Outcome.PARKED,
        held(Kind.UNREACHABLE, r"p1b: p1/p1b: .*refused"),
        runs=(NEW, OLD),
        owed=PREEMPTION,
        settings=SHORT,
        stories=(20,),
    ),
    "crash-of-the-active": router(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, when: {at: reload, by: p1a, side: after, after: 0.3}}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1a: took the active role, which nobody asked for"),
        runs=(NEW, OLD),
        owed=PREEMPTION | TRIAL,
        settings=SHORT,
        allowed={"fault_gaps": True},
        stories=(20,),
    ),
    # somebody else
    "hand-switchover": router(
        Accident.BY_HAND,
        "- {fault: hand_switchover, when: install}",
        None,
        held(
            Kind.CHANGED,
            # Which of it is told depends on the moment: roles go group by group.
            r"someone else acted: .*p1[ab]: (?:config|preemption|role) was",
            mends=role_is_home,
        ),
        # Whether they had p1a preempt again by the time that it was read is not owed by us.
        allowed={"fault_gaps": True, "is_touched": True},
        settings=SHORT,
        in_test=True,
    ),
    "hand-config-change": router(
        Accident.BY_HAND,
        "- {fault: hand_config_change, on: p1b, when: install}",
        None,
        held(Kind.CHANGED, r"someone else acted: .*p1b: config was"),
        owed=PREEMPTION,
    ),
    "preemption-turned-on": router(
        Accident.PREEMPTION,
        "- {fault: preempt_turned_on, on: p1a, when: install}",
        None,
        held(
            Kind.CHANGED,
            r"someone else acted: .*p1[ab]: (?:config|preemption|role) was",
            mends=role_is_home,
        ),
        allowed={"fault_gaps": True, "is_touched": True},
        settings=SHORT,
        stories=(18,),
    ),
    "another-login": router(
        Accident.BY_HAND,
        "- {fault: another_login, on: p1b, when: install}",
        None,
        held(Kind.CHANGED, r"p1b: administrators logged in was 0, is 1"),
        owed=PREEMPTION,
    ),
    "second-controller": router(
        Accident.CONTROLLER,
        "- {fault: second_controller, on: p1a, when: {at: install, by: p1a, side: after}}",
        Outcome.DONE,
        held(
            (Kind.UNREACHABLE, Kind.UNCLEAR, Kind.CHANGED),
            r"p1a",
            Choice.RETRY,
            mends=is_ready("p1a"),
            times=3,
        ),
        settings=SHORT,
        because="a person has made sure that the other tool is away, and that p1a stands by again",
    ),
    "clock-jump": router(
        Accident.CLOCK,
        "- {fault: clock_jump, on: p1b, when: {at: install, by: p1a}}",
        None,
        held(Kind.CHANGED, r"someone else acted: .*p1b: boot"),
        owed=PREEMPTION,
        because="the time of the last restart proves a boot: a person says that it was none",
    ),
    "clock-moves-by-a-second": router(
        Accident.CLOCK,
        "- {fault: clock_jump, on: p1b, when: {at: install, by: p1a}, params: {seconds: 1}}",
        Outcome.DONE,
        because="a time that is reckoned in whole seconds may come out one apart",
    ),
    # the way to a member
    "login-refused-later": router(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1a, when: {at: reload, by: p1a}}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1/p1a: .*refuses the login. Next: check user and password"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(4,),
        proves=refused_logins("p1a", at_most=6),
    ),
    "login-refused-for-a-while": router(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1a, when: {at: reload, by: p1a}, lasts: 15}",
        Outcome.DONE,
        stories=(4, 10),
        proves=refused_logins("p1a", at_most=4),
    ),
    "locked-out-after-20-logins": router(
        Accident.LOCKOUT,
        """
- {fault: login_refused, on: p1a, when: {at: login, by: p1a, nth: 21}}
- {fault: login_refused, on: p1b, when: {at: login, by: p1b, nth: 21}}
""",
        Outcome.DONE,
        stories=(4,),
        proves=logins("p1a", at_most=20),
    ),
    "aaa-unreachable-after-the-switchover": router(
        Accident.AAA,
        "- {fault: aaa_unreachable, on: both, when: {at: switchover, side: after}}",
        Outcome.FAILED,
        held(Kind.UNCLEAR, r"p1/p1a: .*the login is refused"),
        settings=SHORT,
        stories=(4, 10),
        because="the configuration is backed up by NAPALM, which logs in for itself: neither member"
        " can be read any more, and nothing good is said of them",
    ),
    "management-cut": router(
        Accident.MANAGEMENT,
        "- {fault: management_cut, on: p1b, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.UNREACHABLE, r"p1b"),
        owed=None,
        settings=SHORT,
    ),
    "host-key-changed-later": router(
        Accident.HOST_KEY,
        "- {fault: host_key_changed, on: p1a, when: {at: reload, by: p1a}}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1/p1a: .*another device may have taken the address"),
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "mute-later": router(
        Accident.MUTE,
        "- {fault: mute, on: p1a, when: {at: reload, by: p1a}}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1/p1a: .*(the SSH banner|no SSH banner)"),
        runs=(NEW, OLD),
        settings=SHORT,
    ),
    "wrong-device-later": router(
        Accident.WRONG_DEVICE,
        "- {fault: wrong_device, on: p1a, when: {at: reload, by: p1a}}",
        Outcome.FAILED,
        held(Kind.CHANGED, r"p1a: identity was \w+, is 0+1"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(1,),
    ),
    # before anything is written
    "login-refused": router(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*refuses the login. Next: ",
        is_contacted=False,
        settings=QUICK,
    ),
    "host-key-changed": router(
        Accident.HOST_KEY,
        "- {fault: host_key_changed, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*fingerprint.*ssh-keyscan",
        is_contacted=False,
        settings=QUICK,
    ),
    "mute": router(
        Accident.MUTE,
        "- {fault: mute, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*the SSH banner. Next: ",
        is_contacted=False,
        settings=QUICK,
    ),
    "off": router(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*refused the connection.*Next: ",
        is_contacted=False,
        settings=QUICK,
    ),
    "wrong-device": router(
        Accident.WRONG_DEVICE,
        "",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: the device says it is \w+, the inventory says 0+",
        prepares=in_the_inventory,
        what="the inventory names another device than the one that answers",
        is_contacted=False,
        settings=QUICK,
        stories=(1,),
    ),
    "slow": router(
        Accident.SLOW_OUTPUT,
        '- {fault: slow_output, on: p1b, params: {command: "show version", seconds: 60}}',
        Outcome.NOT_STARTED,
        says=r"p1/p1b: no complete answer within .* Next: ",
        is_contacted=False,
        settings=QUICK,
    ),
    # what a member says
    "ha-state-empty-after-the-boot": router(
        Accident.EMPTY_HA,
        "- {fault: ha_state_empty, on: p1a, when: {at: reload, by: p1a, side: after, after: 0.5}}",
        Outcome.DONE,
        stories=(9, 15),
    ),
    "prompt-changes": router(
        Accident.PROMPT,
        "- {fault: prompt_changes, on: p1a, when: {at: install, by: p1a}}",
        Outcome.DONE,
        stories=(15,),
    ),
    "first-answer-cut": router(
        Accident.CUT_AT_BYTE,
        '- {fault: cut_answer, on: p1a, params: {command: "show version", bytes: 200}}',
        Outcome.NOT_STARTED,
        says=r"p1/p1a: the line dropped under the command: 'show version'. Next: ",
        is_contacted=False,
        because="nothing is begun on what could not be read at all",
    ),
    **{
        f"answer-cut-at-{size}-of-{word.split()[1]}": router(
            Accident.CUT_AT_BYTE,
            f"""
- fault: cut_answer
  on: p1a
  when: {when}
  params: {{command: "{word}", bytes: {size}}}
""",
            Outcome.DONE,
        )
        for word, size, when in (
            ("show standby", 40, "{at: reload, by: p1b}"),
            ("show version", 300, "{at: reload, by: p1a, side: after}"),
            ("install add", 20, "0"),
            ("install commit", 5, "0"),
        )
    },
    # lost replies
    "reply_lost-switchover": router(
        Accident.REPLY_LOST,
        f'- {{fault: reply_lost, on: p1b, params: {{command: "{LAST}"}}}}',
        Outcome.DONE,
        given=STAYING,
        in_test=True,
    ),
    "reply_lost-activate": router(
        Accident.REPLY_LOST,
        '- {fault: reply_lost, on: p1a, params: {command: "install activate"}}',
        Outcome.DONE,
        stories=(11,),
        in_test=True,
    ),
    "reply_lost-add-and-commit": router(
        Accident.REPLY_LOST,
        """
- {fault: reply_lost, on: p1a, params: {command: "install add"}}
- {fault: reply_lost, on: p1a, params: {command: "install commit"}}
""",
        Outcome.DONE,
        stories=(11,),
    ),
    "reply_lost-reload": router(
        Accident.REPLY_LOST,
        '- {fault: reply_lost, on: p1a, params: {command: "reload"}}',
        Outcome.DONE,
        given=BUNDLE,
        stories=(11,),
    ),
    "reply_lost-chosen": router(
        Accident.REPLY_LOST,
        '- {fault: reply_lost, on: p1a, params: {command: "write memory"}}',
        Outcome.DONE,
        given=BUNDLE,
    ),
    "cut_line-add": router(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1a, params: {command: "install add"}}',
        Outcome.DONE,
    ),
    "cut_line-commit": router(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1a, params: {command: "install commit"}}',
        Outcome.DONE,
    ),
    "cut_line-activate": router(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1a, params: {command: "install activate"}}',
        Outcome.DONE,
        settings=SHORT,
    ),
    "cut_line-switchover": router(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1b, params: {command: "standby 10 priority 254"}}',
        Outcome.DONE,
        held(Kind.UNCLEAR, r"'standby 10 priority 254'", Choice.RETRY),
        settings=SHORT,
        allowed={"times": {"take": 2}, "fault_gaps": True},
    ),
    "cut_line-switchover-half": router(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1b, params: {command: "standby 20 preempt"}}',
        Outcome.DONE,
        held(Kind.UNCLEAR, r"mixed|p1b", Choice.RETRY, mends=taken_by_hand, times=3),
        settings=SHORT,
        allowed={"times": {"take": 2}, "fault_gaps": True},
    ),
}
