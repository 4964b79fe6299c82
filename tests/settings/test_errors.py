from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from nornir_haupgrade import errors
from nornir_haupgrade.errors import BadInput, CommandRefused, Finding, HAUpgradeError

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, HAUpgradeError)
]


def test_a_message_names_pair_member_what_happened_and_what_to_do() -> None:
    error = HAUpgradeError("it is off", pair="p1", member="p1a", advice="Switch it on.")
    assert str(error) == "p1/p1a: it is off. Next: Switch it on."
    assert str(HAUpgradeError("it is off")) == "it is off"
    assert str(HAUpgradeError("off", member="p1a")) == "p1a: off"
    assert str(HAUpgradeError("Why?", pair="p1", advice="Ask.")) == "p1: Why? Next: Ask."


@pytest.mark.parametrize("kind", ALL)
def test_every_error_survives_pickling(kind: type[HAUpgradeError]) -> None:
    error = kind("it is off", pair="p1", member="p1a", advice="Switch it on.")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own
        assert type(twin) is kind
        assert vars(twin) == vars(error)
        assert str(twin) == str(error)


def test_what_an_error_carries_survives_pickling() -> None:
    findings = (Finding("a", "b", "c"), Finding("d", "e", "f"))
    bad = pickle.loads(pickle.dumps(BadInput.from_findings(findings)))  # noqa: S301 - our own
    assert bad.findings == findings
    refused = CommandRefused("no", command="reload", device_text="% Invalid")
    twin = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own
    assert (twin.command, twin.device_text) == ("reload", "% Invalid")


def test_findings_are_told_once_each_one_per_line() -> None:
    finding = Finding("here", "it is wrong", "Mend it.")
    error = BadInput.from_findings([finding, finding, Finding("there", "too", "Also.")])
    assert str(error) == "here: it is wrong. Next: Mend it.\nthere: too. Next: Also."
    assert len(error.findings) == 2


def test_the_tree_in_the_docstring_is_complete() -> None:
    for kind in ALL:
        assert f" {kind.__name__} " in f"{errors.__doc__} ".replace("\n", " ")
        assert kind.__doc__
