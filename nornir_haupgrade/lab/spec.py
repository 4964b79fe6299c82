"""What a lab consists of, as data: pairs, members, durations (device seconds) and faults."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.personalities.cisco_asa.spec import AsaSpec, asa_from
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import RouterSpec, router_from
from nornir_haupgrade.lab.personalities.fortinet.spec import FortigateSpec, fortigate_from
from nornir_haupgrade.lab.personalities.paloalto_panos.spec import PanosSpec, panos_from
from nornir_haupgrade.lab.plain import SpecError, checked, one_of, only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


Setup: TypeAlias = RouterSpec | AsaSpec | FortigateSpec | PanosSpec
"""What only the pairs of one platform have."""


SESSION_PORT: Final = 7000
"""The destination port of the sessions that a pair of firewalls carries."""


class Platform(StrEnum):
    """Whose devices a pair is made of, and whose command line they speak."""

    LINUX_HA = "linux_ha"
    CISCO_IOSXE = "cisco_iosxe"
    CISCO_ASA = "cisco_asa"
    FORTINET = "fortinet"
    PALOALTO_PANOS = "paloalto_panos"


class Moment(StrEnum):
    """On which side of a command's effect a fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class When:
    """When a fault strikes: at once, at a command or at a login; then ``after`` seconds later."""

    after: float = 0.0
    """Device seconds after the start, the injection or the command."""
    on: str | None = None
    """What the command begins with, such as ``fwctl reboot``; None: no command is waited for."""
    by: str | None = None
    """The member that executes it; None: any member of the pair."""
    nth: int = 1
    """Which of such commands, counted from 1."""
    moment: Moment = Moment.BEFORE
    at: Event | None = None
    """What the command comes to, or a login; with ``on`` too, both must hold."""

    @property
    def waits(self) -> bool:
        """Whether something must happen first."""
        return self.on is not None or self.at is not None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, by name; see ``faults.FAULTS_OF``."""

    name: str
    member: str | None = None
    """Whom it strikes: a member's name, or ``active``, ``standby`` or ``both`` as it is then; None:
    whom such faults strike."""
    when: When = field(default_factory=When)
    params: Mapping[str, Any] = field(default_factory=dict)
    pair: str | None = None
    """Of a lab with several; None: that of the member, or every pair that has the kind."""


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """One firewall."""

    name: str
    version: str = "12.15"
    """What it runs; an appliance from slot A."""
    other_version: str | None = None
    """What is installed besides, and not running; None: nothing."""
    priority: int = 100
    """The higher, the more it is preferred; on PAN-OS the lower."""
    address: str = "127.0.0.1"
    port: int = 0
    """0: any free port, chosen once and kept over reboots."""
    node: str = ""
    """Its identity; empty: one that follows from the name."""

    @property
    def node_id(self) -> str:
        """32 hexadecimal digits, as a machine id, unless one is given."""
        return self.node or hashlib.sha256(self.name.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page behind a pair."""

    path: str
    status: int = 200
    text: str = ""


@dataclass(frozen=True, slots=True)
class PairSpec:
    """Two members and what they do together. All durations are device seconds."""

    name: str
    members: tuple[MemberSpec, MemberSpec]
    preempt: bool = False
    sessions: int = 200
    session_age: float = 600.0
    """How old the sessions are at the start."""
    sync_seconds: float = 1.0
    """How long the standby's external table takes to fill."""
    boot_seconds: float = 2.0
    """From the line's drop to the login."""
    ha_seconds: float = 0.3
    """From the login to a role."""
    stop_seconds: float = 0.3
    """How long the old system answers after a reboot command."""
    install_seconds: float = 0.5
    advert_seconds: float = 1.0
    """VRRP's interval: a crash is noticed after three and a bit."""
    takeover_ms: float = 60.0
    """Nobody forwards for so long in a graceful switchover."""
    disk: int = 256 * 1024 * 1024
    """Bytes of flash for images, uploads and backups."""
    service_port: int = 0
    """The port of the service that is reached through the pair; 0: any free one."""
    web_port: int = 0
    """The port of its pages, if it has any; 0: any free one."""
    pages: tuple[PageSpec, ...] = ()
    """What answers HTTP behind the pair."""
    number: int = 1
    """In the addresses 10.1.NUMBER.0/24 and 10.2.NUMBER.0/24."""
    faults: tuple[Fault, ...] = ()
    platform: Platform = Platform.LINUX_HA
    setup: Setup | None = None
    """What only its platform has; None: as the platform has it by default."""


@dataclass(frozen=True, slots=True)
class LabSpec:
    """A whole lab."""

    pairs: tuple[PairSpec, ...]
    speed: float = 1.0
    """Device seconds per real second."""
    username: str = "admin"
    password: str = "admin"  # noqa: S105  # a lab's well-known login


def simple_pair(
    name: str = "p1",
    *,
    versions: tuple[str, str] = ("12.15", "12.15"),
    **settings: Any,  # noqa: ANN401  # any field of PairSpec
) -> PairSpec:
    """A pair of NAMEa (preferred, priority 120) and NAMEb (100), with any field of PairSpec."""
    return PairSpec(
        name,
        (
            MemberSpec(f"{name}a", version=versions[0], priority=120),
            MemberSpec(f"{name}b", version=versions[1], priority=100),
        ),
        **settings,
    )


def router_pair(
    name: str = "p1",
    *,
    versions: tuple[str, str] = ("17.06.03a", "17.06.03a"),
    setup: RouterSpec | None = None,
    **settings: Any,  # noqa: ANN401  # any field of PairSpec
) -> PairSpec:
    """A pair of routers NAMEa (priority 120) and NAMEb (100), with any field of PairSpec."""
    chosen = {"platform": Platform.CISCO_IOSXE, "setup": setup, **settings}
    return simple_pair(name, versions=versions, **chosen)


def asa_pair(
    name: str = "p1",
    *,
    versions: tuple[str, str] = ("9.16(3)19", "9.16(3)19"),
    setup: AsaSpec | None = None,
    **settings: Any,  # noqa: ANN401  # any field of PairSpec
) -> PairSpec:
    """A failover pair, NAMEa its primary unit and NAMEb its secondary; both are called NAME."""
    chosen = {"platform": Platform.CISCO_ASA, "setup": setup, **settings}
    return simple_pair(name, versions=versions, **chosen)


def fortigate_pair(
    name: str = "p1",
    *,
    versions: tuple[str, str] = ("7.4.4", "7.4.4"),
    setup: FortigateSpec | None = None,
    **settings: Any,  # noqa: ANN401  # any field of PairSpec
) -> PairSpec:
    """A pair of FortiGates NAMEa (priority 120) and NAMEb (100), with any field of PairSpec."""
    chosen = {"platform": Platform.FORTINET, "setup": setup, **settings}
    return simple_pair(name, versions=versions, **chosen)


def panos_pair(
    name: str = "p1",
    *,
    versions: tuple[str, str] = ("10.1.9", "10.1.9"),
    setup: PanosSpec | None = None,
    **settings: Any,  # noqa: ANN401  # any field of PairSpec
) -> PairSpec:
    """A pair of PAN-OS firewalls NAMEa (preferred, 50) and NAMEb (100)."""
    members = (
        MemberSpec(f"{name}a", version=versions[0], priority=50),
        MemberSpec(f"{name}b", version=versions[1], priority=100),
    )
    chosen = {"platform": Platform.PALOALTO_PANOS, "setup": setup, **settings}
    return PairSpec(name, members, **chosen)


FAULT_WORDS: dict[str, str] = {
    "fault": "name",
    "on": "member",
    "pair": "pair",
    "when": "when",
    "params": "params",
    "lasts": "lasts",
}
"""The keys of a fault as plain data, and what they are here."""
WHEN_WORDS: dict[str, str] = {
    "at": "at",
    "command": "on",
    "by": "by",
    "nth": "nth",
    "side": "moment",
    "after": "after",
}
"""The same for ``when``."""


def fault_from(data: Mapping[str, Any]) -> Fault:
    """A fault from plain data, as it comes from YAML or the control channel.

    ``when`` may be an event's word or a number of seconds as well as a mapping.
    """
    values = only("fault", FAULT_WORDS, data)
    if "name" not in values:
        msg = "fault: no `fault`, which says its kind"
        raise SpecError(msg)
    params = dict(values.get("params") or {})
    lasts = values.pop("lasts", None)
    if lasts is not None:
        params["lasts"] = lasts
    return Fault(**{**values, "when": _when_from(values.get("when")), "params": params})


def _when_from(data: object) -> When:
    match data:
        case None:
            return When()
        case str():
            return When(at=one_of(Event, data))
        case int() | float():
            return When(after=float(data))
        case dict():
            values = only("when", WHEN_WORDS, data)
            for word, kind in (("at", Event), ("moment", Moment)):
                if values.get(word) is not None:
                    values[word] = one_of(kind, values[word])
            return When(**values)
        case _:
            msg = f"when: neither an event nor seconds nor a mapping: {data!r}"
            raise SpecError(msg)


def pair_from(data: Mapping[str, Any]) -> PairSpec:
    """A pair from plain data."""
    values = checked(PairSpec, data)
    members = tuple(MemberSpec(**checked(MemberSpec, item)) for item in values["members"])
    if len(members) != 2:  # noqa: PLR2004
        msg = f"pair {values['name']}: a pair has two members, not {len(members)}"
        raise SpecError(msg)
    faults = tuple(fault_from(item) for item in values.get("faults") or ())
    pages = tuple(PageSpec(**checked(PageSpec, item)) for item in values.get("pages") or ())
    platform = one_of(Platform, values.get("platform", Platform.LINUX_HA))
    read = {"platform": platform, "setup": _setup_from(values.get("setup"), platform)}
    lists = {"members": members, "faults": faults, "pages": pages}
    return PairSpec(**{**values, **lists, **read})


def _setup_from(data: Mapping[str, Any] | None, platform: Platform) -> Setup | None:
    if data is None:
        return None
    if platform not in _SETUPS:
        known = ", ".join(_SETUPS)
        msg = f"`setup` is for the platforms {known} only, not for {platform}"
        raise SpecError(msg)
    return _SETUPS[platform](data)


_SETUPS: dict[Platform, Callable[[Mapping[str, Any]], Setup]] = {
    Platform.CISCO_IOSXE: router_from,
    Platform.CISCO_ASA: asa_from,
    Platform.FORTINET: fortigate_from,
    Platform.PALOALTO_PANOS: panos_from,
}


def lab_from(data: Mapping[str, Any]) -> LabSpec:
    """A lab from plain data, such as a YAML file's."""
    values = checked(LabSpec, data)
    pairs = []
    for number, item in enumerate(values["pairs"], start=1):
        pairs.append(pair_from({"number": number, **item}))
    return LabSpec(**{**values, "pairs": tuple(pairs)})
