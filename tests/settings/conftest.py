from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings import Project, open_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PLATFORMS = ("linux_ha", "cisco_asa")
SHA256 = "0f" * 32
IMAGE = {"platform": "linux_ha", "version": "13.8", "file": "fw-13.img", "sha256": SHA256}


@dataclass
class Site:
    """A project on disk: one good pair, to be spoilt by a test."""

    folder: Path
    ours: Any = field(default_factory=lambda: {"images": [dict(IMAGE)]})
    config: dict[str, Any] = field(default_factory=dict)
    hosts: Any = field(default_factory=dict)
    groups: Any = field(default_factory=dict)
    defaults: Any = field(default_factory=dict)

    @property
    def ha(self) -> dict[str, Any]:
        found: dict[str, Any] = self.groups["p1"]["data"]["ha"]
        return found

    def add_pair(self, name: str, **ha: object) -> None:
        self.groups[name] = {"data": {"ha": {"pair": name, "platform": "linux_ha", **ha}}}
        for member in "ab":
            self.hosts[f"{name}{member}"] = {"hostname": "127.0.0.1", "groups": [name]}

    def write(self) -> Path:
        for name in ("hosts", "groups", "defaults"):
            content = getattr(self, name)
            text = content if isinstance(content, str) else dump(content)
            (self.folder / "inventory" / f"{name}.yaml").write_text(text, encoding="utf-8")
        path = self.folder / "config.yaml"
        path.write_text(
            dump({**self.config, "user_defined": {"haupgrade": self.ours}}), encoding="utf-8"
        )
        return path

    def open(self, *, names: Sequence[str] | None = None, to: str | None = None) -> Project:
        return open_project(self.write(), platforms=PLATFORMS, names=names, to=to)

    def findings(
        self, *, names: Sequence[str] | None = None, to: str | None = None
    ) -> list[Finding]:
        with pytest.raises(BadInput) as caught:
            self.open(names=names, to=to)
        return list(caught.value.findings)

    def finding(self, *, names: Sequence[str] | None = None, to: str | None = None) -> str:
        """The only finding, as one line."""
        found = self.findings(names=names, to=to)
        assert len(found) == 1, [str(one) for one in found]
        return str(found[0])


def dump(content: object) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory").mkdir()
    (tmp_path / "fw-13.img").write_bytes(b"image")
    options = {
        f"{option}_file": f"inventory/{name}.yaml"
        for option, name in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))
    }
    made = Site(tmp_path, config={"inventory": {"plugin": "SimpleInventory", "options": options}})
    made.add_pair("p1")
    return made
