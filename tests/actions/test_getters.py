"""What NAPALM reads before and after; its own driver reads the answers from files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions

from nornir_haupgrade.model import Role, Status
from nornir_haupgrade.procedure.actions.getters import checks_of, wanted
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.records import Action, Result
from nornir_haupgrade.settings import Getter
from tests.actions.conftest import Bench
from tests.actions.memory import FILES, Device, archive, unreadable

PORTS: dict[str, dict[str, object]] = {
    "Gi1": {"is_up": True, "mtu": 1500, "last_flapped": 1.0},
    "Gi2": {"is_up": True, "mtu": 1500, "last_flapped": 1.0},
}
FACTS: dict[str, object] = {"hostname": "r1", "serial_number": "SN1", "os_version": "12.15"}


class Napalm:
    """Both members' answers, in a folder each, and actions done with them."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.platform = "mock"
        for member in ("p1a", "p1b"):
            self.answers(member, "get_facts", FACTS | {"serial_number": f"SN-{member}"})
            self.answers(member, "get_interfaces", PORTS)
        self.wants("get_facts", "get_interfaces")

    def answers(self, member: str, getter: str, data: object) -> None:
        (self.folder / member).mkdir(exist_ok=True)
        (self.folder / member / f"{getter}.1").write_text(json.dumps(data))

    def raises(self, member: str, getter: str, kind: str) -> None:
        self.answers(member, getter, {"exception": kind, "args": ["gone"]})

    def wants(self, *names: str, **how: Any) -> None:  # noqa: ANN401 - any field
        how.setdefault("settle", 0)
        getters = tuple(Getter(getter=name, name=name, **how) for name in names)
        self.bench.config = {**self.bench.config, "getters": getters}

    def context(self, *, is_reached: bool = True) -> Any:  # noqa: ANN401 - a Context
        ctx = self.bench.context()
        for member in ctx.pair.names if is_reached else ():
            extras = {"optional_args": {"path": str(self.folder / member)}}
            options = ConnectionOptions(member, platform=self.platform, extras=extras)
            ctx.pair.host(member).connection_options["napalm"] = options
        return ctx

    def do(self, action: Action, *members: str, is_reached: bool = True) -> Result:
        ctx = self.context(is_reached=is_reached)
        return do(ctx, self.bench.run(action, *members))

    def measure(self) -> Result:
        """The baseline, kept as the loop keeps it."""
        result = self.do(Action.BASELINE)
        self.bench.baseline = dict(result.facts)
        return result

    def whole(self, member: str = "p1b") -> Result:
        return self.do(Action.WHOLE, member)

    def said(self, result: Result) -> str:
        return dict(result.verdict.facts).get("getters", "")


@pytest.fixture
def napalm(bench: Bench, tmp_path: Path) -> Napalm:
    return Napalm(bench, tmp_path)


@pytest.fixture
def upgraded(napalm: Napalm) -> Napalm:
    """The baseline was measured, and p1b runs the new version."""
    bench = napalm.bench
    assert napalm.measure().verdict.is_good
    bench.evidence.backups["p1b", "step-3-12.15.tar"] = archive(FILES)
    bench.b.boots()
    after = FACTS | {"os_version": "13.8", "serial_number": "SN-p1b"}
    napalm.answers("p1b", "get_facts", after)
    return napalm


# --- the baseline ---------------------------------------------------------------------------------


def test_each_answer_is_kept_and_its_hash_remembered(napalm: Napalm) -> None:
    result = napalm.measure()
    assert result.verdict.status is Status.WARN  # no sessions to compare, which is another matter
    assert napalm.said(result) == "pass: 5 checks passed"
    digest = dict(result.facts)["getter:p1b:get_interfaces"]
    kept = napalm.bench.evidence.get_raw(digest)
    assert hashlib.sha256(kept.encode()).hexdigest() == digest
    assert json.loads(kept) == PORTS
    assert digest in result.raw
    rows = {label for label, _ in result.facts if label.startswith("getter:")}
    assert rows == {f"getter:{m}:get_{g}" for m in ("p1a", "p1b") for g in ("facts", "interfaces")}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("builtins.NotImplementedError", "has no get_interfaces"),
        ("napalm.base.exceptions.ConnectionClosedException", "the session broke under"),
    ],
)
def test_what_cannot_be_read_is_an_error_and_the_rest_is_still_read(
    napalm: Napalm, kind: str, said: str
) -> None:
    napalm.raises("p1b", "get_interfaces", kind)
    napalm.wants("get_interfaces", "get_facts")
    result = napalm.measure()
    assert result.verdict.status is Status.ERROR
    assert "getters: get_interfaces: p1/p1b: NAPALM's mock at p1b" in result.verdict.reason
    assert said in result.verdict.reason
    assert "getter:p1b:get_interfaces" not in dict(result.facts)
    assert "getter:p1b:get_facts" in dict(result.facts)


def test_an_empty_answer_is_an_error(napalm: Napalm) -> None:
    napalm.answers("p1a", "get_interfaces", {})
    result = napalm.measure()
    assert result.verdict.status is Status.ERROR
    assert "p1a: get_interfaces returned nothing: leave it out of" in result.verdict.reason


def test_a_driver_that_is_not_there_is_an_error(napalm: Napalm) -> None:
    napalm.platform = "no_such_driver"
    result = napalm.measure()
    assert result.verdict.status is Status.ERROR
    assert "there is no such driver" in result.verdict.reason


def test_a_session_that_cannot_be_had_is_not_tried_for_each_getter(napalm: Napalm) -> None:
    ctx = napalm.context()
    heard: list[str] = []
    ctx.pair.heard = lambda member, command, _: heard.append(f"{member} {command}")
    options = {"optional_args": {"fail_on_open": True}}
    ctx.pair.host("p1a").connection_options["napalm"].extras = options
    result = do(ctx, napalm.bench.run(Action.BASELINE))
    assert result.verdict.status is Status.ERROR
    assert [line for line in heard if line.startswith("p1a")] == ["p1a napalm get_facts"]
    assert result.verdict.reason.count("You told me to do this") == 2


def test_a_member_that_does_not_answer_is_an_error_of_each_getter(napalm: Napalm) -> None:
    ctx = napalm.context()
    napalm.bench.b.on_read = lambda _: setattr(napalm.bench.b, "is_down", True)
    (check,) = checks_of(ctx.pair)
    assert check.verdict.is_good
    ctx.pair.look()
    (check,) = checks_of(ctx.pair)
    assert check.verdict.status is Status.ERROR
    assert check.verdict.reason.count("p1/p1b: does not answer") == 2


def test_one_device_behind_both_members_is_an_error(napalm: Napalm) -> None:
    napalm.answers("p1b", "get_facts", FACTS | {"serial_number": "SN-p1a"})
    result = napalm.measure()
    assert result.verdict.status is Status.ERROR
    said = "devices: p1a and p1b are the same device to NAPALM, SN-p1a"
    assert said in result.verdict.reason
    (check,) = checks_of(napalm.context().pair)
    assert said in check.verdict.reason


def test_a_device_that_says_no_serial_number_is_not_mistaken(napalm: Napalm) -> None:
    for member in ("p1a", "p1b"):
        napalm.answers(member, "get_facts", FACTS | {"serial_number": ""})
    assert napalm.measure().verdict.is_good


def test_secrets_are_in_no_evidence(napalm: Napalm) -> None:
    users = {"admin": {"level": 15, "password": "$1$hash", "sshkeys": ["ssh-rsa AAAA", ""]}}
    snmp = {
        "contact": "noc",
        "community": {"private-one": {"mode": "rw"}, "public-one": {"mode": "ro"}},
    }
    for member in ("p1a", "p1b"):
        napalm.answers(member, "get_users", users)
        napalm.answers(member, "get_snmp_information", snmp)
    napalm.wants("get_users", "get_snmp_information")
    napalm.measure()
    kept = "".join(napalm.bench.evidence.raw)
    for secret in ("$1$hash", "AAAA", "private-one", "public-one"):
        assert secret not in kept
    users_kept, snmp_kept = map(json.loads, napalm.bench.evidence.raw[:2])
    assert users_kept == {"admin": {"level": 15, "password": "***", "sshkeys": ["***", ""]}}
    assert snmp_kept["community"] == {"*** 1": {"mode": "rw"}, "*** 2": {"mode": "ro"}}


def test_an_answer_that_the_evidence_cannot_give_back_is_an_error(
    napalm: Napalm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password of digits, taken out of a number, leaves no JSON."""
    evidence = napalm.bench.evidence
    monkeypatch.setattr(
        evidence, "put_raw", lambda text: type(evidence).put_raw(evidence, text.replace("15", "*"))
    )
    result = napalm.measure()
    assert result.verdict.status is Status.ERROR
    assert "cannot be read back: Expecting value" in result.verdict.reason
    assert "a password of the inventory may be a number" in result.verdict.reason


# --- what is wanted -------------------------------------------------------------------------------


def test_without_napalm_nothing_is_different(bench: Bench) -> None:
    ctx = bench.context()
    assert wanted(ctx.pair) == ()
    assert checks_of(ctx.pair) == []
    result = bench.do(Action.BASELINE)
    assert not [label for label, _ in result.facts if label.startswith("getter")]
    assert "getters" not in dict(result.verdict.facts)


def test_the_platforms_own_list_is_read_where_napalm_reaches_both(
    napalm: Napalm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Device, "GETTERS", ("get_facts", "get_interfaces"))
    napalm.bench.config = {}
    assert [one.name for one in wanted(napalm.context().pair)] == ["get_facts", "get_interfaces"]
    assert wanted(napalm.context(is_reached=False).pair) == ()
    left_out = (Getter(getter="get_facts", name="get_facts", is_left_out=True),)
    napalm.bench.config = {"getters": left_out}
    assert [one.name for one in wanted(napalm.context().pair)] == ["get_interfaces"]
    assert wanted(napalm.context(is_reached=False).pair) == ()
    napalm.bench.config = {"getters": ()}
    assert wanted(napalm.context().pair) == ()


def test_what_is_asked_for_and_cannot_be_reached_is_an_error(napalm: Napalm) -> None:
    result = napalm.do(Action.BASELINE, is_reached=False)
    assert result.verdict.status is Status.ERROR
    assert "nothing says how NAPALM reaches the member. Next: add connection_opt" in (
        result.verdict.reason
    )


def test_a_check_says_whether_they_can_be_read(napalm: Napalm) -> None:
    (check,) = checks_of(napalm.context().pair)
    assert (check.name, check.verdict.reason) == ("getters", "5 checks passed")
    napalm.answers("p1b", "get_interfaces", {})
    (check,) = checks_of(napalm.context().pair)
    assert check.verdict.status is Status.ERROR
    assert napalm.bench.evidence.raw == []


# --- after the upgrade ----------------------------------------------------------------------------


def test_a_member_that_is_as_before_passes_and_what_was_read_is_kept(upgraded: Napalm) -> None:
    before = len(upgraded.bench.evidence.raw)
    result = upgraded.whole()
    assert result.verdict.status is Status.PASS, result.verdict.reason
    facts = dict(result.verdict.facts)
    assert facts["get_interfaces"] == "pass: p1b: 2 items as before"
    assert facts["get_facts"] == "pass: p1b: 1 item as before"
    kept = upgraded.bench.evidence.raw[before:]
    assert len(kept) == 2
    assert {hashlib.sha256(text.encode()).hexdigest() for text in kept} <= set(result.raw)


def test_what_is_missing_or_changed_fails_beside_the_configuration(upgraded: Napalm) -> None:
    upgraded.answers("p1b", "get_interfaces", {"Gi1": PORTS["Gi1"] | {"mtu": 9000}})
    upgraded.bench.b.content = archive({"rules": "allow 80\n"})
    result = upgraded.whole()
    assert result.verdict.status is Status.FAIL
    assert "p1b: 1 of 2 items missing: Gi2; 1 changed: Gi1: mtu was 1500, is 9000" in (
        result.verdict.reason
    )
    assert "p1b lost 2 lines" in result.verdict.reason


def test_a_member_is_compared_with_itself(upgraded: Napalm) -> None:
    upgraded.answers("p1a", "get_interfaces", {"Gi9": {"is_up": False}})
    assert upgraded.whole().verdict.status is Status.PASS


def test_what_cannot_be_read_any_more_is_an_error(upgraded: Napalm) -> None:
    upgraded.raises("p1b", "get_interfaces", "builtins.NotImplementedError")
    result = upgraded.whole()
    assert result.verdict.status is Status.ERROR
    assert "get_interfaces: p1/p1b: NAPALM's mock" in result.verdict.reason


def test_without_a_baseline_a_person_has_to_look(upgraded: Napalm) -> None:
    del upgraded.bench.baseline["getter:p1b:get_facts"]
    result = upgraded.whole()
    assert result.verdict.status is Status.WARN
    assert "get_facts: p1b: nothing was kept from before" in result.verdict.reason


def test_a_baseline_that_is_gone_is_an_error(upgraded: Napalm) -> None:
    upgraded.bench.evidence.raw.clear()
    result = upgraded.whole()
    assert result.verdict.status is Status.ERROR
    assert "is gone" in result.verdict.reason


def test_it_is_given_its_time_and_only_what_is_not_as_before_is_read_again(
    upgraded: Napalm, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded.wants("get_facts", "get_interfaces", settle=60)
    upgraded.answers("p1b", "get_interfaces", PORTS | {"Gi2": {"is_up": False}})
    ctx, heard = upgraded.context(), list[str]()
    ctx.pair.heard = lambda _, command, __: heard.append(command)
    monkeypatch.setattr(
        ctx, "tell", lambda _: upgraded.answers("p1b", "get_interfaces", PORTS), raising=False
    )
    result = do(ctx, upgraded.bench.run(Action.WHOLE, "p1b"))
    assert result.verdict.status is Status.PASS
    assert heard == ["napalm get_facts", "napalm get_interfaces", "napalm get_interfaces"]
    assert upgraded.bench.clock.passed == 2


def test_after_its_time_it_is_judged_as_it_is(upgraded: Napalm) -> None:
    upgraded.wants("get_facts", "get_interfaces", settle=60)
    upgraded.answers("p1b", "get_interfaces", {"Gi1": PORTS["Gi1"]})
    result = upgraded.whole()
    assert result.verdict.status is Status.FAIL
    assert upgraded.bench.clock.passed == 60
    assert upgraded.bench.told == ["p1b: 1 of 2 items missing: Gi2"] * 5


def test_a_person_who_wants_it_to_end_does_not_wait(upgraded: Napalm) -> None:
    upgraded.wants("get_interfaces", settle=60)
    upgraded.answers("p1b", "get_interfaces", {"Gi1": PORTS["Gi1"]})
    ctx = upgraded.context()
    ctx.cancel.set()
    assert do(ctx, upgraded.bench.run(Action.WHOLE, "p1b")).verdict.status is Status.FAIL
    assert upgraded.bench.clock.passed == 0


def test_without_napalm_the_whole_is_judged_as_ever(bench: Bench) -> None:
    bench.evidence.backups["p1b", "step-3-12.15.tar"] = archive(FILES)
    bench.baseline = {"interfaces:p1b": "eth1=up,eth2=up"}
    bench.b.boots(role=Role.STANDBY)
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.PASS
    assert [label for label, _ in result.verdict.facts] == ["configuration", "interfaces"]


def test_nothing_is_compared_when_the_configuration_cannot_be_read(upgraded: Napalm) -> None:
    upgraded.bench.b.goes_wrong("back_up", unreadable())
    assert upgraded.whole().verdict.status is Status.ERROR
