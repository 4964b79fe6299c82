"""Every accident on the firewalls: what must come of it."""

from __future__ import annotations

from typing import Final

from nornir_haupgrade.lab import write_image
from nornir_haupgrade.procedure.records import Choice, Kind, Outcome
from tests.end_to_end.rig import NEW, OLD, Rig
from tests.end_to_end.scenarios.accidents import Accident
from tests.end_to_end.scenarios.scenario import (
    SHORT,
    Hold,
    Scenario,
    both_are,
    did,
    healed,
    held,
    in_the_inventory,
    is_ready,
    leaves_alone,
    logins,
    refused_logins,
    switched_back_in_time,
)

BACK: Final = {"reboot": 2, "suspend": 3}
BY_THE_MOMENT: Final = (Kind.MEMBER_BAD, Kind.UNREACHABLE, Kind.CHANGED)
QUICK: Final = {"connect_timeout": 1.5}
PATIENT: Final = {"connect_timeout": 3}
"""For what is waited for in vain by some logins, and not by others."""


def truncated(rig: Rig) -> None:
    """Its checksum is right, and no loader mounts it."""
    rig.sha256 = write_image(rig.image, NEW, truncated=True)
    rig.write()


FIREWALLS: Final[dict[str, Scenario]] = {
    # the software of the standby
    "boot-without-ha": Scenario(
        Accident.NO_HA,
        "- {fault: boot_without_ha, on: p1a}",
        Outcome.ROLLED_BACK,
        held(Kind.MEMBER_BAD, r"p1a: HA did not come up", Choice.ROLL_BACK),
        settings=SHORT,
        allowed={"times": BACK},
        in_test=True,
    ),
    "old-image-after-reboot": Scenario(
        Accident.OLD_IMAGE,
        "- {fault: old_image_after_reboot, on: p1a}",
        Outcome.NOT_STARTED,
        held(Kind.MEMBER_BAD, rf"p1a runs the old version {OLD} after the reboot, not {NEW}"),
        settings=SHORT,
        stories=(3, 8, 10),
        in_test=True,
    ),
    "truncated-image": Scenario(
        Accident.OLD_IMAGE,
        "",
        Outcome.NOT_STARTED,
        held(Kind.MEMBER_BAD, rf"p1a runs the old version {OLD} after the reboot"),
        prepares=truncated,
        what="the image is truncated, with the checksum that it has",
        settings=SHORT,
        in_test=True,
    ),
    "never-boots": Scenario(
        Accident.NEVER_BOOTS,
        "- {fault: never_boots, on: p1a}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1a did not come back: .*refused the connection"),
        settings=SHORT,
        stories=(19, 20),
        in_test=True,
    ),
    "boot-loop": Scenario(
        Accident.BOOT_LOOP,
        "- {fault: boot_loop, on: p1a}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1a did not come back: "),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(20,),
        in_test=True,
    ),
    "boot-loop-with-a-prompt": Scenario(
        Accident.BOOT_LOOP,
        "- {fault: boot_loop, on: p1a, params: {seconds: 2}}",
        Outcome.PARKED,
        held(BY_THE_MOMENT, r"p1a"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(20,),
        because="what is seen of it first depends on when it falls again",
    ),
    "slow-boot": Scenario(
        Accident.SLOW_BOOT,
        "- {fault: slow_boot, on: p1a, params: {seconds: 20}}",
        Outcome.DONE,
        runs=(NEW, NEW),
        stories=(8,),
    ),
    "slower-boot-than-is-waited-for": Scenario(
        Accident.SLOW_BOOT,
        "- {fault: slow_boot, on: p1a, params: {seconds: 40}}",
        Outcome.DONE,
        held(
            Kind.MEMBER_BAD,
            r"p1a did not come back: ",
            Choice.RETRY,
            mends=is_ready("p1a"),
        ),
        runs=(NEW, NEW),
        settings=SHORT,
        in_test=True,
    ),
    "disk-full": Scenario(
        Accident.DISK_FULL,
        "- {fault: disk_full, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"p1b: 0 bytes free, \d+ needed"),
        settings=SHORT,
        stories=(12,),
        in_test=True,
    ),
    "disk-full-later": Scenario(
        Accident.DISK_FULL,
        "- {fault: disk_full, on: p1b, when: {at: backup, by: p1b, side: after}}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1b: no space for fw-13.img: it needs \d+ bytes, free are 0. Next: remove",
        ),
        stories=(12,),
        in_test=True,
    ),
    "backup-refused": Scenario(
        Accident.DISK_FULL,
        '- {fault: disk_full, on: p1b, when: {command: "fwctl backup original"}}',
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1b: the device refuses 'fwctl backup original': not enough space on /flash",
        ),
        in_test=True,
    ),
    "corrupt-upload": Scenario(
        Accident.CORRUPT,
        "- {fault: corrupt_upload, on: p1a}",
        Outcome.NOT_STARTED,
        held(
            Kind.REFUSED,
            r"p1/p1a: fw-13.img on the device is not what was sent.*nothing was installed",
        ),
        stories=(12,),
        in_test=True,
    ),
    "install-fails": Scenario(
        Accident.JOB_FAILS,
        "- {fault: install_fails}",
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses .*installation failed"),
        stories=(3,),
        in_test=True,
    ),
    "installer-busy": Scenario(
        Accident.BUSY,
        "- {fault: installer_busy, on: p1a, params: {times: 1}}",
        Outcome.DONE,
        held(
            Kind.REFUSED,
            r"p1/p1a: the device refuses .*another installation is running",
            Choice.RETRY,
        ),
        runs=(NEW, NEW),
        stories=(3,),
        because="the command line's contract has no word for busy: a person has it tried again",
    ),
    "install-unanswered": Scenario(
        Accident.JOB_HANGS,
        "- {fault: install_hangs, on: p1a, params: {times: 1, takes_effect: true}}",
        Outcome.DONE,
        runs=(NEW, NEW),
        settings={"install_timeout": 1.5},
        stories=(11,),
    ),
    "install-never-ends": Scenario(
        Accident.JOB_HANGS,
        "- {fault: install_hangs, on: p1a}",
        Outcome.NOT_STARTED,
        held(Kind.UNCLEAR, r"p1/p1a: no complete answer within .*fwctl image install"),
        settings={"install_timeout": 1.5},
        stories=(11,),
        in_test=True,
    ),
    "config-lines-lost": Scenario(
        Accident.LINES_LOST,
        f'- {{fault: config_lines_lost, on: p1a, params: {{version: "{NEW}"}}}}',
        Outcome.DONE,
        held(
            Kind.MEMBER_BAD, r"p1a lost 1 line: .*service 7001", Choice.CONTINUE, has_continue=True
        ),
        runs=(NEW, NEW),
        in_test=True,
    ),
    "restore-image-deleted": Scenario(
        Accident.RESTORE_GONE,
        """
- {fault: boot_without_ha, on: p1a}
- {fault: restore_image_deleted, on: p1a, when: {at: reload, by: p1a, side: after, after: 8}}
""",
        Outcome.STRANDED,
        (
            Hold(Kind.MEMBER_BAD, r"p1a: HA did not come up", Choice.ROLL_BACK),
            Hold(Kind.NO_RESTORE, r"the version to go back to is not on the device"),
        ),
        runs=(NEW, OLD),
        settings=SHORT,
        in_test=True,
    ),
    # sessions and configuration
    "sessions-never-sync": Scenario(
        Accident.SESSIONS_NEVER,
        "- {fault: sessions_never_sync, on: p1a, when: reload}",
        Outcome.PARKED,
        held(
            Kind.GATE,
            r"p1a holds 0 of the \d+ sessions of p1b.*shop: 40 of 40 missing on p1a",
            has_continue=True,
        ),
        runs=(NEW, OLD),
        settings=SHORT,
        in_test=True,
    ),
    "sessions-slow": Scenario(
        Accident.SESSIONS_SLOW,
        "- {fault: sessions_slow, on: p1a, when: reload, params: {seconds: 10}}",
        Outcome.DONE,
        runs=(NEW, NEW),
    ),
    "report-differs": Scenario(
        Accident.REPORT_WRONG,
        "- {fault: report_differs, when: {at: config sync, side: after}}",
        Outcome.NOT_STARTED,
        held(
            Kind.GATE,
            r"not in sync.*shared/objects.conf differs between p1a and p1b",
            has_continue=True,
        ),
        in_test=True,
    ),
    "sync-stuck": Scenario(
        Accident.SYNC_STUCK,
        "- {fault: sync_stuck}",
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses .*peer does not answer"),
        in_test=True,
    ),
    "ha-link-down": Scenario(
        Accident.LINK_DOWN,
        "- {fault: ha_link_down, when: activate}",
        Outcome.PARKED,
        held(Kind.GATE, r"p1a holds 0 of the \d+ sessions of p1b", has_continue=True),
        runs=(NEW, OLD),
        settings=SHORT,
        in_test=True,
    ),
    "ha-link-down-before": Scenario(
        Accident.LINK_DOWN,
        "- {fault: ha_link_down}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"p1a: its HA link is down; p1b: its HA link is down"),
        in_test=True,
    ),
    "ha-link-one-way": Scenario(
        Accident.LINK_ONE_WAY,
        "- {fault: ha_link_one_way, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"p1b: its HA link is down"),
        in_test=True,
    ),
    # roles
    "crash-of-the-active": Scenario(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, when: {at: reload, side: after, after: 0.1}}",
        Outcome.PARKED,
        held(
            (Kind.UNREACHABLE, Kind.MEMBER_BAD),
            r"p1b: no answer|p1b: p1/p1b: .*refused|p1a: took the active role, which nobody asked",
        ),
        runs=(NEW, OLD),
        settings=SHORT,
        allowed={"fault_gaps": True},
        because="whether p1a took the role by the time that it is read depends on the moment",
        in_test=True,
    ),
    "both-die": Scenario(
        Accident.MEMBER_DIES,
        """
- {fault: crash, on: p1a, when: activate}
- {fault: crash, on: p1b, when: activate}
""",
        Outcome.FAILED,
        held(Kind.UNREACHABLE, r"p1a: .*p1b: "),
        settings=SHORT,
        allowed={"fault_gaps": True, "is_left_down": True},
        stories=(20,),
        in_test=True,
    ),
    "the-standby-dies-after-6": Scenario(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, when: {at: install, by: p1b}}",
        Outcome.PARKED,
        held(Kind.UNREACHABLE, r"p1b: p1/p1b: .*refused"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(20,),
        in_test=True,
    ),
    "the-other-dies-in-the-switchover": Scenario(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, when: {at: switchover, side: after, after: 0.4}}",
        Outcome.NOT_STARTED,
        held(
            Kind.UNREACHABLE,
            r"p1b",
            mends=lambda rig: rig.lab.wait_until(lambda lab: lab.state("p1a").forwards),
        ),
        settings=SHORT,
        allowed={"fault_gaps": True},
        # Nobody forwards, and the one write that is left is letting our own latch go.
        proves=did("functional", "p1a"),
        in_test=True,
    ),
    "switch-refused": Scenario(
        Accident.SWITCH_REFUSED,
        "- {fault: switch_refused}",
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses .*cannot suspend"),
        in_test=True,
    ),
    "release-refused": Scenario(
        Accident.SWITCH_REFUSED,
        "- {fault: refuse_functional}",
        Outcome.NOT_STARTED,
        held(Kind.REFUSED, r"p1/p1a: the device refuses .*cannot leave the suspended state"),
        stories=(2,),
        in_test=True,
    ),
    "switch-back-refused": Scenario(
        Accident.BACK_REFUSED,
        """
- {fault: data_dead, on: p1a, when: {at: reload, by: p1a, side: after}}
- {fault: switch_refused, on: p1a, when: {at: reload, by: p1a, side: after}}
""",
        Outcome.PARKED,
        (
            Hold(Kind.SERVICES_BAD, r"shop: worked before", answer=None),
            Hold(Kind.REFUSED, r"p1/p1a: the device refuses .*cannot suspend"),
        ),
        runs=(NEW, OLD),
        settings={"switch_back_after": 1},
        allowed={"is_dead": True, "is_left_down": True},
        in_test=True,
    ),
    "both-active": Scenario(
        Accident.BOTH_ACTIVE,
        '- {fault: adverts_lost, when: {command: "fwctl backup step-3", side: after}}',
        None,
        (
            Hold(Kind.CHANGED, r"someone else acted: .*role was", Choice.RETRY),
            Hold(Kind.SPLIT, r"p1a active \S+, p1b active", mends=healed("adverts_lost")),
        ),
        settings=SHORT,
        allowed={"fault_gaps": True},
        in_test=True,
    ),
    "both-active-one-deaf": Scenario(
        Accident.BOTH_ACTIVE,
        "- {fault: adverts_one_way, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.SPLIT, rf"p1a active {OLD}, p1b active {OLD}"),
        prepares=both_are("MASTER"),
        settings=SHORT,
        allowed={"fault_gaps": True},
        in_test=True,
    ),
    "both-standby": Scenario(
        Accident.BOTH_STANDBY,
        "- {fault: both_standby}",
        Outcome.STRANDED,
        held(Kind.NOBODY_FORWARDS, rf"p1a standby {OLD}, p1b standby {OLD}"),
        settings=SHORT,
        allowed={"fault_gaps": True, "is_left_down": True},
        stories=(2,),
        in_test=True,
    ),
    "the-standby-does-not-take-over": Scenario(
        Accident.BOTH_STANDBY,
        "- {fault: both_standby, on: p1b}",
        None,
        held(Kind.UNCLEAR, r"p1b did not become active"),
        settings=SHORT,
        allowed={"fault_gaps": True, "is_dead": True},
        stories=(2, 7),
    ),
    "failover-during-the-backup": Scenario(
        Accident.FAILOVER,
        "- {fault: failover, when: {at: backup, nth: 2, side: after, after: 0.2}}",
        None,
        held(
            Kind.CHANGED,
            r"someone else acted: .*p1a: failovers was 0",
            mends=lambda rig: rig.lab.wait_until(
                lambda lab: any(one.forwards for one in lab.states.values())
            ),
        ),
        allowed={"fault_gaps": True},
        because="a policy's answer looks at nothing again: if nobody forwarded when the roles were"
        " read, that is what is told",
    ),
    "failover-before-the-install": Scenario(
        Accident.FAILOVER,
        "- {fault: failover, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.CHANGED, r"someone else acted: .*p1b: role was active"),
        allowed={"fault_gaps": True},
        in_test=True,
    ),
    "failover-after-the-boot": Scenario(
        Accident.FAILOVER,
        "- {fault: failover, when: {at: reload, by: p1a, side: after, after: 4}}",
        Outcome.PARKED,
        held(Kind.CHANGED, r"someone else acted: p1b: .*role was active, is standby"),
        runs=(NEW, OLD),
        settings=SHORT,
        allowed={"fault_gaps": True},
        because="the member that gave the role up says so itself, whatever the new one did",
    ),
    "data-dead-at-the-trial": Scenario(
        Accident.DATA_DEAD,
        "- {fault: data_dead, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"shop: worked before",
        owed=frozenset(),
        allowed={"is_dead": True},
        proves=did("suspend", "p1a", "p1b"),
        stories=(7,),
        in_test=True,
    ),
    "data-dead-after-6": Scenario(
        Accident.DATA_DEAD,
        "- {fault: data_dead, on: p1a, when: {at: reload, by: p1a, side: after}}",
        Outcome.PARKED,
        (
            Hold(Kind.SERVICES_BAD, r"shop: worked before", answer=None),
            Hold(Kind.SWITCHED_BACK, r"back on p1b, because: .*shop: worked before"),
        ),
        runs=(NEW, OLD),
        settings={"switch_back_after": 1},
        allowed={"is_dead": True, "times": {"suspend": 2}},
        proves=switched_back_in_time,
        stories=(7,),
        in_test=True,
    ),
    "data-port-unnoticed": Scenario(
        Accident.DATA_PORT,
        "- {fault: data_port_unnoticed, on: p1b}",
        Outcome.NOT_STARTED,
        held(Kind.GATE, r"interfaces: p1b: .*down: out"),
        stories=(7,),
        in_test=True,
    ),
    "data-port-unnoticed-after-the-boot": Scenario(
        Accident.DATA_PORT,
        """
- fault: data_port_unnoticed
  on: p1a
  when: {at: reload, by: p1a, side: after, after: 1}
""",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"interfaces: p1a: out is down", has_continue=True),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(7,),
        because="a person may accept it, for the gate before the switchover still refuses",
    ),
    # somebody else
    "hand-switchover": Scenario(
        Accident.BY_HAND,
        "- {fault: hand_switchover, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.CHANGED, r"someone else acted: .*p1b: role was active"),
        allowed={"fault_gaps": True},
        in_test=True,
    ),
    "hand-config-change": Scenario(
        Accident.BY_HAND,
        "- {fault: hand_config_change, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.CHANGED, r"someone else acted: p1b: config was"),
        in_test=True,
    ),
    "preemption-turned-on": Scenario(
        Accident.PREEMPTION,
        "- {fault: preempt_turned_on, on: p1a, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.CHANGED, r"p1a: preemption was off, is on"),
        allowed={"fault_gaps": True},
        stories=(18,),
        in_test=True,
    ),
    "another-login": Scenario(
        Accident.BY_HAND,
        "- {fault: another_login, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.CHANGED, r"p1b: administrators logged in was 0, is 1"),
        in_test=True,
    ),
    "second-controller": Scenario(
        Accident.CONTROLLER,
        """
- fault: second_controller
  on: p1a
  when: {command: "fwctl backup step-3", by: p1a, side: after}
""",
        Outcome.NOT_STARTED,
        (
            Hold(Kind.UNREACHABLE, r"p1/p1a: ", Choice.RETRY, mends=is_ready("p1a")),
            Hold(Kind.CHANGED, r"someone else acted: .*p1a: boot"),
        ),
        settings=SHORT,
    ),
    # the way to a member
    "login-refused-later": Scenario(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1a, when: reload}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1/p1a: .*refuses the login. Next: check user and password"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(4,),
        proves=refused_logins("p1a", at_most=6),
        in_test=True,
    ),
    "login-refused-for-a-while": Scenario(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1a, when: {at: reload, by: p1a}, lasts: 15}",
        Outcome.DONE,
        runs=(NEW, NEW),
        stories=(4, 10),
        proves=refused_logins("p1a", at_most=4),
    ),
    "locked-out-after-20-logins": Scenario(
        Accident.LOCKOUT,
        """
- {fault: login_refused, on: p1a, when: {at: login, by: p1a, nth: 21}}
- {fault: login_refused, on: p1b, when: {at: login, by: p1b, nth: 21}}
""",
        Outcome.DONE,
        runs=(NEW, NEW),
        stories=(4,),
        proves=logins("p1a", at_most=20),
    ),
    "aaa-unreachable-after-the-switchover": Scenario(
        Accident.AAA,
        "- {fault: aaa_unreachable, on: both, when: {at: switchover, side: after}}",
        Outcome.PARKED,
        held(Kind.MEMBER_BAD, r"p1/p1a: .*refuses the login"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(4, 10),
    ),
    "management-cut": Scenario(
        Accident.MANAGEMENT,
        "- {fault: management_cut, on: p1b, when: install}",
        Outcome.NOT_STARTED,
        held(Kind.UNREACHABLE, r"p1b"),
        settings=SHORT | PATIENT,
        in_test=True,
    ),
    "host-key-changed-later": Scenario(
        Accident.HOST_KEY,
        "- {fault: host_key_changed, on: p1a, when: reload}",
        Outcome.PARKED,
        held(
            Kind.MEMBER_BAD,
            r"p1/p1a: .*offers an ssh-ed25519 key.*another device may have taken the address",
        ),
        runs=(NEW, OLD),
        settings=SHORT,
        in_test=True,
    ),
    "mute-later": Scenario(
        Accident.MUTE,
        "- {fault: mute, on: p1a, when: reload}",
        Outcome.PARKED,
        held(
            Kind.MEMBER_BAD,
            r"p1/p1a: .*(timed out while waiting for the SSH banner|but no SSH banner comes)",
        ),
        runs=(NEW, OLD),
        settings=SHORT | PATIENT,
        in_test=True,
    ),
    "wrong-device-later": Scenario(
        Accident.WRONG_DEVICE,
        "- {fault: wrong_device, on: p1a, when: reload}",
        Outcome.FAILED,
        held(Kind.CHANGED, r"p1a: identity was \w+, is 0+1"),
        runs=(NEW, OLD),
        settings=SHORT,
        stories=(1, 11),
        in_test=True,
    ),
    "wrong-device-in-between": Scenario(
        Accident.WRONG_DEVICE,
        "- {fault: wrong_device, on: p1b, when: {at: backup, by: p1b, side: after}}",
        Outcome.FAILED,
        (
            Hold(Kind.CHANGED, r"p1b: identity was \w+, is 0+1", Choice.RETRY),
            Hold(Kind.WRONG_DEVICE, r"another device answers for p1b: it is 0+1, planned was \w+"),
        ),
        proves=leaves_alone("0" * 31 + "1"),
        stories=(1,),
        in_test=True,
    ),
    # before anything is written
    "login-refused": Scenario(
        Accident.REFUSED_FOR_A_WHILE,
        "- {fault: login_refused, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*refuses the login. Next: ",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "host-key-changed": Scenario(
        Accident.HOST_KEY,
        "- {fault: host_key_changed, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*fingerprint.*ssh-keyscan",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "mute": Scenario(
        Accident.MUTE,
        "- {fault: mute, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*the SSH banner. Next: ",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "dead": Scenario(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b, params: {silent: true}}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*timed out.*TCP connection. Next: ",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "off": Scenario(
        Accident.MEMBER_DIES,
        "- {fault: crash, on: p1b}",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: .*refused the connection.*Next: ",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "wrong-device": Scenario(
        Accident.WRONG_DEVICE,
        "",
        Outcome.NOT_STARTED,
        says=r"p1/p1b: the device says it is \w+, the inventory says 0+",
        prepares=in_the_inventory,
        what="the inventory names another device than the one that answers",
        is_contacted=False,
        settings=QUICK,
        stories=(1,),
        in_test=True,
    ),
    "slow": Scenario(
        Accident.SLOW_OUTPUT,
        '- {fault: slow_output, on: p1b, params: {command: "fwctl show version", seconds: 20}}',
        Outcome.NOT_STARTED,
        says=r"p1/p1b: no complete answer within .* Next: ",
        is_contacted=False,
        settings=QUICK,
        in_test=True,
    ),
    "slow-output": Scenario(
        Accident.SLOW_OUTPUT,
        "- {fault: slow_output, on: both, params: {seconds: 0.2}}",
        Outcome.DONE,
        runs=(NEW, NEW),
    ),
    # what a member says
    "ha-state-empty-after-the-boot": Scenario(
        Accident.EMPTY_HA,
        "- {fault: ha_state_empty, on: p1a, when: {at: reload, by: p1a, side: after, after: 0.5}}",
        Outcome.DONE,
        runs=(NEW, NEW),
        stories=(9, 15),
    ),
    "prompt-changes": Scenario(
        Accident.PROMPT,
        "- {fault: prompt_changes, on: p1a, when: {at: install, by: p1a}}",
        Outcome.DONE,
        runs=(NEW, NEW),
        settings={"install_timeout": 1.5},
        stories=(15,),
    ),
    **{
        f"first-answer-cut-at-{size}-of-{word.replace(' ', '-')}": Scenario(
            Accident.CUT_AT_BYTE,
            f'- {{fault: cut_answer, on: p1a, params: {{command: "fwctl {word}", bytes: {size}}}}}',
            Outcome.NOT_STARTED,
            says=rf"p1/p1a: the line dropped under the command: 'fwctl {word}'. Next: ",
            is_contacted=False,
            because="nothing is begun on what could not be read at all",
            in_test=True,
        )
        for word, size in (("show ha", 17), ("show boot", 50), ("show version", 1))
    },
    **{
        f"answer-cut-at-{size}-of-{word.replace(' ', '-')}": Scenario(
            Accident.CUT_AT_BYTE,
            f"""
- fault: cut_answer
  on: p1a
  when: {when}
  params: {{command: "fwctl {word}", bytes: {size}}}
""",
            Outcome.DONE,
            runs=(NEW, NEW),
        )
        for word, size, when in (
            ("show ha", 17, "activate"),
            ("show boot", 50, "{at: reload, by: p1b}"),
            ("show version", 1, "{at: reload, by: p1a, side: after}"),
            ("show sessions list", 1000, "{at: reload, by: p1a, side: after}"),
            ("ha sync-config", 3, "0"),
            ("backup step-3", 70, "0"),
            ("image verify", 12, "0"),
        )
    },
    # lost replies
    **{
        f"{kind}-{name}": Scenario(
            accident,
            "\n".join(
                f'- {{fault: {kind}, on: {whom}, params: {{command: "fwctl {word}"}}}}'
                for word in words
            ),
            Outcome.DONE,
            runs=(NEW, NEW),
            stories=(11,),
            in_test=True,
        )
        for kind, accident in (
            ("reply_lost", Accident.REPLY_LOST),
            ("cut_line", Accident.LINE_CUT),
        )
        for name, whom, words in (
            ("install", "p1a", ("image install", "backup step-3")),
            ("boot", "p1a", ("image boot", "ha functional")),
            ("preempt", "both", ("ha preempt off", "ha preempt on")),
        )
    },
    "reply_lost-switchover": Scenario(
        Accident.REPLY_LOST,
        '- {fault: reply_lost, on: p1a, params: {command: "fwctl ha suspend"}}',
        Outcome.DONE,
        runs=(NEW, NEW),
        in_test=True,
    ),
    "reply_lost-reboot": Scenario(
        Accident.REPLY_LOST,
        '- {fault: reply_lost, on: p1a, params: {command: "fwctl reboot"}}',
        Outcome.DONE,
        runs=(NEW, NEW),
        stories=(11,),
        in_test=True,
    ),
    "cut_line-switchover": Scenario(
        Accident.LINE_CUT,
        '- {fault: cut_line, on: p1a, params: {command: "fwctl ha suspend"}}',
        Outcome.DONE,
        held(
            Kind.UNCLEAR,
            r"p1/p1a: the line dropped under the command: 'fwctl ha suspend'",
            Choice.RETRY,
        ),
        runs=(NEW, NEW),
        in_test=True,
    ),
    "switchover-unanswered": Scenario(
        Accident.JOB_HANGS,
        "- {fault: suspend_hangs, on: p1a, params: {times: 1, takes_effect: true}}",
        Outcome.DONE,
        runs=(NEW, NEW),
        proves=did("suspend", "p1a", "p1b"),
        stories=(11,),
        in_test=True,
    ),
    "switchover-hangs": Scenario(
        Accident.JOB_HANGS,
        "- {fault: suspend_hangs, on: p1a, params: {times: 1}}",
        Outcome.NOT_STARTED,
        held(Kind.UNCLEAR, r"no complete answer within"),
        proves=did("suspend"),
        stories=(19,),
        in_test=True,
    ),
}
