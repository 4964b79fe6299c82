"""What a pair is worked on through is one object: nothing that works on it goes around it."""

from __future__ import annotations

import ast
from pathlib import Path
from threading import Event

import pytest

from nornir_haupgrade.world import REAL

PACKAGE = Path(__file__).parents[1] / "nornir_haupgrade"
MODULES = [
    PACKAGE / "pair.py",
    PACKAGE / "engines" / "loop.py",
    *sorted((PACKAGE / "procedure").rglob("*.py")),
]
AROUND = {"time", "sleep", "monotonic", "Prober", "PortWatch", "open_transport", "napalm_for"}
"""Names that would be bound by going around it."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_who_works_on_a_pair_asks_its_world(path: Path) -> None:
    bound = {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not bound & AROUND


def test_the_real_world_waits_for_an_event_and_tells_the_time() -> None:
    stop = Event()
    began = REAL.monotonic()
    assert not REAL.wait(stop, 0.01)
    assert REAL.monotonic() - began >= 0.01
    stop.set()
    assert REAL.wait(stop, 60)
    assert REAL.utc_now().tzinfo is not None
