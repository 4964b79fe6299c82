"""Tasks in a row, on one pair: what one leaves behind, and what the next makes of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nornir_haupgrade import tasks
from tests.end_to_end.conftest import MakeRig
from tests.nornir.test_alone import one


@contextmanager
def without_collector() -> Iterator[None]:
    """What is not given back at once stays."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_thousand_backups_do_not_use_up_the_files_of_a_process(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    counts = []
    with without_collector():
        for _ in range(4):
            assert not one(rig, "p1b", tasks.back_up_config).failed
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert len(set(counts)) == 1, counts
