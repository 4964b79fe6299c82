"""Real Linux pairs with traffic; skipped, with the reason, where the machine cannot run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec
from tests.linux.conftest import require_linux
from tests.live.rig import Live, live

MakeLive: TypeAlias = Callable[..., Live]


@pytest.fixture
def make_live(tmp_path: Path) -> Iterator[MakeLive]:
    """Start pairs, write their project and open the connections through them."""
    require_linux()
    folders = (tmp_path / str(number) for number in count(1))
    with ExitStack() as stack:

        def make(
            *images: str,
            spec: LinuxSpec | None = None,
            has_traffic: bool = True,
            answer_timeout: float = 30.0,
            **settings: Any,  # noqa: ANN401 - Live's own
        ) -> Live:
            folder = next(folders)
            folder.mkdir()
            made = stack.enter_context(live(folder, spec, **settings))
            made.write(*(images or ("13",)))
            if has_traffic:
                made.start_traffic(answer_timeout=answer_timeout)
            return made

        yield make
