"""The accidents that every platform must survive, and the stories of the field behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Accident(StrEnum):
    """The fixed list."""

    BOOT_LOOP = "boot loop"
    OLD_IMAGE = "boots the old image"
    NO_HA = "boots without HA"
    SLOW_BOOT = "slow boot"
    NEVER_BOOTS = "never comes back"
    DISK_FULL = "disk full"
    CORRUPT = "checksum corrupt in transfer"
    BUSY = "installer busy, then free"
    JOB_FAILS = "job fails"
    JOB_HANGS = "job never ends"
    COMMIT_FAILS = "commit fails"
    SYNC_STUCK = "synchronisation stuck"
    REPORT_WRONG = "synchronisation report wrong"
    SESSIONS_NEVER = "sessions never synchronise"
    SESSIONS_SLOW = "sessions synchronise slowly"
    PREEMPTION = "preemption steals the role"
    BOTH_ACTIVE = "both active"
    BOTH_STANDBY = "both standby"
    LINK_DOWN = "peer link down"
    LINK_ONE_WAY = "peer link down in one direction"
    DATA_DEAD = "data plane dead, HA says active"
    DATA_PORT = "standby's data port dead, HA says ready"
    AAA = "AAA unreachable after the switchover"
    MANAGEMENT = "management of one member cut"
    BY_HAND = "somebody acts by hand"
    CONTROLLER = "a second controller"
    LINES_LOST = "the new release drops configuration lines"
    LICENCE = "licence invalid after the boot"
    RESTORE_GONE = "restore image deleted"
    SWITCH_REFUSED = "switching over refused"
    BACK_REFUSED = "switching back refused"
    EMPTY_HA = "HA state empty after the boot"
    PROMPT = "prompt changes under a command"
    REPLY_LOST = "reply lost, command worked"
    LINE_CUT = "line cut, nothing done"
    CUT_AT_BYTE = "session cut at any byte"
    MUTE = "mute TCP port"
    SLOW_OUTPUT = "slow output"
    LOCKOUT = "AAA lockout after N logins"
    REFUSED_FOR_A_WHILE = "logins refused for a while"
    HOST_KEY = "host key changed"
    WRONG_DEVICE = "wrong device behind the address"
    CLOCK = "clock jump"
    FAILOVER = "unexpected failover"
    MEMBER_DIES = "a member dies"
    OF_THE_PLATFORM = "an accident of the platform's own"


NOT_HERE: Final[Mapping[tuple[str, Accident], str]] = {
    ("linux_ha", Accident.COMMIT_FAILS): "nothing is committed",
    ("linux_ha", Accident.LICENCE): "has no licences",
    ("linux_ha", Accident.CLOCK): "no time is read of it",
    ("linux_ha", Accident.OF_THE_PLATFORM): "",
    ("cisco_iosxe", Accident.SYNC_STUCK): "pushes no configuration",
    ("cisco_iosxe", Accident.REPORT_WRONG): "reports no synchronisation",
    ("cisco_iosxe", Accident.SESSIONS_NEVER): "keeps no sessions",
    ("cisco_iosxe", Accident.SESSIONS_SLOW): "keeps no sessions",
    ("cisco_iosxe", Accident.LINK_DOWN): "has no link of its own to the other member",
}
"""(platform, accident) that there cannot be, and why."""


@dataclass(frozen=True)
class Story:
    """What happened to others; ``elsewhere``: what plays it, or why nothing can."""

    says: str
    elsewhere: str = ""


STORIES: Final[Mapping[int, Story]] = {
    1: Story(
        "the firewall that was not selected is upgraded",
        "no fault of a device: `test_layers` aside, the proof of every scenario refuses work on a"
        " member that forwards, and `wrong-device` one that is another",
    ),
    2: Story("the upgraded member is suspended, and failing over leaves nobody forwarding"),
    3: Story("rebooted after a failed install; a busy installer is given up"),
    4: Story("polling with AAA credentials during the reboot locks the account"),
    5: Story(
        "a strict check of the synchronised configuration blocks the second member",
        "every scenario that ends done: a mixed pair is not compared",
    ),
    6: Story("reboot only, and a drill", "`tests/end_to_end/test_without_software.py`"),
    7: Story("the peer is not validated before the role goes to it"),
    8: Story("a reboot is not detected, because the old system still answers"),
    9: Story("HA state empty or undefined right after the boot"),
    10: Story("a token is invalid after the failover; it says ok and nothing was upgraded"),
    11: Story("an upgrade command never returns"),
    12: Story("a full disk loops until the timeout; links corrupt images"),
    13: Story(
        "only the first failed check is told",
        "no fault of a device: `tests/gates/test_readiness.py`",
    ),
    14: Story(
        "valid skips of versions are rejected",
        "no fault of a device: `tests/engines/test_survey.py`; paths of several hops are walked in"
        " `tests/rehearsal/test_upgrade.py`",
    ),
    15: Story("a parser breaks on a new release's text, and the run dies"),
    16: Story(
        "failed devices are retried from the start; a stuck fleet cannot be cancelled",
        "`tests/end_to_end/test_kill.py` and `test_interrupt.py`; a fleet is not run yet",
    ),
    17: Story(
        "a dry run is overridden by accident",
        "no fault of a device: `tests/end_to_end/test_read_only.py`",
    ),
    18: Story("preemption is forgotten: the old active takes over in the middle"),
    19: Story("a timer reboots the primary whatever the standby does"),
    20: Story("both members down after the second reboot; a boot loop at the middle hop"),
}
"""The field's stories, in our words."""
