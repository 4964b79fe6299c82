"""The inventory data under the key ``ha``, as one host sees it after merging."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from nornir_haupgrade.settings.fields import (
    Address,
    Count,
    DottedName,
    Fraction,
    HttpStatus,
    Label,
    Network,
    Pause,
    Port,
    Strict,
    Text,
    Url,
    Wait,
    refused,
)
from nornir_haupgrade.settings.getters import GetterOptions, Getters

if TYPE_CHECKING:
    from pydantic import BaseModel


class ManagementPath(StrEnum):
    """How the controller reaches the members."""

    OUT_OF_BAND = "out_of_band"
    THROUGH_PAIR = "through_pair"


class _Check(Strict):
    name: Label
    """What the service is called in reports; once per pair."""
    settle: Pause = 10
    """Seconds that the service may be bad after a switchover before it counts."""
    stable_for: Pause = 2
    """Seconds that the service must stay good before it counts as good."""
    vantage: Text | None = None
    """Where it is measured from; left out, from the controller."""


class TcpService(_Check):
    """A TCP connection is accepted."""

    type: Literal["tcp"]
    """How it is measured: tcp, http, dns, icmp or task."""
    address: Address
    """IP address or host name of the service."""
    port: Port
    """TCP port, 1 to 65535."""


class HttpService(_Check):
    """A page answers with a status, and if asked with a text."""

    type: Literal["http"]
    """How it is measured: tcp, http, dns, icmp or task."""
    url: Url
    """The page, as in http://10.2.1.100:8080/health."""
    status: HttpStatus = 200
    """The status that it must answer with, 100 to 599."""
    contains: Text | None = None
    """A text that the page must contain."""


class DnsService(_Check):
    """A name server answers a question."""

    type: Literal["dns"]
    """How it is measured: tcp, http, dns, icmp or task."""
    address: Address
    """IP address or host name of the name server."""
    query: Address
    """The name to ask for."""
    record: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] = "A"
    """The kind of record to ask for, as in A or AAAA."""
    port: Port = 53
    """UDP port of the name server, 1 to 65535."""


class IcmpService(_Check):
    """An address answers echo requests."""

    type: Literal["icmp"]
    """How it is measured: tcp, http, dns, icmp or task."""
    address: Address
    """IP address or host name to ping."""


class TaskService(_Check):
    """A task of the site's own says whether the service is good."""

    type: Literal["task"]
    """How it is measured: tcp, http, dns, icmp or task."""
    task: DottedName
    """Dotted name of the task, as in tasks.shop.check."""


Service = TcpService | HttpService | DnsService | IcmpService | TaskService


class Canary(Strict):
    """A long-lived connection that must survive every switchover."""

    name: Label
    """What the canary is called in reports; once per pair."""
    type: Literal["tcp"]
    """How it is held open: tcp."""
    address: Address
    """IP address or host name of the server, which must not close an idle connection."""
    port: Port
    """TCP port, 1 to 65535."""
    vantage: Text | None = None
    """Where it is opened from; left out, from the controller."""


class CriticalSession(Strict):
    """Sessions that must be on both members before a switchover."""

    name: Label
    """What the sessions are called in reports; once per pair."""
    protocol: Literal["tcp", "udp", "sctp"]
    """tcp, udp or sctp."""
    destination_port: Port
    """Destination port of the sessions, 1 to 65535."""
    source: Network | None = None
    """Only sessions from this IP address or network."""
    destination: Network | None = None
    """Only sessions to this IP address or network."""
    at_least: Count = 1
    """How many such sessions there must be, at least 1."""
    min_age: Pause | None = None
    """Seconds; younger sessions do not count. Not given, the platform's own minimum holds."""


class GateMoment(StrEnum):
    """When a gate of the site's own is asked."""

    PREPARE = "prepare"
    SWITCHOVER = "switchover"


def _at_some_time(value: tuple[GateMoment, ...]) -> tuple[GateMoment, ...]:
    if not value:
        raise refused("the gate is never asked", "Write [prepare], [switchover], or both.")
    return value


class SiteGate(Strict):
    """A task of the site's own that has to say yes."""

    name: Label
    """What the gate is called in reports; once per pair."""
    task: DottedName
    """Dotted name of the task, as in tasks.no_open_change.no_open_change."""
    when: Annotated[tuple[GateMoment, ...], AfterValidator(_at_some_time)] = tuple(GateMoment)
    """A list of when it is asked: prepare, switchover; left out, both."""
    timeout: Wait = 10
    """Seconds that it has to answer; a gate that takes longer has not passed."""


class Tolerance(Strict):
    """How far a measurement may be from its baseline."""

    sessions: Fraction = 0.05
    """How much of the synchronised sessions may be missing, as in 5%."""


class HaData(Strict):
    """What one host says about its pair; a host without ``pair`` is not ours."""

    pair: Label | None = None
    """Name of the pair; exactly two hosts share it."""
    platform: Text | None = None
    """The platform of both members; left out, Nornir's own `platform`."""
    site: Label | None = None
    """The site that the pair stands at."""
    backs_up: tuple[Label, ...] = ()
    """A list of the pairs that must never be in flight together with this one."""
    management_path: ManagementPath = ManagementPath.OUT_OF_BAND
    """How the controller reaches the members: out_of_band or through_pair."""
    services: tuple[Annotated[Service, Field(discriminator="type")], ...] = ()
    """A list of the services that must work before and after."""
    canaries: tuple[Canary, ...] = ()
    """A list of long-lived connections that must survive."""
    critical_sessions: tuple[CriticalSession, ...] = ()
    """A list of the sessions that must be on both members before a switchover."""
    tolerance: Tolerance = Tolerance()
    """How far measurements may be from the baseline."""
    gates: tuple[SiteGate, ...] = ()
    """A list of the site's own gates."""
    notify: tuple[DottedName, ...] = ()
    """A list of tasks, by dotted name, that are told what happens to the pair."""
    getters: Getters | None = None
    """A list of NAPALM's getters that are read before and after; left out, the platform's own."""
    identity: Text | None = None
    """Serial number or node id of this one member, quoted."""


SHAPES: dict[tuple[str, ...], type[BaseModel]] = {
    (): HaData,
    ("services", "tcp"): TcpService,
    ("services", "http"): HttpService,
    ("services", "dns"): DnsService,
    ("services", "icmp"): IcmpService,
    ("services", "task"): TaskService,
    ("canaries",): Canary,
    ("critical_sessions",): CriticalSession,
    ("gates",): SiteGate,
    ("tolerance",): Tolerance,
    ("getters",): GetterOptions,
}
"""Which model describes the mapping at a place; for messages."""
