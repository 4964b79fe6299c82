"""A project of one's own: a fresh environment, a folder, and an inventory that is elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any, Final

from nornir_haupgrade.procedure.records import Step
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import NEW, PASSWORD, Rig
from tests.end_to_end.test_secrets import holds
from tests.site.sources import TOKEN

CONSTRAINTS: Final = ROOT / "constraints.txt"
STEPS: Final = [step.title for step in Step if step <= Step.GIVE_BACK]
_OURS: Final = re.compile(r"PYTHON.*|VIRTUAL_ENV|NORNIR_.*|HAUPGRADE_.*")
_PATIENCE: Final = 300.0

_PLUGIN: Final = '''\
"""What no source of truth knows: who logs in, and where a simulated member listens."""
from nornir_utils.plugins.inventory import load_credentials


def site_login(host, ports):
    load_credentials(host)
    host.port = ports.get(host.name)
'''


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own, which knows nothing of the one that the tests run in."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Environment:
        """A new one, with the distribution of this checkout and nothing but what it asks for."""
        done("the wheel", [sys.executable, "-m", "pip", "wheel", *_wheel_options(folder), ROOT])
        done("an environment", [sys.executable, "-m", "venv", folder / "venv"])
        (wheel,) = folder.glob("nornir_haupgrade-*.whl")
        own = cls(folder / "venv")
        own.pip("install", "--constraint", CONSTRAINTS, wheel)
        return own

    def command(self, name: str) -> Path:
        """A command that is installed in it."""
        return self.folder / "bin" / name

    def pip(self, *arguments: str | Path) -> str:
        """What its own pip says."""
        return done("pip", [self.command("python"), "-m", "pip", *arguments])

    def packages(self) -> set[str]:
        """What is installed, as ``name==version``."""
        return set(self.pip("list", "--format=freeze").split())

    @contextmanager
    def also(self, *what: str | Path) -> Iterator[None]:
        """Install more for a while."""
        before = self.packages()
        self.pip("install", "--constraint", CONSTRAINTS, *what)
        try:
            yield
        finally:
            more = {package.partition("==")[0] for package in self.packages() - before}
            self.pip("uninstall", "--yes", *sorted(more))


def _wheel_options(folder: Path) -> list[str | Path]:
    return ["--no-deps", "--build-constraint", CONSTRAINTS, "--wheel-dir", folder]


def done(
    what: str,
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    given: Mapping[str, str] | None = None,
) -> str:
    """What a command says on standard output; it must end well, and say no password."""
    clean = {name: value for name, value in os.environ.items() if not _OURS.fullmatch(name)}
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**clean, "no_proxy": "127.0.0.1", **(given or {})},
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    said = ended.stdout.decode()
    assert ended.returncode == 0, f"{what}:\n{said}\n{ended.stderr.decode()}"
    assert not holds(ended.stdout + ended.stderr), f"{what} says the password"
    return said


# --- the project ----------------------------------------------------------------------------------


def as_a_user(rig: Rig) -> None:
    """The project as one writes it by hand: its paths are relative to its folder."""
    image = {"platform": "linux_ha", "version": NEW, "file": rig.image.name, "sha256": rig.sha256}
    rig.settings |= {"store": "campaigns", "known_hosts": "known_hosts", "images": [image]}
    rig.write()


def from_netbox(rig: Rig, url: str) -> dict[str, str]:
    """The project with NetBox's inventory; what the environment must give."""
    options = {
        "use_platform_slug": True,
        "filter_parameters": {"role": "firewall", "status": "active"},
    }
    return _from_elsewhere(rig, "NetBoxInventory2", nb_url=url, **options)


def from_nautobot(rig: Rig, url: str) -> dict[str, str]:
    """The project with Nautobot's inventory; what the environment must give."""
    options = {
        "nautobot_token": None,
        "filter_parameters": {"include": "config_context", "role": "Firewall"},
    }
    return _from_elsewhere(rig, "NautobotInventory", nautobot_url=url, **options)


def _from_elsewhere(rig: Rig, plugin: str, **options: Any) -> dict[str, str]:  # noqa: ANN401
    config = json.loads(rig.config.read_text())
    config["inventory"] = {
        "plugin": plugin,
        "options": options,
        "transform_function": "site_login",
        "transform_function_options": {"ports": rig.lab.ports},
    }
    rig.config.write_text(json.dumps(config))
    for name in ("hosts.yaml", "groups.yaml", "defaults.yaml"):
        (rig.folder / name).unlink()
    tokens = dict.fromkeys(("NB_TOKEN", "NAUTOBOT_TOKEN"), TOKEN)
    return {"NORNIR_USERNAME": "admin", "NORNIR_PASSWORD": PASSWORD, **tokens}


def site_plugin(folder: Path) -> Path:
    """A wheel with the site's own transform function, to be installed or put on Python's path."""
    path = folder / "site_login-1.0-py3-none-any.whl"
    about = "site_login-1.0.dist-info"
    files = {
        "site_login.py": _PLUGIN,
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: site-login\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "[nornir.plugins.transform_function]\n"
        "site_login = site_login:site_login\n",
    }
    record = f"{about}/RECORD"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
        wheel.writestr(record, "".join(f"{name},,\n" for name in [*files, record]))
    return path


# --- the five lines -------------------------------------------------------------------------------


def five_lines(rig: Rig, python: Path | str, given: Mapping[str, str] | None = None) -> None:
    """Run them in the project's folder; they upgrade p1, and print each step of both members."""
    script = copy(ROOT / "examples" / "five_lines.py", rig.folder)
    said = done("five lines", [python, Path(script).name], folder=rig.folder, given=given)
    assert rig.versions == (NEW, NEW), said
    assert rig.roles == ("MASTER", "BACKUP")
    assert printed(said) == {"p1a": STEPS, "p1b": STEPS}, said
    assert not holds((rig.folder / "nornir.log").read_bytes())
    rig.audit_proof()


def printed(said: str) -> dict[str, list[str]]:
    """The steps that ``print_result`` shows of each host, each where it is first told."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    _, *parts = re.split(r"^\* (\S+) \*\* changed : True \**$", plain, flags=re.MULTILINE)
    return {
        host: list(dict.fromkeys(re.findall(r"^-{4} (\d+ .+?) \*\*", shown, re.MULTILINE)))
        for host, shown in zip(parts[::2], parts[1::2], strict=True)
    }
