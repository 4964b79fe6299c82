"""Where secrets go in Nornir, and what of ours keeps them from it."""

from __future__ import annotations

import copy
import logging
import pickle

import pytest
from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from nornir_haupgrade.rows import aggregate_rows
from nornir_haupgrade.tasks.result import MemberResult
from tests.nornir.samples import SECRETS, broken, broken_below, good, nornir
from tests.nornir.test_foreign_processors import pair_of


def returns_ours(task: Task) -> Result:
    return MemberResult(host=task.host, result="fine", changed=True, diff="+x", evidence=[1])


def secrets_in(pickled: bytes) -> list[str]:
    return [where for where, secret in SECRETS.items() if secret.encode() in pickled]


def test_arguments_are_logged_by_nornir(caplog: pytest.LogCaptureFixture) -> None:
    def takes(task: Task, password: str) -> None: ...

    with caplog.at_level(logging.INFO, "nornir.core"):
        nornir("a").run(takes, password="only-an-argument")
    assert "only-an-argument" in caplog.text


def test_a_pair_s_own_runs_have_no_arguments(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = pair_of(nornir("a", "b"), monkeypatch)
    with caplog.at_level(logging.DEBUG):
        assert pair.look()[1] == {}
    ran = [item.message for item in caplog.records if item.message.startswith("Running task")]
    assert ran == ["Running task '<lambda>' with args {} on 2 hosts"]
    assert not [secret for secret in SECRETS.values() if secret in caplog.text]


def test_nornir_s_own_results_hold_every_password_when_pickled() -> None:
    kept = pickle.dumps(nornir("a").run(good))
    assert secrets_in(kept) == [*SECRETS]


def test_nornir_s_own_results_cannot_be_read_back_after_a_subtask_failed() -> None:
    result = nornir("a").run(broken_below)
    assert secrets_in(pickle.dumps(result)) == [*SECRETS]
    with pytest.raises(TypeError, match="missing 2 required positional arguments"):
        pickle.loads(pickle.dumps(result))  # noqa: S301 - our own


def test_a_result_of_ours_leaves_the_login_behind() -> None:
    nr = nornir("a", "b")
    result = nr.run(returns_ours)
    assert result["a"][0].host is nr.inventory.hosts["a"]
    kept = pickle.dumps(result)
    assert secrets_in(kept) == []
    read: AggregatedResult = pickle.loads(kept)  # noqa: S301 - our own
    (own,) = read["b"]
    assert isinstance(own, MemberResult)
    assert isinstance(own.host, Host)
    assert (own.host.name, own.host.password, own.host.hostname) == ("b", None, None)
    assert str(own.name) == "returns_ours"
    assert (own.result, own.changed, own.diff) == ("fine", True, "+x")
    assert own.evidence == [1]  # type: ignore[attr-defined]  # as given to it
    assert aggregate_rows(read, nr) == aggregate_rows(result, nr)


def test_a_copy_leaves_the_login_behind_too_and_no_host_stays_none() -> None:
    host = nornir("a").inventory.hosts["a"]
    copied = copy.deepcopy(MemberResult(host=host, result={"a": [1]}))
    assert (copied.host.name, copied.host.password) == ("a", None)  # type: ignore[union-attr]
    assert copy.copy(MemberResult(host=None)).host is None


def test_where_a_task_raises_the_result_is_nornir_s_and_rows_are_what_can_be_kept() -> None:
    nr = nornir("a")
    result = nr.run(broken)
    assert type(result["a"][0]) is Result
    assert secrets_in(pickle.dumps(result)) == [*SECRETS]
    rows = aggregate_rows(result, nr)
    assert secrets_in(pickle.dumps(rows)) == []
    assert rows[0]["exception"] == "ValueError: a is broken"


@pytest.mark.parametrize("runner", [SerialRunner(), ThreadedRunner(2)])
def test_a_result_of_ours_is_a_result_to_every_runner(
    runner: SerialRunner | ThreadedRunner,
) -> None:
    result = nornir("a", "b", runner=runner).run(returns_ours)
    assert [multi[0].host.name for multi in result.values()] == ["a", "b"]  # type: ignore[union-attr]
