"""``haupgrade rehearse``: on twins, marked as such, and gone without a trace however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nornir_haupgrade.rehearsal.process import pid_of
from nornir_haupgrade.rehearsal.twins import PASSWORD
from tests.cli.conftest import Call, Site

pytestmark = pytest.mark.ssh

ROOT = Path(__file__).parents[2]
ASSUMED = ("rehearse", "--to", "13.8", "--assume", "--from", "12.15", "--yes")
PREPARED = (*ASSUMED, "--until", "prepare")


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def rehearsals(site: Site) -> list[Path]:
    return sorted((site.folder / "campaigns" / "rehearsals").glob("2*"))


def left(site: Site) -> list[set[str]]:
    """What each rehearsal keeps of its twins."""
    return [{path.name for path in (one / "twins").iterdir()} for one in rehearsals(site)]


def test_every_line_says_what_it_is_and_nothing_is_left_but_the_record(
    site: Site, call: Call
) -> None:
    site.write()
    code, out, err = call(*PREPARED)
    assert (code, err) == (3, ""), out
    lines = [line for line in out.splitlines() if line]
    assert all(line.startswith("REHEARSAL ") for line in lines)
    assert "nothing was read: both members are assumed to run 12.15" in out
    assert "nothing was done to it" in out
    assert left(site) == [{"audit.jsonl", "log"}]
    (campaign,) = rehearsals(site)[0].glob("2*")
    report = json.loads((campaign / "report.json").read_text())["rehearsal"]
    assert report["pairs"]["p1"]["would_end"] == "parked"
    assert [one["step"] for one in report["pairs"]["p1"]["steps"]] == ["prepare"]
    code, out, _ = call("verify", campaign.name)
    assert (code, out.startswith("p1  holds: ")) == (0, True)
    assert call("status")[1] == f"there are no campaigns in {site.folder / 'campaigns'}\n"
    assert call("owed")[1] == "p1  no campaign yet: nothing is owed\n"


def test_events_say_what_they_are(site: Site, call: Call) -> None:
    site.write()
    code, out, err = call(*PREPARED, "--json")
    assert code == 3
    events = [json.loads(line) for line in out.splitlines()]
    assert {event["mark"] for event in events} == {"REHEARSAL"}
    assert events[-1]["event"] == "pair-end"
    assert all(line.startswith("REHEARSAL") for line in err.splitlines() if line)


FAULTS = """
- {fault: another_login, on: p1b}
- {fault: crash, on: p1a, when: {at: reload, nth: 9}}
- {fault: cut_answer, when: {command: fwctl shw ha}}
- {fault: reply_lost, params: {command: fwctl shw ha}}
"""


def test_each_fault_of_the_script_is_told_struck_or_not(site: Site, call: Call) -> None:
    site.write()
    (site.folder / "faults.yaml").write_text(FAULTS)
    code, out, err = call(*PREPARED, "--fault", "faults.yaml", "--json")
    assert code == 3
    assert "faults another_login on p1b: struck p1b before the first step, " in err
    missed = [line for line in err.splitlines() if line.endswith(": DID NOT STRIKE")]
    assert [line.removeprefix("REHEARSAL").strip() for line in missed] == [
        "crash on p1a, at reload no. 9: DID NOT STRIKE",
        "cut_answer, at `fwctl shw ha`: DID NOT STRIKE",
        "reply_lost command=fwctl shw ha: DID NOT STRIKE",
    ]
    told = [json.loads(line) for line in out.splitlines()][-4:]
    assert [(one["event"], one["mark"], one["pair"]) for one in told] == [
        ("fault", "REHEARSAL", "p1")
    ] * 4
    assert [one["has_struck"] for one in told] == [True, False, False, False]
    assert [one["member"] for one in told[0]["struck"]] == ["p1b"]
    (campaign,) = rehearsals(site)[0].glob("2*")
    report = json.loads((campaign / "report.json").read_text())["rehearsal"]
    kept = report["pairs"]["p1"]["faults"]
    assert [one["says"] for one in kept] == [one["says"] for one in told]


SCRIPTS = {
    "kind": ("- fault: explodes\n", "faults.yaml:1: fault: there is no fault 'explodes'"),
    "member": ("- fault: never_boots\n  on: p9a\n", "faults.yaml:2: on: there is no 'p9a'"),
    "no list": ("fault: never_boots\n", "a list of faults is expected"),
    "no yaml": ("- [", "faults.yaml"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_cannot_be_meant_is_refused_before_anything(
    site: Site, call: Call, name: str
) -> None:
    site.write()
    text, said = SCRIPTS[name]
    (site.folder / "faults.yaml").write_text(text)
    code, out, err = call("rehearse", "--to", "13.8", "--fault", "faults.yaml")
    assert (code, out) == (2, "")
    assert said in err
    assert rehearsals(site) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "13.8", "--from", "12.15"], "--assume"),
        (["--to", "14.2"], "14.2"),
        (["--to", "13.8", "--until", "tomorrow"], "tomorrow"),
        (["--to", "13.8", "--speed", "0"], "--speed"),
        (["--to", "13.8", "--pair", "p7"], "p7"),
        (["--to", "13.8", "--fault", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_bad_input_starts_nothing(site: Site, call: Call, arguments: list[str], said: str) -> None:
    site.write()
    code, out, err = call("rehearse", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert rehearsals(site) == []


def test_a_wrong_image_is_found_before_the_pairs_are_asked(site: Site, call: Call) -> None:
    site.write()
    (site.folder / "fw-13.img").write_bytes(b"another")
    code, _, err = call("rehearse", "--to", "13.8")
    assert code == 2
    assert "image linux_ha 13.8" in err


@contextmanager
def begun(site: Site, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A rehearsal in a process of its own, whose twins run."""
    command = [sys.executable, "-m", "nornir_haupgrade", *ASSUMED, *arguments]
    with subprocess.Popen(
        command, cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if "baseline" in line:
                    break
            yield process
        finally:
            process.kill()


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A process that nobody has waited for yet is over too.
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def test_twins_that_died_are_no_word_about_the_pair(site: Site) -> None:
    site.write()
    with begun(site, "--until", "1", "--on-hold", "park") as process:
        lab = rehearsals(site)[0] / "twins"
        pid = pid_of(lab)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert process.stdout is not None
        said = process.stdout.read()
        assert process.wait(60) == 1
    assert "the twins have ended; this rehearsal says nothing of the pairs" in said
    assert f"look into {lab / 'log'}" in said
    assert "times" not in said


def test_each_rehearsal_has_a_login_of_its_own(site: Site) -> None:
    site.write()
    passwords = []
    for _ in range(2):
        with begun(site) as process:
            spec = rehearsals(site)[-1] / "twins" / "spec.json"
            passwords.append(json.loads(spec.read_text())["password"])
            process.kill()
    assert len({*passwords, PASSWORD}) == 3


def test_killed_it_leaves_no_process_and_nothing_in_the_way(site: Site, call: Call) -> None:
    site.write()
    with begun(site) as process:
        lab = rehearsals(site)[0] / "twins"
        pid = pid_of(lab)
        assert pid is not None
        where = json.loads((lab / "lab.json").read_text())
        process.kill()
        process.wait(10)
    eventually(lambda: is_gone(pid))
    assert all(not is_open(port) for _, port in where["members"].values())
    assert (lab / "keys").exists() or (lab / "spec.json").exists()
    assert call(*PREPARED)[0] == 3
    assert left(site) == [{"audit.jsonl", "log"}] * 2


def is_open(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.prove)]
)
def test_interrupted_it_tidies_up(site: Site, number: signal.Signals) -> None:
    site.write()
    with begun(site) as process:
        pid = pid_of(rehearsals(site)[0] / "twins")
        assert pid is not None
        process.send_signal(number)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 130, rest
    assert is_gone(pid)
    assert left(site) == [{"audit.jsonl", "log"}]
