"""Exit 2, a line for each finding, and nothing contacted: the site's port sees to that."""

from __future__ import annotations

import os
import sys

import pytest

from nornir_haupgrade.engines.errand import step_of
from nornir_haupgrade.procedure.records import Step
from nornir_haupgrade.site import load_task
from tests.cli.conftest import Call, Site

RUN = ("run", "--to", "13.8")


def test_no_configuration(site: Site, call: Call) -> None:
    code, out, err = call("pairs")
    assert (code, out) == (2, "")
    assert err.startswith("config.yaml: the file does not exist. Next:")


def test_every_finding_has_its_line(site: Site, call: Call) -> None:
    site.ours["swich_back_after"] = 5
    site.ours["connect_timeout"] = "soon"
    site.write()
    code, _, err = call(*RUN)
    assert code == 2
    assert len(err.splitlines()) == 2
    assert "switch_back_after" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*RUN, "--pair", "p9"), "p9"),
        (("run", "--to", "99"), "no image"),
        ((*RUN, "--until", "eleven"), "0 prepare"),
        ((*RUN, "--until", "11"), "10 give-back"),
        ((*RUN, "--on-hold", "continue"), "on-hold"),
        (("run",), "--to"),
        (("rollback",), "--reason"),
        (("rollback", "--reason", "x"), "no campaign"),
        (("give-back",), "no campaign"),
        (("status", "nope"), "nope"),
        (("verify", "nope"), "nope"),
        (("lab", "up"), "lab.yaml"),
    ],
)
def test_what_cannot_be_meant(
    site: Site, call: Call, arguments: tuple[str, ...], words: str
) -> None:
    site.write()
    code, _, err = call(*arguments)
    assert code == 2, err
    assert words in err


def test_what_this_version_cannot_measure_is_refused(site: Site, call: Call) -> None:
    place = {"address": "10.0.0.1", "port": 1, "vantage": "jump1"}
    site.ha["services"] = [{"name": "www", "type": "tcp", **place}]
    site.ha["canaries"] = [{"name": "long", "type": "tcp", **place}]
    site.write()
    code, _, err = call(*RUN)
    assert code == 2
    assert len(err.splitlines()) == 2
    assert "service www" in err
    assert "canary long" in err


@pytest.mark.parametrize("arguments", [RUN, ("rollback", "--reason", "x"), ("give-back",)])
def test_a_task_of_the_site_is_looked_for_beside_the_configuration_before_any_contact(
    site: Site, call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "own_checks", raising=False)
    names = ("own_checks.page", "own_checks.mail", "not_there.at_all")
    site.ha["services"] = [{"name": name, "type": "task", "task": name} for name in names]
    site.ha["gates"] = [{"name": "freeze", "task": "own_checks.freeze"}]
    site.ha["notify"] = ["own_checks.page", "own_checks.tell"]
    site.write()
    (site.folder / "own_checks.py").write_text("def page(task): ...\n")
    code, _, err = call(*arguments)
    assert code == 2
    assert "service own_checks.page" not in err
    assert "there is no task mail in own_checks" in err
    assert "the task not_there.at_all cannot be imported: ModuleNotFoundError" in err
    assert "pair p1: gate freeze: there is no task freeze in own_checks" in err
    assert "pair p1: notify: there is no task tell in own_checks" in err
    assert len(err.splitlines()) == 4


@pytest.mark.parametrize("command", ["check", "pairs"])
def test_a_task_of_the_site_can_be_imported_by_what_only_reads(
    site: Site, call: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "own_reading", raising=False)
    site.ha["services"] = [{"name": "page", "type": "task", "task": "own_reading.page"}]
    site.defaults = {}  # so that it ends before any contact
    site.write()
    (site.folder / "own_reading.py").write_text("def page(task): ...\n")
    codes = [call(command)[0] for _ in range(2)]
    assert codes == [2, 2]
    assert callable(load_task("own_reading.page"))
    assert sys.path.count(str(site.folder)) == 1
    assert sys.path[-1] == str(site.folder)


def test_login_data_is_missing_and_nobody_can_be_asked(site: Site, call: Call) -> None:
    site.defaults = {}
    site.write()
    code, _, err = call(*RUN)
    assert code == 2
    assert err.count("there is no username") == 2
    assert err.count("there is no password and no key") == 2
    assert "HAUPGRADE_PASSWORD" in err


def test_login_data_from_the_environment(
    site: Site, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.defaults = {}
    site.write()
    monkeypatch.setenv("HAUPGRADE_USERNAME", "u")
    monkeypatch.setenv("HAUPGRADE_PASSWORD", "secret")
    code, _, err = call("rollback", "--reason", "x")
    assert (code, "no campaign" in err, "secret" in err) == (2, True, False)
    assert "NOT" not in os.environ.get("HAUPGRADE_CONFIG", "")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("0", Step.PREPARE),
        ("6", Step.SWITCH_OVER),
        ("switch over", Step.SWITCH_OVER),
        ("switch-over", Step.SWITCH_OVER),
        ("Give_Back", Step.GIVE_BACK),
        (None, None),
    ],
)
def test_a_step_by_number_or_name(text: str | None, step: Step | None) -> None:
    assert step_of(text) is step
