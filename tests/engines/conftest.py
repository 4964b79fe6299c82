from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nornir_haupgrade.engines.history import History


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History.open(path, create=True) as opened:
        yield opened
