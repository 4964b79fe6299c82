"""``execute`` and ``diagnose`` that change something: flags, uptimes, images, boots, backups.

The questions are those of Fortinet's articles (196696) and of transcripts in public notes, which
have the dialogues of ``execute ha manage`` and ``execute set-next-reboot`` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.personalities.fortinet import replication
from nornir_haupgrade.lab.personalities.fortinet.cluster import (
    cluster_index,
    members_seen,
    not_in_cluster,
)
from nornir_haupgrade.lab.personalities.fortinet.context import (
    At,
    own_of,
    parse_error,
    show,
    wrong,
)
from nornir_haupgrade.lab.personalities.fortinet.depot import is_server
from nornir_haupgrade.lab.personalities.fortinet.partitions import NAMES
from nornir_haupgrade.lab.personalities.fortinet.show_config import header, written
from nornir_haupgrade.lab.personalities.fortinet.versions import names_primary, numbers
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act

_GO_ON = "Do you want to continue? (y/n)"
_ATTEMPTS = 3
_GROUP_IS_OPTIONAL_FROM = (7, 6, 0)
_BACKUP_SECONDS = 0.1
_FAILED = "Command fail. Return code -1"


def _asks(*lines: str) -> Question:
    return Question("\n".join([*lines, _GO_ON]), Answering.LETTER)


REBOOT = _asks("", "This operation will reboot the system !")
FAILOVER = _asks(
    "Caution: This command will trigger an HA failover.", "It is intended for testing purposes."
)
NO_FAILOVER = _asks(
    "Caution: This command may trigger an HA failover.", "It is intended for testing purposes."
)


def _done(act: Act, effect: Effect, *lines: str) -> Outcome:
    text = "".join(f"{line}\n" for line in lines)
    return Outcome(Reply(stdout=text), effect, act=act)


def ask_reboot(at: At, _: tuple[str, ...]) -> Question | None:
    """Before ``execute reboot``."""
    return None if at.answers else REBOOT


def ask_failover(at: At, _: tuple[str, ...]) -> Question | None:
    """Before ``execute ha failover set``."""
    return None if at.answers else FAILOVER


def ask_no_failover(at: At, _: tuple[str, ...]) -> Question | None:
    """Before ``execute ha failover unset``."""
    return None if at.answers else NO_FAILOVER


def reboot(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute reboot``: this member only."""
    if at.device.phase is not Phase.RUNNING:
        return wrong("The system is going down.", _FAILED)
    text = "\nSystem is rebooting...\n"
    return Outcome(Reply(stdout=text, is_last=True), Effect.REBOOT, act=at.device.restart)


def _wrong_group(at: At, arguments: tuple[str, ...]) -> Outcome | None:
    """What is said of a virtual cluster that is none; 7.6 means all when none is named."""
    if arguments:
        return None if arguments == ("1",) else parse_error(arguments[0])
    return None if numbers(at.version) >= _GROUP_IS_OPTIONAL_FROM else parse_error(at.words[-1])


def set_failover(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute ha failover set 1``: the member yields while the other one is there."""
    refusal = _wrong_group(at, arguments)
    if refusal is not None:
        return refusal
    if not at.device.hears_peer:
        return not_in_cluster()
    return _done(lambda: at.device.set_flag(on=True), Effect.SUSPEND)


def unset_failover(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute ha failover unset 1``: the election is free again, and may move the role."""
    refusal = _wrong_group(at, arguments)
    if refusal is not None:
        return refusal
    return _done(lambda: at.device.set_flag(on=False), Effect.FUNCTIONAL)


def reset_uptime(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha reset-uptime``: moves the role where the uptime decides it."""
    return _done(at.device.reset_age, Effect.SWITCH)


def synchronize(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute ha synchronize start``: a secondary takes the primary's configuration."""
    device = at.device
    if not device.hears_peer:
        return not_in_cluster()

    def act() -> None:
        device.is_sync_stopped = False
        replication.pull(device)

    word = "primary" if names_primary(at.version) else "master"
    return _done(act, Effect.CONFIG_SYNC, f"starting synchronize with HA {word}...")


def stop_synchronize(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute ha synchronize stop``: nothing travels from or to this member."""

    def act() -> None:
        at.device.is_sync_stopped = True

    return _done(act, Effect.CONFIG_SYNC)


def ask_password(at: At, arguments: tuple[str, ...]) -> Question | None:
    """Before ``execute ha manage``; up to three times."""
    _, user = arguments
    _, password = at.terminal.login
    if not _is_manageable(at, arguments[0]) or password in at.answers:
        return None
    if len(at.answers) >= _ATTEMPTS:
        return None
    again = "Permission denied, please try again.\n" if at.answers else ""
    address = f"169.254.0.{1 + cluster_index(at.peer)}"
    return Question(f"{again}{user}@{address}'s password: ", Answering.SECRET)


def _is_manageable(at: At, index: str) -> bool:
    return at.device.hears_peer and index == str(cluster_index(at.peer)) and at.peer.is_answering


def list_members(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute ha manage`` and ``execute ha manage ?``: whom there is to manage."""
    peer = f"<{cluster_index(at.peer)}>     Subsidary unit {at.peer.node_id}"
    found = [peer] if at.device.hears_peer else []
    return show("<id>    please input peer box index.", *found)


def manage(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute ha manage INDEX USER``: a session on the other member, in this one."""
    index, user = arguments
    if not _is_manageable(at, index):
        number = len(members_seen(at.device))
        return wrong(f"Could not manage member {index}, num={number}.")
    if (user, at.terminal.login[1]) != (at.terminal.login[0], (at.answers or ("",))[-1]):
        return wrong(f"{user}@169.254.0.{1 + cluster_index(at.peer)}: Permission denied")

    def act() -> None:
        own_of(at.terminal).is_hopping = True

    return Outcome(Reply(), act=act)


def set_next_reboot(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute set-next-reboot primary|secondary``: this member only."""
    number = NAMES.get(arguments[0])
    if number is None:
        return parse_error(arguments[0])
    partitions = at.device.partitions
    if partitions.held[number].slot is None:
        return wrong(f"The {arguments[0]} image is not available.", _FAILED)

    if partitions.coming == number:
        return show(f"Image# {number} is already the default image.")

    def act() -> None:
        partitions.coming = number

    return _done(act, Effect.BOOT_SELECT, f"Default image is changed to image# {number}")


def backup(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``execute backup config|full-config tftp|ftp F H``."""
    what, kind, name, server, *_ = (*at.words[2:4], *arguments)
    if not is_server(server):
        return wrong(f"Invalid {kind} server address {server}.", _FAILED)
    configuration, version = at.device.configuration, at.version
    full = version if what == "full-config" else None
    lines = [
        line
        for path, node in configuration.tree.items()
        for line in written(path, node, version=full)
    ]
    data = "".join(f"{line}\n" for line in (*header(at), *lines)).encode()
    first = f"Please wait...\n\nConnect to {kind} server {server} ...\n"
    text = f"#\n\nSend config file to {kind} server OK.\n"
    return Outcome(
        Reply(stdout=text),
        Effect.BACKUP,
        _BACKUP_SECONDS,
        lambda: at.device.depot.put(name, data),
        first,
    )


def is_secondary(at: At) -> bool:
    """Whether the member is not the one that a cluster is upgraded from."""
    return at.device.role is not HaState.MASTER and at.device.hears_peer
