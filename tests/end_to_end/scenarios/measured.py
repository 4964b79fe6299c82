"""What came of a scenario when it was played: kept as data, for `docs/faults.md`.

Read from the evidence that the run left, and kept where ``FAULT_ENDINGS`` says, if it does: several
processes may play at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.procedure.records import Asked, By, Decided, Kind
from tests.end_to_end.rig import Rig

KEPT: Final = Path(__file__).resolve().parents[3] / "docs" / "proof" / "faults.json"
WHERE: Final = "FAULT_ENDINGS"
"""The name of the file, in the environment."""
_PORT: Final = re.compile(r"(127\.0\.0\.1[: ](?:port )?| -p )\d+")
_KEY: Final = re.compile(r"(SHA256:)[\w+/]{43}")


@dataclass(frozen=True)
class Met:
    """A hold that was met."""

    kind: str
    says: str
    options: tuple[str, ...]
    answer: str | None
    by: str | None

    @classmethod
    def of(cls, asked: Asked, decided: Decided | None, rig: Rig) -> Self:
        """One of a pair's history."""
        return cls(
            str(asked.ask.kind),
            clean(asked.why, rig),
            tuple(str(one) for one in asked.ask.options),
            None if decided is None else str(decided.choice),
            None if decided is None else str(decided.by),
        )


@dataclass(frozen=True)
class Measured:
    """What came of a scenario."""

    end: str
    says: str
    advice: str
    holds: tuple[Met, ...]
    owed: tuple[str, ...]

    @classmethod
    def of(cls, rig: Rig, end: PairEnd) -> Self:
        """What is left of it."""
        records = rig.records if end.campaign is not None else ()
        answers = {one.number: one for one in records if isinstance(one, Decided)}
        holds = [
            Met.of(one, answers.get(one.number), rig)
            for one in records
            if isinstance(one, Asked) and one.ask.kind is not Kind.QUESTION
        ]
        owed = sorted(f"{one.lease.kind} of {one.lease.member}" for one in end.owed)
        return cls(
            str(end.end),
            clean(end.reason, rig),
            clean(end.advice, rig),
            tuple(_but_repeated(holds)),
            tuple(owed),
        )

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Self:
        """As it was kept."""
        holds = tuple(Met(**{**one, "options": tuple(one["options"])}) for one in data["holds"])
        return cls(**{**data, "holds": holds, "owed": tuple(data["owed"])})


def _but_repeated(holds: list[Met]) -> Iterator[Met]:
    """What is looked at again and found the same is one hold."""
    for number, one in enumerate(holds):
        is_same = number > 0 and (one.kind, one.says) == (
            holds[number - 1].kind,
            holds[number - 1].says,
        )
        if not is_same or one.by == By.PERSON:
            yield one


def clean(text: str, rig: Rig) -> str:
    """Without what is only of this machine and moment."""
    campaigns = rig.folder / "campaigns"
    names = [path.name for path in campaigns.iterdir()] if campaigns.exists() else []
    for name in names:
        text = text.replace(name, "CAMPAIGN")
    return _KEY.sub(r"\1KEY", _PORT.sub(r"\1PORT", text.replace(str(rig.folder), ".")))


def keep(platform: str, name: str, measured: Measured) -> None:
    """Keep it, if a file for it is named."""
    where = os.environ.get(WHERE)
    if where is None:
        return
    path = Path(where).absolute()
    with _alone_in(path.parent):
        found = json.loads(path.read_text()) if path.exists() else {}
        found.setdefault(platform, {})[name] = asdict(measured)
        _write(path, found)


def forget_all_but(names: set[tuple[str, str]], path: Path = KEPT) -> None:
    """Of scenarios (platform, name) that there are no more nothing is kept."""
    with _alone_in(path.parent):
        found = json.loads(path.read_text())
        for platform, ends in found.items():
            found[platform] = {name: end for name, end in ends.items() if (platform, name) in names}
        _write(path, found)


def _write(path: Path, found: dict[str, Any]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    new.replace(path)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def kept(path: Path = KEPT) -> dict[str, dict[str, Measured]]:
    """Platform, scenario and what came of it, as it was kept last."""
    return {
        platform: {name: Measured.from_plain(one) for name, one in found.items()}
        for platform, found in json.loads(path.read_text()).items()
    }
