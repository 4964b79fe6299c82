"""Every kind of fault in a line of words, with its parameters: what is listed, and what is checked.

A kind means the same on every platform that has it; how it strikes there is the platform's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Value(StrEnum):
    """What a parameter takes."""

    SECONDS = "seconds"
    COUNT = "a whole number"
    NTH = "a whole number from 1"
    TEXT = "a text"
    TEXTS = "a list of texts"
    YES_NO = "true or false"

    def takes(self, value: object) -> bool:
        """Whether a value is one."""
        match self:
            case Value.SECONDS:
                return _is_number(value)
            case Value.COUNT:
                return _is_number(value) and isinstance(value, int)
            case Value.NTH:
                return Value.COUNT.takes(value) and value != 0
            case Value.TEXT:
                return isinstance(value, str)
            case Value.TEXTS:
                return isinstance(value, list | tuple) and all(
                    isinstance(one, str) for one in value
                )
            case Value.YES_NO:
                return isinstance(value, bool)


_MOST: Final = 1e15
"""What is more is no number of anything here, nor is infinity."""


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= _MOST


@dataclass(frozen=True, slots=True)
class About:
    """A kind of fault in words; ``params`` are its own."""

    says: str
    params: Mapping[str, Value] = field(default_factory=dict)


_TIMES: Final = {"times": Value.COUNT}
_SECONDS: Final = {"seconds": Value.SECONDS}
_COMMAND: Final = {"command": Value.TEXT, **_TIMES}
_REFUSAL: Final = {"message": Value.TEXT, **_COMMAND}
_JOB: Final = {"job": Value.TEXT, "message": Value.TEXT}
_NOW: Final = {"now": Value.YES_NO, **_SECONDS, **_TIMES}
"""Begins to show at once instead of at the next boot; for how long."""
_LINE: Final = {"line": Value.TEXT, "name": Value.TEXT}
"""What differs: a line, or the name of an object where configurations are made of those."""

ABOUT: Final[dict[str, About]] = {
    # the next boot
    "old_image_after_reboot": About("boots what ran before instead of what was chosen", _TIMES),
    "boot_without_ha": About("boots, and HA does not start", _TIMES),
    "boot_loop": About(
        "boots again and again, each time up for `seconds` (0: it is never seen)",
        _TIMES | _SECONDS,
    ),
    "slow_boot": About("boots `seconds` later than usual (10)", _TIMES | _SECONDS),
    "never_boots": About("goes down and does not come back", _TIMES),
    "config_lines_lost": About(
        "the release that boots drops the lines that contain one of `lines`",
        _TIMES | {"lines": Value.TEXTS, "version": Value.TEXT},
    ),
    "ha_state_empty": About(
        "says nothing when it is asked for its HA: `times` times (3), or for `seconds` of a boot",
        _NOW,
    ),
    # images and flash
    "disk_full": About("`free` bytes are left on the flash (0)", {"free": Value.COUNT}),
    "corrupt_upload": About("a byte of what is sent changes on the way", _TIMES),
    "restore_image_deleted": About("what could be booted instead of what runs is deleted"),
    "install_fails": About("an installation fails", _REFUSAL),
    "installer_busy": About("the installer is busy; free again after `times` or `lasts`", _REFUSAL),
    "install_hangs": About(
        "an installation is never answered", _COMMAND | {"takes_effect": Value.YES_NO}
    ),
    "job_fails": About("the next job, or the next of the kind `job`, fails", _JOB | _TIMES),
    "job_never_ends": About("jobs, or those of the kind `job`, never end", _JOB),
    "auto_commit_fails": About(
        "the next boot's own commit fails, and HA stays initial", _JOB | _TIMES
    ),
    "content_too_old": About("an installation wants newer content first"),
    "commit_locked": About("somebody, `by`, holds the lock of commits", {"by": Value.TEXT}),
    "config_locked": About("somebody, `by`, holds the lock of configuration", {"by": Value.TEXT}),
    "uncommitted_changes": About("`line` is in the candidate only", _LINE),
    "commit_fails": About("a commit fails: of software on trial, or of configuration", _REFUSAL),
    "commit_lost": About("a commit reports success, and nothing is kept", _TIMES),
    "trial_ends": About("the timer of software on trial is over now"),
    "scp_disabled": About("the device takes no files"),
    "save_fails": About("saving the configuration is refused", _REFUSAL),
    "save_lost": About("saving reports success, and nothing is saved", _TIMES),
    "licence_invalid": About(
        "its licence is not valid after the next boot: it forwards nothing", _NOW
    ),
    "licence_expired": About("its licence is not valid from now on: it forwards nothing"),
    "licence_lost": About("its next boot finds no licence: what needs one is gone", _TIMES),
    # the line
    "login_refused": About("logins are refused, for `seconds` if they are named", _SECONDS),
    "aaa_unreachable": About(
        "the server that judges logins is gone: each is refused after `seconds` (5)", _SECONDS
    ),
    "host_key_changed": About("offers another host key"),
    "mute": About("its port is open and never says a word", _SECONDS),
    "management_cut": About("cannot be reached any more, and goes on forwarding"),
    "wrong_device": About(
        "another device answers at its address, of identity `node_id`", {"node_id": Value.TEXT}
    ),
    "reply_lost": About("a command works, and the line is cut before any of its answer", _COMMAND),
    "cut_line": About("the line is cut under a command, which does nothing", _COMMAND),
    "cut_answer": About(
        "a command works, and the line is cut after `bytes` of its answer (0)",
        _COMMAND | {"bytes": Value.COUNT},
    ),
    "slow_output": About(
        "a command works, and is answered `seconds` later (5)", _COMMAND | _SECONDS
    ),
    "prompt_changes": About("the prompt is another one from now on", {"hostname": Value.TEXT}),
    "console_messages": About("what is printed on the console comes in the midst of every answer"),
    "config_refused": About("lines that configure are refused", _REFUSAL),
    "output_set": About("somebody sets how the console pages", {"output": Value.TEXT}),
    "clock_jump": About("its clock jumps by `seconds` (3600)", _SECONDS),
    # sessions and configuration
    "sessions_never_sync": About("learns no session of the other member"),
    "sessions_slow": About("learns the sessions over `seconds` (10)", _SECONDS),
    "sync_stuck": About("the configuration is not pushed: the peer does not answer", _REFUSAL),
    "report_differs": About(
        "the members' shared configurations differ by `line`, with `after_sync` after each push",
        _LINE | _TIMES | {"after_sync": Value.YES_NO},
    ),
    "unsaved_changes": About("`line` is in the running configuration only", _LINE),
    # roles and forwarding
    "crash": About(
        "loses power; with `reboots` it boots again, with `silent` it does not even refuse",
        {"reboots": Value.YES_NO, "silent": Value.YES_NO},
    ),
    "power_on": About("somebody switches it on again"),
    "failover": About("the role goes to the other member, and nobody asked for it"),
    "adverts_lost": About("the members do not hear each other: both become active"),
    "adverts_one_way": About("hears nothing of the other member, which hears it"),
    "both_standby": About("is standby and stays it: on both members, nobody takes the role"),
    "ha_link_down": About(
        "the link between the members is down; of several, all or the one named",
        {"link": Value.TEXT},
    ),
    "ha_link_one_way": About("receives nothing on the link between the members"),
    "data_dead": About("nothing passes through it, and it does not know"),
    "data_port_down": About("a data interface is down", {"port": Value.TEXT}),
    "data_port_unnoticed": About(
        "a data interface is down, and HA goes on as if it were up", {"port": Value.TEXT}
    ),
    "switch_refused": About("moving the role is refused", _REFUSAL),
    "suspend_hangs": About(
        "moving the role is never answered", _COMMAND | {"takes_effect": Value.YES_NO}
    ),
    "functional_hangs": About(
        "taking back what a switchover left is never answered",
        _COMMAND | {"takes_effect": Value.YES_NO},
    ),
    "refuse_functional": About("taking back what a switchover left is refused", _REFUSAL),
    "one_group_moves": About(
        "the role of one group goes to the other member", {"group": Value.COUNT}
    ),
    "peer_priority_high": About("has the highest priority there is", {"group": Value.COUNT}),
    # somebody else
    "another_login": About("somebody is logged in, as `login` says", {"login": Value.TEXT}),
    "failover_turned_off": About("somebody turns HA off, on both members"),
    "hand_switchover": About("somebody moves the role by hand"),
    "hand_config_change": About("somebody changes the configuration: `line`", _LINE),
    "hand_commit": About("somebody commits the software that is on trial"),
    "preempt_turned_on": About("somebody turns preemption on"),
    "second_controller": About("another tool is logged in and reloads it"),
}
