"""Did a member come back from its reload with the right software, and into the pair?"""

from __future__ import annotations

from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.model import MemberFacts, MemberId, Role, Status, Verdict, Version

_NOT_READY = {
    Role.FAILED: "HA did not come up",
    Role.ACTIVE: "took the active role, which nobody asked for",
    Role.SUSPENDED: "is suspended and stays out of the pair",
}


def came_back(
    member: MemberId, before: MemberFacts | None, after: MemberFacts | None, target: Version
) -> Verdict:
    """A new boot id proves the reload; then version and role are judged.

    Args:
        member: The member that was reloaded.
        before: As it was read before the reload; None: judged without proof of the reboot.
        after: As it was read after the reload; None when it did not answer in time.
        target: The version that it should run.
    """
    if after is None:
        return Verdict(Status.FAIL, f"{member} did not come back")
    checks = [
        Check("identity", _identity(member, before, after)),
        Check("boot", _boot(member, before, after)),
        Check("version", _version(member, before, after, target)),
        Check("role", _role(member, after)),
    ]
    return combine(checks)


def _identity(member: MemberId, before: MemberFacts | None, after: MemberFacts) -> Verdict:
    if before is None:
        return Verdict(Status.SKIPPED, "not known who it was before")
    if not after.identity:
        return Verdict(Status.ERROR, f"{member} did not say who it is")
    if after.identity != before.identity:
        reason = f"{member} was {before.identity!r}, now {after.identity!r} answers: another device"
        return Verdict(Status.FAIL, reason)
    return Verdict(Status.PASS, f"{member} is {after.identity!r}")


def _boot(member: MemberId, before: MemberFacts | None, after: MemberFacts) -> Verdict:
    if before is None:
        return Verdict(
            Status.SKIPPED, "not known which boot ran before; judged by the version only"
        )
    if not before.boot_id or not after.boot_id:
        return Verdict(Status.ERROR, f"{member}: its boot id could not be read")
    if after.boot_id == before.boot_id:
        return Verdict(
            Status.FAIL, f"{member} did not reboot: its boot id is still {after.boot_id}"
        )
    return Verdict(Status.PASS, f"{member} rebooted: {before.boot_id}, now {after.boot_id}")


def _version(
    member: MemberId, before: MemberFacts | None, after: MemberFacts, target: Version
) -> Verdict:
    if not after.version:
        return Verdict(Status.ERROR, f"{member}: its version could not be read")
    if after.version == target:
        return Verdict(Status.PASS, f"{member} runs {target}")
    if before is None or after.version != before.version:
        return Verdict(Status.FAIL, f"{member} runs {after.version}, not {target}")
    when = "" if after.boot_id == before.boot_id else " after the reboot"
    return Verdict(
        Status.FAIL, f"{member} runs the old version {after.version}{when}, not {target}"
    )


def _role(member: MemberId, after: MemberFacts) -> Verdict:
    if after.role is Role.STANDBY:
        return Verdict(Status.PASS, f"{member} stands by")
    if after.role not in _NOT_READY:
        return Verdict(Status.ERROR, f"{member}: its role cannot be told ({after.role})")
    return Verdict(Status.FAIL, f"{member}: {_NOT_READY[after.role]}")
