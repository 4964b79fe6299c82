"""Whether a pair is fit to begin: what its members say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import (
    ImageFile,
    MemberFacts,
    PairFacts,
    Preemption,
    Role,
    StagedImage,
    Status,
    Verdict,
)


def _missing(facts: PairFacts) -> Verdict | None:
    silent = [name for name, own in facts.members if own is None]
    return unknown(f"{' and '.join(silent)} could not be read") if silent else None


def _read(facts: PairFacts) -> list[tuple[str, MemberFacts]]:
    return [(name, own) for name, own in facts.members if own is not None]


def identities(facts: PairFacts, planned: Mapping[str, str]) -> Verdict:
    """Each member is the planned device."""
    missing = _missing(facts)
    if missing:
        return missing
    wrong = [
        f"{name} is {own.identity}, planned was {planned.get(name)}"
        for name, own in _read(facts)
        if own.identity != planned.get(name)
    ]
    return failed("; ".join(wrong)) if wrong else passed("both are the planned devices")


def roles(facts: PairFacts) -> Verdict:
    """Exactly one active and one standby."""
    missing = _missing(facts)
    if missing:
        return missing
    said = ", ".join(f"{name} is {own.role}" for name, own in _read(facts))
    found = [own.role for _, own in _read(facts)]
    if found.count(Role.ACTIVE) > 1:
        return failed(f"both members are active (split brain): {said}")
    if any(role in {Role.UNKNOWN, Role.MIXED, Role.NEGOTIATING} for role in found):
        return unknown(f"a role cannot be told: {said}")
    if Role.ACTIVE not in found:
        return failed(f"nobody is active: {said}")
    if Role.STANDBY not in found:
        return failed(f"no member stands by: {said}")
    return passed(said)


def peer_links(facts: PairFacts) -> Verdict:
    """Both members see their HA link up."""
    missing = _missing(facts)
    if missing:
        return missing
    silent = [name for name, own in _read(facts) if own.is_peer_link_up is None]
    if silent:
        return unknown(f"{' and '.join(silent)} did not report the HA link")
    down = [name for name, own in _read(facts) if not own.is_peer_link_up]
    return failed(f"the HA link is down on {' and '.join(down)}") if down else passed("up on both")


def versions(facts: PairFacts, path: Sequence[str]) -> Verdict:
    """Each version is on the path; different ones are a half-upgraded pair."""
    missing = _missing(facts)
    if missing:
        return missing
    said = ", ".join(f"{name} runs {own.version}" for name, own in _read(facts))
    if any(own.version not in path for _, own in _read(facts)):
        return failed(f"{said}; the path is {' -> '.join(path)}")
    if len({own.version for _, own in _read(facts)}) > 1:
        return Verdict(Status.WARN, f"half upgraded: {said}")
    return passed(said)


def nothing_pending(facts: PairFacts) -> Verdict:
    """The next boot runs what runs now."""
    missing = _missing(facts)
    if missing:
        return missing
    silent = [name for name, own in _read(facts) if own.next_version is None]
    if silent:
        return unknown(f"{' and '.join(silent)} did not say what the next boot runs")
    pending = [
        f"{name} runs {own.version} and would boot {own.next_version}"
        for name, own in _read(facts)
        if own.next_version != own.version
    ]
    return failed("; ".join(pending)) if pending else passed("nothing is pending")


def alone(facts: PairFacts) -> Verdict:
    """Nobody else is logged in."""
    missing = _missing(facts)
    if missing:
        return missing
    busy = [
        f"{name}: not reported" if own.others is None else f"{name}: {own.others} other login(s)"
        for name, own in _read(facts)
        if own.others is None or own.others > 0
    ]
    return Verdict(Status.WARN, "; ".join(busy)) if busy else passed("nobody else is logged in")


def latches(facts: PairFacts) -> Verdict:
    """No member is kept out of the pair by a latch."""
    missing = _missing(facts)
    if missing:
        return missing
    held = [name for name, own in _read(facts) if own.is_latched]
    return failed(f"{' and '.join(held)} is suspended") if held else passed("none is set")


def preemption_known(facts: PairFacts) -> Verdict:
    """The setting is known on both, so that it can be given back as it was."""
    missing = _missing(facts)
    if missing:
        return missing
    silent = [name for name, own in _read(facts) if own.preemption is Preemption.UNKNOWN]
    if silent:
        return unknown(f"{' and '.join(silent)} did not say whether it preempts")
    return passed(", ".join(f"{name}: {own.preemption}" for name, own in _read(facts)))


def free_space(member: str, free: int | None, needed: int) -> Verdict:
    """Room for the image, in bytes."""
    if needed == 0:
        return passed(f"{member} holds the image already")
    if free is None:
        return unknown(f"{member} did not say how much space is free")
    if free < needed:
        return failed(f"{member} has {free} bytes free, the image needs {needed}: make room on it")
    return passed(f"{member} has {free} bytes free, the image needs {needed}")


def image(
    member: str,
    expected: ImageFile,
    staged: StagedImage | None,
    is_installed: bool,  # noqa: FBT001 - the other half of where an image can be
) -> Verdict:
    """The image on the device is the planned one, by the device's own measure."""
    if is_installed:
        return passed(f"{member} has {expected.version} installed, checksum as planned")
    if staged is None:
        return failed(f"{expected.name} is not on {member}")
    if staged.size != expected.size:
        return failed(f"{expected.name} on {member} has {staged.size} bytes, not {expected.size}")
    if staged.sha256 != expected.sha256:
        return failed(f"{expected.name} on {member} has sha256 {staged.sha256}, not the planned one")
    return passed(f"{expected.name} is on {member}, {staged.size} bytes, checksum as planned")
