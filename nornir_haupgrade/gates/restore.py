"""Is there a way back before a member is reloaded?"""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, Status, Verdict, Version


def restore_point(
    member: MemberId,
    facts: MemberFacts | None,
    other_than: Version,
    *,
    is_installed_by_reload: bool = False,
) -> Verdict:
    """What runs now stays in a slot of its own, and what is to be booted lies in another one.

    Args:
        member: The member that would be reloaded.
        facts: The member, read just now.
        other_than: The version that the reload would boot.
        is_installed_by_reload: Whether it is put into its slot only then.
    """
    if facts is None:
        return Verdict(Status.ERROR, f"{member} did not answer")
    if not facts.version or not facts.installed:
        return Verdict(Status.ERROR, f"{member}: what is installed in its slots could not be read")
    way_back, target = facts.slot_of(facts.version), facts.slot_of(other_than)
    seen = (("running", facts.version), *facts.installed)
    if facts.version == other_than:
        reason = f"{member} already runs {other_than}: no other version to come back to"
        return Verdict(Status.FAIL, reason, seen)
    wrong = []
    if way_back is None:
        wrong.append(f"no slot holds {facts.version}, which runs now: there would be no way back")
    if target is None and not is_installed_by_reload:
        wrong.append(f"no slot holds {other_than}, which is to be booted")
    if way_back is not None and way_back == target:
        wrong.append(f"slot {target} is said to hold both {facts.version} and {other_than}")
    if wrong:
        return Verdict(Status.FAIL, f"{member}: {'; '.join(wrong)}", seen)
    reason = f"{member}: {facts.version} stays in slot {way_back}, {other_than} is in slot {target}"
    return Verdict(Status.PASS, reason, seen)
