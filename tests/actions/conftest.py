"""A pair in memory: p1a active, p1b standby, both on 12.15 with 13.8 to come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from nornir_haupgrade.model import ImageFile, MemberFacts, PairFacts, Preemption, Role
from nornir_haupgrade.procedure.actions.context import Context
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Traits
from nornir_haupgrade.procedure.records import Action, Result, Run
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings
from tests.actions.memory import NEW, OLD, Clock, Device, MemoryEvidence, MemoryPair, Port

SECONDS = {
    "settle_timeout": 3.0,
    "sessions_timeout": 5.0,
    "reload_timeout": 20.0,
    "reload_notice": 2.0,
}


@dataclass
class Bench:
    """The pair on the bench, and how an action is done to it."""

    a: Device
    b: Device
    clock: Clock
    image: ImageFile
    told: list[str] = field(default_factory=list)
    evidence: MemoryEvidence = field(default_factory=MemoryEvidence)
    traits: Traits = field(default_factory=Traits)
    images: tuple[ImageFile, ...] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    baseline: dict[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    port: Port | None = None
    stop: Event = field(default_factory=Event)
    meters: list[Meter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.a.peer, self.b.peer = self.b, self.a

    @property
    def facts(self) -> PairFacts:
        """What a look would show now."""
        return PairFacts((("p1a", self.a.facts_held), ("p1b", self.b.facts_held)))

    def context(self) -> Context:
        """A context for the pair as it is now, with nothing left to find out about it."""
        members = (MemberConfig("p1a", None, "memory"), MemberConfig("p1b", None, "memory"))
        settings = Settings.model_validate({**SECONDS, **self.settings})
        self.pair = MemoryPair(
            PairConfig("p1", members, "memory", **self.config),
            settings,
            {"p1a": self.a, "p1b": self.b},
            self.port,
            self.clock.world,
        )
        plan = Plan(
            "p1",
            members=("p1a", "p1b"),
            identities=("id-a", "id-b"),
            path=(OLD, NEW),
            traits=self.traits,
            images=(self.image,) if self.images is None else self.images,
        )
        state = State(**{"known": self.facts, "facts": self.facts, **self.state})
        return Context(
            self.pair,
            plan,
            self.evidence,
            state,
            self.meter(),
            baseline=self.baseline,
            stop=self.stop,
            tell=self.told.append,
        )

    def meter(self) -> Meter:
        """What measures the services of the bench; closed when the test ends."""
        self.meters.append(Meter(self.pair.config))
        return self.meters[-1]

    def run(self, action: Action, *members: str, to: str | None = None, **more: Any) -> Run:  # noqa: ANN401
        """A run decided on what is there now."""
        return Run(action, members or ("p1a", "p1b"), to, digest(self.facts), **more)

    def do(self, action: Action, *members: str, to: str | None = None, **more: Any) -> Result:  # noqa: ANN401
        """Do an action as the loop does it."""
        return do(self.context(), self.run(action, *members, to=to, **more))

    @property
    def sent(self) -> list[tuple[str, str]]:
        """(member, change) of all that was sent."""
        return [(one.name, str(order.change)) for one in (self.a, self.b) for order in one.sent]


def _member(name: str, role: Role) -> Device:
    facts = MemberFacts(
        identity=f"id-{name[-1]}",
        role=role,
        version=OLD,
        boot_id="boot-1",
        next_version=OLD,
        installed=(("slot1", OLD),),
        preemption=Preemption.ON,
        is_forwarding=role is Role.ACTIVE,
        is_peer_link_up=True,
        failovers=0,
        config="c1",
        others=0,
    )
    return Device(name, facts)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The pair, and a clock that no wait has to be waited for."""
    clock = Clock()
    file = tmp_path / "fw-13.img"
    file.write_bytes(b"image of 13.8")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    image = ImageFile(NEW, str(file), sha256, file.stat().st_size)
    bench = Bench(_member("p1a", Role.ACTIVE), _member("p1b", Role.STANDBY), clock, image)
    yield bench
    for meter in bench.meters:
        meter.close()


@pytest.fixture
def port(bench: Bench) -> Iterator[Port]:
    """A real port that both members are said to be reached on."""
    port = bench.port = Port()
    bench.clock.is_real = True
    yield port
    port.close()
