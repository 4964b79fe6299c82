"""Rules of the procedure, each with the change of the package that breaks it.

A mutant is data: what is replaced where, and the tests that must notice. Where a rule is kept in
more than one place, all of them go: one that is still kept is no mutant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PROCEDURE: Final = "nornir_haupgrade/procedure"
_WRITING: Final = f"{_PROCEDURE}/actions/writing.py"
_MACHINE: Final = f"{_PROCEDURE}/machine.py"
_SWITCHOVER: Final = f"{_PROCEDURE}/switchover.py"
_TRIAL: Final = f"{_PROCEDURE}/steps/step01_trial.py"
_WRITES: Final = "tests/actions/test_writing.py::test_"
_CHANGES: Final = "tests/actions/test_changes.py::test_"
_DECIDES: Final = "tests/procedure/test_"
_IN_MEMORY: Final = "tests/rehearsal/test_upgrade.py::test_"
_ACCIDENT: Final = "tests/properties/test_accidents.py::test_an_accident_breaks_no_rule"
_RANDOM: Final = "tests/properties/test_upgrades.py::test_a_sample_of_upgrades_keeps_the_rules"


@dataclass(frozen=True)
class Edit:
    """One replacement; the old text stands in the file exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A package that breaks a rule.

    Attributes:
        name: For the table.
        rule: The rule that it breaks.
        edits: How.
        tests: Each of them passes on the package as it is, and fails on the mutant.
    """

    name: str
    rule: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


_UNASKED: Final = Edit(_WRITING, "why = _why_not(ctx.plan, ctx.state, run, facts)", 'why = ""')
"""Nothing is asked once more of what was read just before a write."""
_UNDISTURBED: Final = Edit(
    f"{_PROCEDURE}/results.py",
    "        if foreign:\n            return _disturbed(state, explained_by)\n",
    "",
)
"""What somebody else did is taken as it comes."""


MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "skips the role check",
        "roles are asked once more just before a member's software is touched",
        (_UNASKED,),
        (
            f"{_WRITES}nothing_is_sent_when_a_role_changed_since_it_was_decided",
            f"{_ACCIDENT}[the role comes back just before a reload]",
        ),
    ),
    Mutant(
        "drops the session gate",
        "no switchover before the sessions are on the other member",
        (
            Edit(
                _SWITCHOVER,
                "    if not state.has_passed(Action.SESSIONS, to):\n",
                "    if False:\n",
            ),
        ),
        (f"{_IN_MEMORY}sessions_that_never_arrive_hold_the_switchover",),
    ),
    Mutant(
        "forgets the lease",
        "what is borrowed is owed until it reads back as returned",
        (
            Edit(
                f"{_PROCEDURE}/borrowing.py",
                "case Action.BORROW_PREEMPTION if state.facts is not None:",
                "case Action.BORROW_PREEMPTION if state.facts is None:",
            ),
        ),
        (
            f"{_DECIDES}state.py::test_parking_in_the_middle_leaves_preemption_owed_and_says_so",
            f"{_ACCIDENT}[a person stops it while the members differ]",
            f"{_RANDOM}[linux_ha]",
        ),
    ),
    Mutant(
        "trusts an old reading",
        "a role that was read too long ago is read again before a write",
        (
            Edit(
                _WRITING,
                "if ctx.world.monotonic() - began <= ctx.pair.settings.role_age:",
                "if True:",
            ),
        ),
        (
            f"{_WRITES}members_that_always_answer_too_slowly_are_not_written_to",
            f"{_ACCIDENT}[reading the roles takes three seconds before a reload]",
        ),
    ),
    Mutant(
        "does not look whom it talks to",
        "only the planned devices are written to",
        (
            _UNASKED,
            _UNDISTURBED,
            Edit(
                f"{_PROCEDURE}/conditions.py",
                "if any(member.identity != plan.identity_of(name) for name, member in read):",
                "if False:",
            ),
        ),
        (
            f"{_WRITES}only_the_planned_device_is_touched",
            f"{_ACCIDENT}[another device answers after the first write]",
        ),
    ),
    Mutant(
        "upgrades in a dry run",
        "a dry run sends nothing that changes a device",
        (
            Edit(
                "nornir_haupgrade/engines/local.py",
                "        found = []\n        for checked in check(",
                "        found = []\n        self.run(errand)\n        for checked in check(",
            ),
        ),
        (
            f"{_IN_MEMORY}a_check_and_a_dry_run_send_nothing_that_changes",
            f"{_ACCIDENT}[a person only wants to see it first]",
            f"{_RANDOM}[linux_ha]",
        ),
    ),
    Mutant(
        "lets changes through the guard",
        "a session that only reads sends declared commands only",
        (
            Edit(
                "nornir_haupgrade/platforms/guard.py",
                "        if line is None or not line[1].isprintable():\n",
                "        if line is not None:\n            return\n        if line is None:\n",
            ),
        ),
        ("tests/platforms/test_guard.py::test_a_change_does_not_pass",),
    ),
    Mutant(
        "rolls back on the active",
        "software is changed on a member that does not forward",
        (
            Edit(
                f"{_PROCEDURE}/steps/step07_upgrade_other.py",
                "        if name != facts.active:\n            return change_software",
                "        if name != facts.active or state.goal is Goal.BACK:\n"
                "            return change_software",
            ),
            Edit(
                f"{_PROCEDURE}/steps/step05_upgrade_standby.py",
                "    if not is_fit:\n",
                "    if not (is_fit or is_back):\n",
            ),
            Edit(
                _WRITING,
                "if run.action in _CONDITIONAL and not _is_safe_to_work(own, facts, name):",
                "if False:",
            ),
            Edit(
                _WRITING,
                "only_if=_role(facts, name) if action in _CONDITIONAL else None",
                "only_if=None",
            ),
        ),
        (
            (
                f"{_DECIDES}rolling_back.py"
                "::test_rolling_back_works_on_the_standby_first_and_never_on_the_active"
            ),
            f"{_ACCIDENT}[a person wants it back with the new software active]",
        ),
    ),
    Mutant(
        "returns preemption in a mixed pair",
        "preemption stays owed while the members run different versions",
        (
            Edit(
                _MACHINE,
                "len(versions(facts)) == 1 and len(facts.with_role(Role.STANDBY)) == 1",
                "True",
            ),
        ),
        (f"{_ACCIDENT}[a person stops it while the members differ]",),
    ),
    Mutant(
        "repeats what was under way",
        "what was interrupted is looked at before anything is sent again",
        (
            Edit(
                _MACHINE,
                "    if state.facts is None or state.running is not None:\n",
                "    if state.running is not None:\n        return state.running\n"
                "    if state.facts is None and state.unsettled is not None:\n"
                "        return state.unsettled\n    if state.facts is None:\n",
            ),
            _UNASKED,
        ),
        (
            (
                f"{_DECIDES}lost_replies.py"
                "::test_a_crash_between_sending_and_its_result_is_looked_at_first"
            ),
            f"{_ACCIDENT}[the controller dies when it has sent a reload]",
        ),
    ),
    Mutant(
        "takes unknown for good",
        "a role that could not be read forbids every change that depends on it",
        (
            Edit(
                "nornir_haupgrade/model.py",
                "self in {Role.STANDBY, Role.SUSPENDED, Role.FAILED}",
                "self in {Role.STANDBY, Role.SUSPENDED, Role.FAILED, Role.UNKNOWN}",
            ),
        ),
        (f"{_WRITES}unknown_forbids_work",),
    ),
    Mutant(
        "goes on after a timeout",
        "a reply that did not come is no success",
        (
            Edit(
                f"{_PROCEDURE}/actions/changes.py",
                "        return result(ctx, run, error_verdict(failed), seen)\n",
                '        return result(ctx, run, Verdict(Status.PASS, "sent"), seen)\n',
            ),
        ),
        (f"{_CHANGES}a_switchover_that_was_lost_and_moved_nothing_is_an_error",),
    ),
    Mutant(
        "switches over to whoever is there",
        "the role goes to a member that stands by and passed the entry gate",
        (
            Edit(
                _SWITCHOVER,
                "if facts is None or target is None or target.role is not Role.STANDBY:",
                "if facts is None or target is None:",
            ),
            Edit(
                _SWITCHOVER, "    if not state.has_passed(Action.ENTRY, to):\n", "    if False:\n"
            ),
        ),
        (f"{_DECIDES}walkthrough.py::test_every_switchover_has_its_gates_passed_just_before_it",),
    ),
    Mutant(
        "synchronises a mixed pair",
        "no configuration is pushed between members of different versions",
        (
            Edit(
                _TRIAL,
                "if state.is_tried or state.is_adopted or facts is None",
                "if state.is_tried or facts is None",
            ),
            Edit(
                _TRIAL,
                "    return switch_over(plan, state,",
                "    if state.is_adopted:\n        return None\n"
                "    return switch_over(plan, state,",
            ),
        ),
        (
            (
                f"{_DECIDES}walkthrough.py"
                "::test_a_half_upgraded_pair_gets_neither_trial_nor_sync_between_versions"
            ),
            f"{_ACCIDENT}[a half-upgraded pair is taken in hand]",
        ),
    ),
    Mutant(
        "asks no service after a switchover",
        "a switchover is over when the services were measured through it",
        (
            Edit(
                f"{_PROCEDURE}/results.py",
                "came_from = next(name for name in plan.members if name != run.to)",
                "came_from = None",
            ),
        ),
        (f"{_IN_MEMORY}a_lost_data_plane_is_seen_from_outside_and_switched_back",),
    ),
    Mutant(
        "works behind somebody's back",
        "where somebody else acted, the pair is held",
        (_UNDISTURBED,),
        (f"{_DECIDES}holds.py::test_what_we_did_not_do_holds_the_pair_and_cannot_be_continued",),
    ),
    Mutant(
        "rolls back without a gate",
        "no role moves without a fresh entry gate, on the way back neither",
        (
            Edit(
                _SWITCHOVER,
                "if not state.has_passed(Action.ENTRY, to):",
                "if state.back_to is None and not state.has_passed(Action.ENTRY, to):",
            ),
        ),
        (
            f"{_DECIDES}rolling_back.py::test_the_way_back_has_the_gates_of_the_way_up",
            f"{_ACCIDENT}[the upgrade is rolled back]",
        ),
    ),
    Mutant(
        "keeps what it rolled back to unseen",
        "a member's configuration is proven after every boot, on the way back too",
        (
            Edit(
                f"{_PROCEDURE}/steps/step05_upgrade_standby.py",
                "if not state.has_passed(Action.WHOLE, member):",
                "if state.goal is not Goal.BACK and not state.has_passed(Action.WHOLE, member):",
            ),
        ),
        (
            f"{_DECIDES}rolling_back.py::test_the_way_back_has_the_gates_of_the_way_up",
            f"{_ACCIDENT}[the upgrade is rolled back]",
        ),
    ),
)
