"""A healthy pair as facts, and every other pair that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Role, Status, Verdict

HEALTHY = MemberFacts(
    identity="SN1",
    role=Role.ACTIVE,
    version="13.6",
    boot_id="boot-1",
    next_version="13.6",
    installed=(("A", "13.6"), ("B", "13.8")),
    preemption=Preemption.OFF,
    is_forwarding=True,
    is_peer_link_up=True,
    failovers=3,
    config="c0ffee",
    others=0,
)


def member(**changes: Any) -> MemberFacts:  # noqa: ANN401 - any field
    """A healthy active member, with changes."""
    return replace(HEALTHY, **changes)


def pair(one: dict[str, Any] | None = None, other: dict[str, Any] | None = None) -> PairFacts:
    """A healthy pair, fw1 active and fw2 standby, with changes to each."""
    standby = {"identity": "SN2", "role": Role.STANDBY, "is_forwarding": False}
    return PairFacts(
        (("fw1", member(**(one or {}))), ("fw2", member(**(standby | (other or {}))))),
    )


def without(name: str) -> PairFacts:
    """The healthy pair, one member of which did not answer."""
    return PairFacts(tuple((n, None if n == name else own) for n, own in pair().members))


statuses = st.sampled_from(Status)
verdicts = st.builds(
    Verdict,
    statuses,
    st.text(min_size=1),
    st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple),
)
any_member = st.builds(
    member,
    identity=st.sampled_from(["SN1", "SN2", "SN3", ""]),
    role=st.sampled_from(Role),
    version=st.sampled_from(["13.6", "13.8", "9.9", ""]),
    boot_id=st.sampled_from(["boot-1", "boot-2", ""]),
    next_version=st.sampled_from(["13.6", "13.8", "", None]),
    preemption=st.sampled_from(Preemption),
    is_latched=st.booleans(),
    is_forwarding=st.none() | st.booleans(),
    is_peer_link_up=st.none() | st.booleans(),
    others=st.none() | st.integers(0, 3),
)
any_pair = st.builds(
    lambda one, other: PairFacts((("fw1", one), ("fw2", other))),
    st.none() | any_member,
    st.none() | any_member,
)
