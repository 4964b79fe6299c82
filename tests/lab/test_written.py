"""A lab that is written down as plain data is read back as it was."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from nornir_haupgrade.lab import (
    Fault,
    LabSpec,
    Moment,
    PageSpec,
    SpecError,
    When,
    fault_from,
    lab_from,
    router_pair,
    simple_pair,
)
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import RouterSpec
from nornir_haupgrade.lab.written import plain_fault, plain_lab

FAULTS = (
    Fault("crash"),
    Fault("slow_boot", "p1a", When(at=Event.RELOAD, by="p1a", nth=2, after=3.0), {"seconds": 9}),
    Fault("cut_line", "standby", When(on="fwctl", moment=Moment.AFTER), {"lasts": 4.0}, "p1"),
)


def test_a_lab_comes_back_from_json() -> None:
    pages = (PageSpec("/a", 302), PageSpec("/b", 200, "text"))
    spec = LabSpec(
        (
            simple_pair("p1", faults=FAULTS, pages=pages, number=7, boot_seconds=33.0),
            router_pair("p2", number=2),
        ),
        speed=12.5,
        password="other",
    )
    assert lab_from(json.loads(json.dumps(plain_lab(spec)))) == spec


def test_what_would_be_read_back_otherwise_is_refused() -> None:
    with pytest.raises(SpecError, match="p2"):
        plain_lab(LabSpec((router_pair("p2", setup=RouterSpec()),)))


def test_a_fault_comes_back_from_json() -> None:
    for fault in FAULTS:
        assert fault_from(json.loads(json.dumps(plain_fault(fault)))) == fault


def test_a_lab_takes_as_many_open_files_as_it_may_have() -> None:
    script = (
        "import resource as r; from nornir_haupgrade.lab.limits import allow_open_files;"
        "_, most = r.getrlimit(r.RLIMIT_NOFILE); r.setrlimit(r.RLIMIT_NOFILE, (64, most));"
        "allow_open_files(); print(r.getrlimit(r.RLIMIT_NOFILE) == (most, most))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
