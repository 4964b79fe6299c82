"""What ``fwctl`` shows: reads, none of which changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab import disk
from nornir_haupgrade.lab.command import Outcome, refuse, say
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.linux_ha.appliance import Appliance
    from nornir_haupgrade.lab.sessions import Session

_PACKAGES = {"12": ("2.2.7", "1.4.7"), "13": ("2.3.3", "1.4.8")}
"""keepalived and conntrackd by the release's first number."""


def _yes(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"


def _lines(**values: object) -> str:
    return "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in values.items())


def version(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Identity, releases and slots."""
    packages = _PACKAGES.get(device.image.version.partition(".")[0], ("2.3.3", "1.4.8"))
    keepalived, conntrackd = packages if device.image.has_ha else ("-", "-")
    return say(
        _lines(
            Node_id=device.node_id,
            Hostname=device.hostname,
            Version=device.image.version,
            Slot=device.running_slot,
            Boot=device.next_slot,
            Keepalived=keepalived,
            Conntrackd=conntrackd,
            Uptime=int(device.uptime),
        )
    )


def ha(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """The role, and what goes with it."""
    return say(
        _lines(
            State=device.role,
            VIP=_yes(device.role is HaState.MASTER),
            Preempt=_yes(device.configuration.preempts),
            Priority=device.priority,
            Suspended=int(device.is_suspended),
            Peer_link="up" if pair.is_peer_link_up(device) else "down",
        )
    )


def sessions(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """Number of connections in the data plane."""
    return say(f"{len(pair.sessions.carried(device))}\n")


def _session_line(pair: Pair, session: Session) -> str:
    own = f"10.1.{pair.spec.number}.100:{session.port}", f"10.2.{pair.spec.number}.100:7000"
    client, server = session.ends or own
    state = "TIME_WAIT" if session.is_closed else "ESTABLISHED"
    age = int(pair.timeline.now() - session.born)
    return f"tcp {client}>{server} {server}>{client} {state} {age}\n"


def sessions_list(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """The active's own connections, the standby's copies."""
    if not device.image.has_ha:
        return refuse("% conntrackd is not running")
    is_active = device.role is HaState.MASTER
    listed = pair.sessions.carried(device) if is_active else pair.sessions.known(device)
    return say("".join(_session_line(pair, session) for session in listed))


def session_sync(pair: Pair, device: Appliance, _: list[str]) -> Outcome:
    """Counts: the active's Internal compares with the standby's External."""
    if not device.image.has_ha:
        return refuse("% conntrackd is not running")
    carried = len(pair.sessions.carried(device))
    known = 0 if device.role is HaState.MASTER else len(pair.sessions.known(device))
    return say(_lines(Internal=carried, External=known, Kernel=carried))


def interfaces(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Which are up."""
    return say("".join(f"{name} {'up' if up else 'down'}\n" for name, up in device.ports.items()))


def users(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Who is logged in with a terminal."""
    return say("".join(f"{login}\n" for login in device.logins.values()))


def images(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Both slots, and the room on flash."""
    texts = [
        f"{name}: empty\n"
        if slot is None
        else f"{name}: {slot.version} {slot.size} {slot.sha256}\n"
        for name, slot in device.slots.items()
    ]
    return say("".join(texts) + f"Free: {device.disk.free}\n")


def boot(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """What changes with every boot, role change or line of configuration."""
    return say(
        f"Boot-id: {device.boot_id}\nUptime: {int(device.uptime)}\n"
        f"Failovers: {device.role_changes}\nConfig-hash: {device.configuration.digest}\n"
    )


def sync_report(_: Pair, device: Appliance, __: list[str]) -> Outcome:
    """Checksums of the shared configuration, and of the rules that are loaded."""
    shared = device.configuration.shared
    files = "".join(f"{disk.sha256(shared[path].encode())}  {path}\n" for path in sorted(shared))
    return say(f"{files}running-nft {device.configuration.loaded}\n")


def verify(_: Pair, device: Appliance, words: list[str]) -> Outcome:
    """Size and checksum of an upload."""
    content = device.disk.uploaded(words[0])
    if content is None:
        return refuse(f"% no such file: {words[0]}")
    return say(f"{len(content)} {disk.sha256(content)}\n")
