"""After the pairs were read nothing real is contacted, whatever the inventory holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions

from nornir_haupgrade.engines.answers import Policy
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.lock import ControllerLock
from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.procedure.records import Outcome, Step
from nornir_haupgrade.rehearsal.engine import RehearsalEngine
from nornir_haupgrade.rehearsal.run import Wanted, prepare, stage
from tests.end_to_end.compress import SHORTER
from tests.end_to_end.rig import NEW, OLD, PASSWORD, started
from tests.end_to_end.router_rig import NEW as ROUTERS_NEW, routers
from tests.rehearsal.site_tasks import TRACE
from tests.rehearsal.visitors import nobody_comes_to

pytestmark = pytest.mark.ssh

SPEED = 30.0
OWN_TASK = "tests.rehearsal.site_tasks.leave_a_trace"
SECRETS = ("kept-enable-secret", "kept-snmp-community", PASSWORD)


@pytest.fixture(autouse=True)
def compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name, value in SHORTER:
        monkeypatch.setattr(owner, name, value)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a task of the site's would leave its trace."""
    path = tmp_path / "trace"
    monkeypatch.setenv(TRACE, str(path))
    return path


@pytest.fixture
def bastion(tmp_path: Path) -> Iterator[Path]:
    """An SSH configuration that sends every connection over a program of the site's."""
    called = tmp_path / "called"
    config = tmp_path / "site_ssh_config"
    config.write_text(f"Host *\n  ProxyCommand touch {called}\n")
    yield config
    assert not called.exists(), "a connection went over the site's bastion"


def everything(name: str, port: int) -> dict[str, Any]:
    """Inventory data that names whatever could be contacted."""
    shop = {"name": "shop", "type": "tcp", "address": "127.0.0.1", "port": port, "settle": 1.5}
    return {
        "services": [
            shop | {"stable_for": 0.1},
            {"name": "own", "type": "task", "task": OWN_TASK},
        ],
        "canaries": [{"name": "till", "type": "tcp", "address": "127.0.0.1", "port": port}],
        "gates": [{"name": "ticket", "task": OWN_TASK}],
        "notify": [OWN_TASK],
        "site": name,
    }


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("until", "outcome"),
    [
        (Step.TRIAL, Outcome.PARKED),
        pytest.param(None, Outcome.DONE, marks=pytest.mark.prove),
    ],
)
def test_the_real_devices_may_be_gone_once_they_were_read(
    tmp_path: Path,
    trace: Path,
    bastion: Path,
    until: Step | None,
    outcome: Outcome,
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    secrets = {"netmiko": {"platform": "linux", "extras": {"secret": SECRETS[0]}}}
    with started(site, preempt=True, connections=secrets) as rig:
        port = rig.lab.service_ports["p1"]
        rig.ha = everything("muc", port)
        rig.write()
        project = rig.project()
        wanted = Wanted(NEW, speed=SPEED, boot=12.0)
        cast = prepare(project, wanted)
        sent = [entry for entry in rig.lab.audit("command") if entry["by"] == "ssh"]
        assert sent
        assert {entry["effect"] for entry in sent} == {"none"}
        ports = [*rig.lab.ports.values(), port]
    for host in project.nr.inventory.hosts.values():
        host.data["community"] = SECRETS[1]
        options = ConnectionOptions(extras={"ssh_config_file": str(bastion)})
        host.connection_options["netmiko"] = options
    # What follows needs neither the devices nor the site's images.
    shutil.rmtree(site / "lab")
    (site / "fw-13.img").unlink()
    before = files_of(site)
    store = project.settings.store
    with (
        nobody_comes_to(ports),
        # Somebody works on the pair itself meanwhile: a rehearsal is in nobody's way.
        ControllerLock(store, "p1"),
        stage(project, cast, wanted) as rehearsal,
    ):
        engine = RehearsalEngine(rehearsal.project, speed=SPEED, policy=Policy(who="tester"))
        (end,) = engine.run(Errand(to=NEW, until=until))
        assert end.end is outcome, end.reason
        kept = files_of(rehearsal.folder)
        assert kept
        for path, content in kept.items():
            for secret in SECRETS:
                assert secret.encode() not in content, f"{path} holds {secret}"
        audit = rehearsal.audit
        assert any(entry["kind"] == "command" and entry["effect"] != "none" for entry in audit)
        boots = sorted(entry["member"] for entry in audit if entry["kind"] == "boot")
        assert boots == ([] if until else ["p1a", "p1b"])
        known = (rehearsal.folder / "twins" / "known_hosts").read_text()
        assert known.count("ssh-ed25519") == 2
    assert not trace.exists(), "a task of the site's was called"
    after = files_of(site)
    new = set(after) - set(before)
    assert all("rehearsals" in path.parts or ".locks" in path.parts for path in new)
    assert {path: after[path] for path in before} == before
    # The pair itself has no campaign: nothing is gone on with, rolled back or given back.
    assert Store(store).latest_for("p1") is None
    assert Store(store).campaigns() == ()
    # The twins are gone; what is left is the record.
    left = {path.name for path in (rehearsal.folder / "twins").iterdir()}
    assert left == {"audit.jsonl", "log"}
    assert (rehearsal.folder / "REHEARSAL").is_file()


def test_a_twin_with_another_key_is_not_logged_in_to(tmp_path: Path) -> None:
    with started(tmp_path) as rig:
        project = rig.project()
        wanted = Wanted(NEW, speed=SPEED, is_read=False, version=OLD)
        cast = prepare(project, wanted)
    with stage(project, cast, wanted) as rehearsal:
        lab = rehearsal.folder / "twins"
        keys = (lab / "known_hosts").read_text().splitlines()
        swapped = [keys[0].split()[0], *keys[1].split()[1:]]
        (lab / "known_hosts").write_text(" ".join(swapped) + f"\n{keys[1]}\n")
        engine = RehearsalEngine(rehearsal.project, speed=SPEED, policy=Policy(who="tester"))
        (end,) = engine.run(Errand(to=NEW))
        assert end.end is not Outcome.DONE
        assert "key" in end.reason
        assert not any(entry["is_admitted"] for entry in rehearsal.audit
                       if entry["kind"] == "login" and entry["member"] == "p1a")  # fmt: skip


@pytest.mark.prove
def test_routers_are_rehearsed_from_what_was_read(tmp_path: Path, trace: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    with started(site, **routers()) as rig:
        project = rig.project()
        wanted = Wanted(ROUTERS_NEW, speed=SPEED, boot=12.0)
        cast = prepare(project, wanted)
        ports = [*rig.lab.ports.values(), *rig.lab.service_ports.values()]
    with nobody_comes_to(ports), stage(project, cast, wanted) as rehearsal:
        policy = Policy(is_yes=True, who="tester")
        engine = RehearsalEngine(rehearsal.project, speed=SPEED, policy=policy)
        (end,) = engine.run(Errand(to=ROUTERS_NEW))
        assert end.end is Outcome.DONE, end.reason
    assert not trace.exists()
