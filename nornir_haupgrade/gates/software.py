"""Whether a member came back from its reload as what it should be."""

from __future__ import annotations

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import MemberFacts, Role, Verdict


def came_back(
    member: str,
    before: MemberFacts | None,
    after: MemberFacts | None,
    target: str,
) -> Verdict:
    """Proven by a new boot first, then by the version, then by its place in the pair."""
    if after is None:
        return failed(f"{member} did not come back")
    if before is not None and before.boot_id == after.boot_id:
        return failed(f"{member} did not reboot")
    if after.version != target:
        return failed(f"{member} runs the old version after the reboot: {after.version}, not {target}")
    if after.role in {Role.UNKNOWN, Role.MIXED, Role.NEGOTIATING}:
        return unknown(f"{member} runs {target}; its role cannot be told ({after.role})")
    if after.role is Role.FAILED:
        return failed(f"{member} runs {target}, but its HA did not come up")
    if after.role is not Role.STANDBY:
        return failed(f"{member} runs {target} and is {after.role}, not standby")
    return passed(f"{member} runs {target} and stands by")
