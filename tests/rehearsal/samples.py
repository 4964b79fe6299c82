"""Pairs as an inventory and their members describe them, by hand."""

from __future__ import annotations

from typing import Any, Final

from nornir_haupgrade.engines.survey import Surveyed
from nornir_haupgrade.model import Capabilities, MemberFacts, PairFacts, Preemption, Role
from nornir_haupgrade.rehearsal.likeness import Likeness, assumed
from nornir_haupgrade.settings import (
    HttpService,
    MemberConfig,
    PairConfig,
    TcpService,
)

OLD: Final = "12.15"
WEB: Final = HttpService(name="web", type="http", url="https://shop.example/health", contains="up")
TCP: Final = TcpService(name="till", type="tcp", address="10.2.1.100", port=8443)


def config(
    name: str = "p1",
    *,
    members: tuple[str, str] | None = None,
    platform: str = "linux_ha",
    **settings: Any,  # noqa: ANN401 - PairConfig's
) -> PairConfig:
    """A pair of NAMEa and NAMEb."""
    first, second = members or (f"{name}a", f"{name}b")
    both = (MemberConfig(first, None, platform), MemberConfig(second, None, platform))
    return PairConfig(name, both, platform, **settings)


def member(letter: str, role: Role, version: str = OLD, **facts: Any) -> MemberFacts:  # noqa: ANN401
    """A member at rest; the facts are MemberFacts's."""
    calm: dict[str, Any] = {"preemption": Preemption.OFF, "is_peer_link_up": True}
    return MemberFacts(f"id-{letter}", role, version, "boot", version, **{**calm, **facts})


def surveyed(pair: PairConfig, a: MemberFacts, b: MemberFacts) -> Surveyed:
    """A pair as both members described it."""
    names = [own.name for own in pair.members]
    facts = PairFacts(((names[0], a), (names[1], b)))
    return Surveyed(pair, facts, (), Capabilities())


def likeness(pair: PairConfig, version: str = OLD) -> Likeness:
    """A pair that nobody asked."""
    return assumed(pair, version)
