"""``show standby`` and ``show vrrp``, long and brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.clock import short_span
from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import DEFAULT_PRIORITY
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import GroupProtocol, GroupSpec
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.election import Election
    from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router

_UNKNOWN = "unknown"


def short_name(interface: str) -> str:
    """As brief outputs have it."""
    return interface.replace("GigabitEthernet", "Gi")


class _View:
    """One group as one router sees it."""

    def __init__(self, at: At, group: GroupSpec) -> None:
        self.group = group
        self.router = at.router
        self.peer = at.peer
        self.now = at.now
        self._pair = at.pair
        self.election: Election = at.pair.elections[group.name]
        self.seat = at.router.seats[group.name]
        self.stance = at.router.stance(group.name)
        self.port = at.router.port(group.interface)

    @property
    def is_active(self) -> bool:
        return self.seat.role is HaState.MASTER

    @property
    def is_standby(self) -> bool:
        return self.seat.role is HaState.BACKUP and self.election.is_settled(self.router)

    @property
    def hears_peer(self) -> bool:
        """Whether the peer takes part and is heard on this interface."""
        return (
            self._pair.hears_adverts
            and self.seat.role is not HaState.INIT
            and self.peer.seats[self.group.name].role is not HaState.INIT
        )

    @property
    def peer_address(self) -> str:
        return str(self.peer.port(self.group.interface).address.ip)

    def is_peer(self, *, active: bool) -> bool:
        """Whether the peer is heard as the active, or as the standby."""
        seat = self.peer.seats[self.group.name]
        if not self.hears_peer:
            return False
        if active:
            return seat.role is HaState.MASTER
        return seat.role is HaState.BACKUP and self.election.is_settled(self.peer)

    @property
    def hsrp_word(self) -> str:
        """After it came up or lost the role it speaks for a hold time, then it is the standby."""
        if self.is_active:
            return "Active"
        if self.seat.role is not HaState.BACKUP:
            return "Init (interface down)" if not self.router.is_up(self.port.name) else "Init"
        return "Standby" if self.is_standby else "Speak"


def _views(at: At, protocol: GroupProtocol, only: str | None = None) -> list[_View]:
    views = [
        _View(at, group)
        for group in at.router.spec.groups
        if group.protocol is protocol and at.router.configuration.stance(group.name) is not None
    ]
    return [view for view in views if only in (None, view.group.interface)]


def _seconds(value: float) -> str:
    """As in ``Hello time 3 sec`` or, below a second, ``300 msec``."""
    return f"{int(value)} sec" if value == int(value) else f"{round(value * 1000)} msec"


def _left(view: _View, whole: float) -> str:
    """Something that runs down and begins anew."""
    return f"{whole - view.now % (view.election.rules.hello or 1):.3f}"


def standby(at: At, _: tuple[str, ...]) -> Outcome:
    """``show standby``."""
    return show(*(line for view in _views(at, GroupProtocol.HSRP) for line in _standby(view)))


def _standby(view: _View) -> list[str]:
    group, rules = view.group, view.election.rules
    version = f" (version {group.version})" if group.version > 1 else ""
    mac = (
        f"0000.0c9f.f{group.number:03x}" if group.version > 1 else f"0000.0c07.ac{group.number:02x}"
    )
    changes = view.seat.role_changes + 1
    plural = "" if changes == 1 else "s"
    word = view.hsrp_word
    is_in = view.seat.role is not HaState.INIT
    used = "MAC In Use" if view.is_active else "MAC Not In Use"
    counted = f"    {changes} state change{plural}, last state change"
    lines = [
        f"{group.interface} - Group {group.number}{version}",
        f"  State is {word}",
        *([f"{counted} {short_span(view.now - view.seat.since)}"] if is_in else []),
        f"  Virtual IP address is {view.port.virtual}",
        f"  Active virtual MAC address is {mac if is_in else _UNKNOWN} ({used})",
        f"    Local virtual MAC address is {mac} (v{group.version} default)",
        f"  Hello time {_seconds(rules.hello)}, hold time {_seconds(rules.hold)}",
        *([f"    Next hello sent in {_left(view, rules.hello)} secs"] if is_in else []),
        f"  Preemption {_preemption(view)}",
        f"  Active router is {_router_word(view, active=True)}",
        *_active_mac(view),
        f"  Standby router is {_router_word(view, active=False)}",
        f"  Priority {view.stance.priority} ({_configured(view)})",
        f'  Group name is "hsrp-{short_name(group.interface)}-{group.number}" (default)',
    ]
    flags = "1/1" if view.is_active else "0/1"
    return [*lines, f"  FLAGS: {flags}"]


def _preemption(view: _View) -> str:
    if not view.stance.preempts:
        return "disabled"
    delay = f", delay min {int(view.stance.delay)} secs" if view.stance.delay else ""
    return f"enabled{delay}"


def _configured(view: _View) -> str:
    value = view.stance.priority
    return f"default {value}" if value == DEFAULT_PRIORITY else f"configured {value}"


def _router_word(view: _View, *, active: bool) -> str:
    if view.is_active if active else view.is_standby:
        return "local"
    if not view.is_peer(active=active):
        return _UNKNOWN
    priority = view.peer.stance(view.group.name).priority
    expires = _left(view, view.election.rules.hold)
    return f"{view.peer_address}, priority {priority} (expires in {expires} sec)"


def _active_mac(view: _View) -> list[str]:
    if not view.is_peer(active=True):
        return []
    return [f"    MAC address is {mac_of(view.peer, view.group.interface)}"]


def mac_of(router: Router, interface: str) -> str:
    """An interface's own address."""
    board = int(interface.removeprefix("GigabitEthernet"))
    tail = sum(router.name.encode()) % 0x10000
    return f"5254.00{board:02x}.{tail:04x}"


_BRIEF_HEAD = (
    "                     P indicates configured to preempt.",
    "                     |",
    "Interface   Grp  Pri P State   Active          Standby         Virtual IP",
)


def standby_brief(at: At, _: tuple[str, ...]) -> Outcome:
    """``show standby brief``."""
    rows = [_standby_row(view) for view in _views(at, GroupProtocol.HSRP)]
    return show(*_BRIEF_HEAD, *rows) if rows else show()


def _standby_row(view: _View) -> str:
    words = [
        "local" if own else view.peer_address if view.is_peer(active=active) else _UNKNOWN
        for own, active in ((view.is_active, True), (view.is_standby, False))
    ]
    mark = "P" if view.stance.preempts else " "
    state = view.hsrp_word.split()[0]
    return (
        f"{short_name(view.group.interface):<11} {view.group.number:<4} "
        f"{view.stance.priority:<3} {mark} {state:<7} {words[0]:<15} {words[1]:<15} "
        f"{view.port.virtual}"
    )


def vrrp(at: At, _: tuple[str, ...]) -> Outcome:
    """``show vrrp`` and ``show vrrp all``: the classic form, of VRRP version 2."""
    return show(*(line for view in _views(at, GroupProtocol.VRRP) for line in _vrrp(view)))


def _vrrp(view: _View) -> list[str]:
    group, advert = view.group, view.election.rules.hello
    number, down = group.number, view.election.rules.silence(view.stance.priority)
    expires = f" (expires in {_left(view, down)} sec)" if view.seat.role is HaState.BACKUP else ""
    return [
        f"{group.interface} - Group {number} ",
        f"  State is {_vrrp_word(view)}",
        f"  Virtual IP address is {view.port.virtual}",
        f"  Virtual MAC address is 0000.5e00.01{number:02x}",
        f"  Advertisement interval is {advert:.3f} sec",
        f"  Preemption {_preemption(view)}",
        f"  Priority is {view.stance.priority} ",
        f"  Master Router is {_master(view)}",
        f"  Master Advertisement interval is {advert:.3f} sec",
        f"  Master Down interval is {down:.3f} sec{expires}",
        f"  FLAGS: {'1/1' if view.is_active else '0/1'}",
        "",
    ]


def _vrrp_word(view: _View) -> str:
    words = {HaState.MASTER: "Master", HaState.BACKUP: "Backup"}
    return words.get(view.seat.role, "Init")


def _master(view: _View) -> str:
    if view.is_active:
        return f"{view.port.address.ip} (local), priority is {view.stance.priority} "
    if not view.is_peer(active=True):
        return "unknown, priority is unknown"
    return f"{view.peer_address}, priority is {view.peer.stance(view.group.name).priority} "


def vrrp_brief(at: At, _: tuple[str, ...]) -> Outcome:
    """``show vrrp brief``."""
    rows = [_vrrp_row(view) for view in _views(at, GroupProtocol.VRRP)]
    head = "Interface          Grp Pri Time  Own Pre State   Master addr     Group addr"
    return show(head, *rows) if rows else show()


def _vrrp_row(view: _View) -> str:
    time = round(view.election.rules.silence(view.stance.priority) * 1000)
    master = str(view.port.address.ip) if view.is_active else view.peer_address
    mark = "Y" if view.stance.preempts else " "
    return (
        f"{short_name(view.group.interface):<18} {view.group.number:<3} {view.stance.priority:<3} "
        f"{time:<6}    {mark}  {_vrrp_word(view):<7} {master:<15} {view.port.virtual!s:<15}"
    )
