"""Labs over real SSH with a project that points at them, in compressed time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.end_to_end.compress import SHORTER
from tests.end_to_end.rig import Rig, started

MakeRig: TypeAlias = Callable[..., Rig]


@pytest.fixture(autouse=True)
def compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller's own pauses shrink as the devices' do."""
    for owner, name, value in SHORTER:
        monkeypatch.setattr(owner, name, value)


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[MakeRig]:
    """Start the pair p1; settings are those of ``started``."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Rig:  # noqa: ANN401
            return stack.enter_context(started(tmp_path, **settings))

        yield make
