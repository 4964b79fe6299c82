from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from nornir_haupgrade.cli.app import app
from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Role, Status, Verdict
from nornir_haupgrade.procedure.plan import Plan, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    Choice,
    Goal,
    Kind,
    Opened,
    Result,
    Run,
    Started,
    Step,
)

HOSTILE = "\x1b[31mred\x1b[0m \u202e [bold red]markup[/] \r\n\x07end"
"""What a device may say: terminal escapes, a text direction, rich's markup, a line of its own."""


@dataclass
class Site:
    """A project on disk, and a port that must not be contacted."""

    folder: Path
    port: int
    ours: dict[str, Any] = field(default_factory=dict)
    ha: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return Store(self.folder / "campaigns")

    def write(self) -> Path:
        image = self.folder / "fw-13.img"
        image.write_bytes(b"image")
        sha256 = hashlib.sha256(b"image").hexdigest()
        image_data = {
            "platform": "linux_ha", "version": "13.8", "file": "fw-13.img", "sha256": sha256,
        }  # fmt: skip
        groups = {"p1": {"data": {"ha": {"pair": "p1", "platform": "linux_ha", **self.ha}}}}
        host = {"hostname": "127.0.0.1", "port": self.port, "groups": ["p1"]}
        inventory = self.folder / "inventory"
        inventory.mkdir(exist_ok=True)
        for name, content in (
            ("hosts", {"p1a": host, "p1b": host}),
            ("groups", groups),
            ("defaults", self.defaults),
        ):
            (inventory / f"{name}.yaml").write_text(yaml.safe_dump(content))
        options = {
            f"{option}_file": f"inventory/{name}.yaml"
            for option, name in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))
        }
        config = {
            "inventory": {"plugin": "SimpleInventory", "options": options},
            "user_defined": {"haupgrade": {"images": [image_data], **self.ours}},
        }
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        return path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HAUPGRADE_USERNAME", raising=False)
    monkeypatch.delenv("HAUPGRADE_PASSWORD", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Site(tmp_path, server.getsockname()[1], defaults={"username": "u", "password": "pw"})
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # somebody connected
            server.accept()


Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call() -> Call:
    """Run the command line; returns exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, list(arguments), prog_name="haupgrade")
        return result.exit_code, result.stdout, result.stderr

    return run


def facts(*roles: Role, versions: Sequence[str] = ("12.15", "12.15")) -> PairFacts:
    roles = roles or (Role.ACTIVE, Role.STANDBY)
    return PairFacts(
        tuple(
            (
                f"p1{letter}",
                MemberFacts(f"id-{letter}", role, version, f"boot-{letter}", version,
                            preemption=Preemption.OFF),
            )
            for letter, role, version in zip("ab", roles, versions, strict=True)
        ),
    )  # fmt: skip


PLAN = Plan("p1", ("p1a", "p1b"), ("id-a", "id-b"), ("12.15", "13.8"), Traits())
RELOAD = Run(Action.RELOAD, ("p1b",), "13.8", step=Step.UPGRADE_STANDBY)
HOLD = Ask(
    Kind.MEMBER_BAD,
    RELOAD,
    (Choice.RETRY, Choice.PARK),
    Choice.PARK,
    step=Step.UPGRADE_STANDBY,
)


@pytest.fixture
def campaign(site: Site) -> Campaign:
    """A history by hand: p1 was looked at, and is held."""
    site.write()
    made = site.store.create()
    look = Run(Action.LOOK, ("p1a", "p1b"))
    for record in (
        Opened(PLAN, Goal.UP),
        Started(look),
        Result(look, Verdict(Status.PASS, "seen"), facts()),
        Started(RELOAD),
        Result(RELOAD, Verdict(Status.FAIL, HOSTILE), facts()),
        Asked(4, HOLD, None, HOSTILE),
    ):
        made.history.append("p1", record)
    return made
