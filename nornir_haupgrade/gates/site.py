"""A gate of the site's own, as one of its Nornir tasks answered it."""

from __future__ import annotations

from nornir_haupgrade.model import Status, Verdict


def own_gate(said: str, *, is_good: bool | None, is_way_back: bool = False) -> Verdict:
    """What the task says holds; one that could not be asked has not passed.

    Args:
        said: Its words, or why it could not be asked.
        is_good: What it answered; None if it could not be asked.
        is_way_back: Whether services are bad, and the role goes back to where they were good: the
            gate's word is told then, and holds nobody up.
    """
    if is_good:
        return Verdict(Status.PASS, said)
    if is_way_back:
        return Verdict(Status.WARN, f"does not hold up the way back: {said}")
    if is_good is None:
        return Verdict(Status.ERROR, f"could not be asked: {said}")
    return Verdict(Status.FAIL, said)
