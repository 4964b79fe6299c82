"""The password is in no log, no output, no history, no raw text, no report and no backup."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from urllib.parse import quote

import pytest

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.procedure.records import Choice, Outcome
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.killing import ended
from tests.end_to_end.rig import PASSWORD

FORMS = {
    PASSWORD,
    json.dumps(PASSWORD)[1:-1],
    quote(PASSWORD, safe=""),
    base64.b64encode(PASSWORD.encode()).decode().rstrip("="),
}


def holds(content: bytes) -> list[str]:
    return [form for form in FORMS if form.encode() in content]


def test_the_password_is_kept_and_shown_nowhere(
    make_rig: MakeRig,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rig = make_rig()
    # Whoever decides may paste it by mistake.
    slip = f"it works with {PASSWORD}"
    with caplog.at_level(logging.DEBUG):
        rig.fault("install_fails", "p1a", times=1)
        assert rig.run().end is Ended.HELD
        end = rig.run(person=lambda _, asked: (Choice.RETRY, slip))
        assert end.end is Outcome.DONE
        rig.fault("login_refused", "p1b")
        assert rig.run().end is Outcome.NOT_STARTED
    assert {"netmiko", "paramiko.transport"} <= {record.name for record in caplog.records}
    shown = "\n".join([caplog.text, rig.story, *(str(event) for event in rig.events)])
    shown = shown.replace(slip, "")
    out, err = capfd.readouterr()
    assert not holds((shown + out + err).encode())
    kept = list(rig.kept())
    assert {"history.sqlite", "report.json"} <= {path.name for path, _ in kept}
    assert not [(path, found) for path, content in kept if (found := holds(content))]
    rig.audit_proof()


def test_a_process_of_its_own_says_no_password(make_rig: MakeRig, tmp_path: Path) -> None:
    rig = make_rig()
    rig.fault("login_refused", "p1b")
    end = ended(rig)
    assert end["end"] == "not_started"
    assert not holds(json.dumps(end).encode())
    assert not holds((tmp_path / "controller.log").read_bytes())
