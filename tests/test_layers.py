"""Imports point downwards, decisions are pure, and vendors stay in their corner.

The rules are those of CONTRIBUTING.md. `find_violations` reads the source and imports nothing.
"""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = "nornir_haupgrade"
ROOT = Path(__file__).parents[1] / PACKAGE

# From top to bottom. An empty name is the package's own __init__, which shows what is public.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("", "__main__"),
    ("cli", "report"),
    ("rehearsal",),
    ("processors", "rows"),
    ("campaign",),
    ("runner", "tasks"),
    ("engines",),
    ("procedure",),
    ("pair", "site", "world"),
    ("gates", "probes"),
    ("platforms",),
    ("settings",),
    ("errors", "model", "plain_data"),
)
RANK = {part: rank for rank, row in enumerate(LAYERS) for part in row}
# Two that share a row are strangers, but for these; one way only, so that no circle closes.
SAME_ROW = {
    ("__main__", ""),
    ("runner", "tasks"),
    ("cli", "report"),
    ("pair", "site"),
    ("pair", "world"),
    ("errors", "model"),
}
LAB_MAY_IMPORT = {"lab", "model", "errors"}
# A rehearsal is the engine's procedure on the lab's devices: the one place where the two meet.
MAY_IMPORT_LAB = {"lab", "cli", "rehearsal"}

DECIDING = re.compile(r"gates(\..*)?|procedure\.(machine|apply|state|records|preview)")
# What neither does I/O nor knows a clock. Everything else is refused: a list of what is forbidden
# would have a hole for every module that Python gains.
PURE = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "ipaddress",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "re",
    "statistics",
    "string",
    "textwrap",
    "types",
    "typing",
}
IMPURE_BUILTINS = {"open", "print", "input", "breakpoint", "exec", "eval", "__import__"}
CLOCKS = {"now", "utcnow", "today"}

VENDORS = {
    ("arista",),
    ("asa",),
    ("big", "ip"),
    ("bigip",),
    ("cisco",),
    ("conntrack",),
    ("conntrackd",),
    ("eos",),
    ("fortigate",),
    ("fortinet",),
    ("fortios",),
    ("ftd",),
    ("fwctl",),
    ("gaia",),
    ("hillstone",),
    ("huawei",),
    ("ios",),
    ("iosxe",),
    ("iosxr",),
    ("juniper",),
    ("junos",),
    ("keepalived",),
    ("linux", "ha"),
    ("nxos",),
    ("opnsense",),
    ("palo", "alto"),
    ("paloalto",),
    ("pan", "os"),
    ("panos",),
    ("pfsense",),
    ("sophos",),
    ("srx",),
    ("stoneos",),
    ("tmsh",),
    ("vrp",),
    ("vyos",),
}
VENDOR_CORNERS = {"platforms", "lab"}
TEXT_FILE = re.compile(
    r"[\w.-]+(/[\w.-]+)*\.(cfg|conf|csv|j2|json|out|raw|textfsm|tmpl|toml|ttp|txt|xml|ya?ml)"
)


@dataclass(frozen=True)
class Import:
    """One module of the package, imported by another one."""

    target: str
    line: int
    typing_only: bool


class Module:
    """A parsed module; names are relative to the package, as in `procedure.machine`."""

    def __init__(self, path: Path, root: Path, names: frozenset[str]) -> None:
        self.path = path
        self.name = _module_name(path, root)
        self.part = self.name.partition(".")[0]
        self.is_package = path.name == "__init__.py"
        self.label = f"{root.name}/{path.relative_to(root).as_posix()}"
        self.tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        self._root = root.name
        self._names = names
        self._typing = {id(node) for block in _typing_blocks(self.tree) for node in ast.walk(block)}

    def at(self, line: int) -> str:
        return f"{self.label}:{line}"

    def imported(self) -> Iterator[tuple[str, tuple[str, ...], int, bool]]:
        """Every import: its absolute module, names taken from it, line, whether for types only."""
        for node in ast.walk(self.tree):
            typing_only = id(node) in self._typing
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, (), node.lineno, typing_only
            elif isinstance(node, ast.ImportFrom):
                names = tuple(alias.name for alias in node.names)
                yield self._absolute(node), names, node.lineno, typing_only
            elif (name := _imported_by_name(node)) is not None:
                yield name, (), node.lineno, typing_only  # type: ignore[attr-defined]

    def own_imports(self) -> Iterator[Import]:
        for module, names, line, typing_only in self.imported():
            if module != self._root and not module.startswith(f"{self._root}."):
                continue
            base = module[len(self._root) + 1 :]
            # `from package import x` means the module x where there is one, else a name in it.
            targets = {
                inner if (inner := f"{base}.{name}".lstrip(".")) in self._names else base
                for name in names
            }
            for target in sorted(targets or {base}):
                yield Import(target, line, typing_only)

    def foreign_imports(self) -> Iterator[tuple[str, int]]:
        for module, _, line, typing_only in self.imported():
            if not typing_only and module.partition(".")[0] != self._root:
                yield module, line

    def words(self) -> Iterator[tuple[str, int]]:
        """Every identifier and every string that is not a docstring."""
        docs = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(self.tree):
            line = getattr(node, "lineno", 1)
            match node:
                case ast.Constant(value=str(text)) if id(node) not in docs:
                    yield text, line
                case ast.Constant(value=bytes(raw)) if id(node) not in docs:
                    yield raw.decode("latin-1"), line
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                    yield name, line
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield name, line
                case ast.ClassDef(name=name):
                    yield name, line
                case ast.keyword(arg=str(name)):
                    yield name, line
                case ast.alias(name=name, asname=asname):
                    yield name, line
                    if asname is not None:
                        yield asname, line
                case _:
                    pass

    def strings(self) -> Iterator[tuple[str, int]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, node.lineno

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        here = [self._root, *(self.name.split(".") if self.name else [])]
        up = node.level - (1 if self.is_package else 0)
        base = here[: len(here) - up]
        return ".".join([*base, *([node.module] if node.module else [])])


def find_violations(root: Path) -> list[str]:
    """Every breach of the layers below `root`, one sentence each with file and line."""
    paths = sorted(root.rglob("*.py"))
    names = frozenset(_module_name(path, root) for path in paths)
    modules = [Module(path, root, names) for path in paths]
    return [
        *_directions(modules),
        *_impurities(modules),
        *_vendors(modules),
        *_common_texts(modules, root),
    ]


def _directions(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        if module.part not in RANK and module.part != "lab":
            yield f"{module.label}: `{module.part}` is in no layer; name it in LAYERS"
            continue
        for item in module.own_imports():
            if complaint := _direction(module.part, item.target):
                yield f"{module.at(item.line)}: {complaint}"


def _direction(source: str, imported: str) -> str | None:
    target = imported.partition(".")[0]
    if target == source:
        return None
    if source == "lab":
        if target in LAB_MAY_IMPORT:
            return None
        return f"lab imports `{imported or PACKAGE}`; it may import model and errors only"
    if target == "lab":
        if source in MAY_IMPORT_LAB:
            return None
        return f"{source or PACKAGE} imports `{imported}`; only cli and rehearsal may import lab"
    if target not in RANK:
        return f"{source or PACKAGE} imports `{imported}`, which is in no layer"
    if RANK[target] > RANK[source] or (source, target) in SAME_ROW:
        return None
    where = "upwards" if RANK[target] < RANK[source] else "sideways"
    return f"{source} imports `{imported or PACKAGE}`, which points {where}, not downwards"


def _impurities(modules: Iterable[Module]) -> Iterator[str]:
    by_name = {module.name: module for module in modules}
    for name, why in sorted(_decided_by(by_name).items()):
        module = by_name[name]
        for imported, line in module.foreign_imports():
            if imported.partition(".")[0] not in PURE:
                yield f"{module.at(line)}: imports `{imported}`, but {why}"
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Name(id=called) if called in IMPURE_BUILTINS:
                    yield f"{module.at(node.lineno)}: calls {called}(), but {why}"
                case ast.Attribute(attr=called) if called in CLOCKS:
                    yield f"{module.at(node.lineno)}: asks a clock ({called}), but {why}"
                case _:
                    pass


def _decided_by(by_name: dict[str, Module]) -> dict[str, str]:
    """The deciding modules and all they import while running, each with the reason to be pure."""
    why = {name: "it decides: no I/O, no clock" for name in by_name if DECIDING.fullmatch(name)}
    waiting = list(why)
    while waiting:
        name = waiting.pop()
        for item in by_name[name].own_imports():
            if item.target in by_name and item.target not in why and not item.typing_only:
                why[item.target] = f"{name}, which decides, imports it: no I/O, no clock"
                waiting.append(item.target)
    return why


def _vendors(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        if module.part in VENDOR_CORNERS:
            continue
        for text, line in (*module.words(), (module.name, 1)):
            if vendor := _vendor_in(text):
                where = module.at(line)
                yield f"{where}: names `{vendor}` in {text!r}; that belongs under platforms/"


def _vendor_in(text: str) -> str | None:
    split_camels = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    for candidate in (text, split_camels):
        words = re.findall(r"[a-z0-9]+", candidate.lower())
        for found in (*zip(words, strict=True), *pairwise(words)):
            if found in VENDORS:
                return "_".join(found)
    return None


def _common_texts(modules: Iterable[Module], root: Path) -> Iterator[str]:
    """A parser and its text that come from one file agree by construction and prove nothing."""
    read: dict[str, dict[str, str]] = {"lab": {}, "platforms": {}}
    for module in modules:
        if module.part not in read:
            continue
        other = ({"lab", "platforms"} - {module.part}).pop()
        for text, line in module.strings():
            if re.match(rf"({root.name}[./])?{other}[./]\w", text):
                yield f"{module.at(line)}: {module.part} reaches into {other} by {text!r}"
            elif TEXT_FILE.fullmatch(text):
                read[module.part].setdefault(PurePosixPath(text).name, module.at(line))
    for name in sorted(read["lab"].keys() & read["platforms"].keys()):
        one, two = read["lab"][name], read["platforms"][name]
        yield f"{one}: lab and platforms ({two}) both read {name!r}"
    kept = {part: _data_files(root / part) for part in read}
    for digest in sorted(kept["lab"].keys() & kept["platforms"].keys()):
        copy, original = (kept[part][digest].relative_to(root) for part in ("lab", "platforms"))
        yield f"{root.name}/{copy}: the same text as {root.name}/{original}"


def _data_files(folder: Path) -> dict[str, Path]:
    return {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path.stat().st_size
    }


def _module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _typing_blocks(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from node.body


def _imported_by_name(node: ast.AST) -> str | None:
    match node:
        case ast.Call(
            func=ast.Name(id=called) | ast.Attribute(attr=called),
            args=[ast.Constant(value=str(name)), *_],
        ) if called in {"import_module", "__import__"}:
            return name
        case _:
            return None


# The package itself


def test_the_package_keeps_its_layers() -> None:
    violations = find_violations(ROOT)
    assert not violations, "The layers are broken (see CONTRIBUTING.md):\n" + "\n".join(violations)


def test_the_checker_finds_what_decides() -> None:
    # A renamed module would drop out of the rule of purity without a word.
    names = {_module_name(path, ROOT) for path in ROOT.rglob("*.py")}
    assert names >= {"model", "procedure.machine", "procedure.state", "procedure.records"}


# The checker, on trees that each break one rule


def build(folder: Path, files: dict[str, str]) -> Path:
    """A tree with the given modules, and empty neighbours to import."""
    root = folder / PACKAGE
    neighbours = ["__init__", *(part for row in LAYERS[1:] for part in row), "lab"]
    given = {name.partition("/")[0].removesuffix(".py") for name in files}
    empty = {f"{part}.py": "" for part in neighbours if part not in given}
    for name, source in {**empty, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root


GOOD = {
    "a tree of empty modules": {},
    "downwards, skipping layers": {"cli.py": "from nornir_haupgrade.model import Role"},
    "inside one layer": {
        "gates/a.py": "from nornir_haupgrade.gates.b import x",
        "gates/b.py": "from . import __name__ as x",
    },
    "the command line opens the lab": {"cli.py": "from nornir_haupgrade import lab"},
    "a rehearsal joins the lab and an engine": {
        "rehearsal.py": "from nornir_haupgrade import engines, lab"
    },
    "the lab uses the facts": {"lab.py": "from . import errors\nfrom .model import Role"},
    "a length of time in a decision": {
        "procedure/state.py": "from datetime import timedelta\nimport hashlib"
    },
    "a clock and a file beside the decisions": {
        "procedure/actions.py": "import time\nfrom pathlib import Path"
    },
    "a path used for types only": {
        "gates/a.py": "import typing\nif typing.TYPE_CHECKING:\n    from pathlib import Path"
    },
    "a vendor in a docstring and a comment": {
        "settings.py": '"""As cisco does."""\nx = 1\n"""Like panos."""\n# fwctl'
    },
    "a vendor under platforms and lab": {
        "platforms/linux_ha.py": "NAME = 'linux_ha'",
        "lab/linux_ha.py": "NAME = 'linux_ha'",
    },
    "words that only contain a vendor": {
        "settings.py": "case = 'nasal, linux, checkpoint, curios'"
    },
    "different texts": {
        "lab/a.py": "FILE = 'status.txt'",
        "platforms/a.py": "FILE = 'show.textfsm'",
    },
}


@pytest.mark.parametrize("files", GOOD.values(), ids=GOOD.keys())
def test_a_good_tree_passes(files: dict[str, str], tmp_path: Path) -> None:
    assert find_violations(build(tmp_path, files)) == []


BAD: dict[str, tuple[dict[str, str], str]] = {
    "upwards": (
        {"gates/a.py": "from nornir_haupgrade.procedure import machine"},
        "gates/a.py:1: gates imports `procedure`, which points upwards",
    ),
    "upwards with a plain import": (
        {"site.py": "import nornir_haupgrade.engines.local"},
        "site imports `engines.local`, which points upwards",
    ),
    "upwards inside a function": (
        {"platforms/a.py": "def f():\n    from nornir_haupgrade import pair"},
        "platforms/a.py:2: platforms imports `pair`, which points upwards",
    ),
    "upwards, relative": (
        {"platforms/deep/a.py": "from ...gates import x"},
        "platforms imports `gates`, which points upwards",
    ),
    "upwards, relative from a package": (
        {"platforms/__init__.py": "from .. import cli"},
        "platforms imports `cli`, which points upwards",
    ),
    "upwards for types only": (
        {"model.py": "import typing\nif typing.TYPE_CHECKING:\n    from .pair import Pair"},
        "model.py:3: model imports `pair`, which points upwards",
    ),
    "upwards by name": (
        {"engines.py": "import importlib\nimportlib.import_module('nornir_haupgrade.cli')"},
        "engines imports `cli`, which points upwards",
    ),
    "from the public package": (
        {"engines.py": "from nornir_haupgrade import upgrade"},
        "engines imports `nornir_haupgrade`, which points upwards",
    ),
    "sideways": (
        {"gates/a.py": "from nornir_haupgrade.probes import tcp"},
        "gates imports `probes`, which points sideways",
    ),
    "sideways, the wrong way round": (
        {"model.py": "from nornir_haupgrade.errors import HAUpgradeError"},
        "model imports `errors`, which points sideways",
    ),
    "a part in no layer": ({"helpers.py": ""}, "helpers.py: `helpers` is in no layer"),
    "the lab imports more than facts": (
        {"lab/a.py": "from nornir_haupgrade.settings import Settings"},
        "lab imports `settings`; it may import model and errors only",
    ),
    "the lab imports platforms": (
        {"lab/a.py": "from nornir_haupgrade.platforms import linux_ha"},
        "lab imports `platforms`; it may import model and errors only",
    ),
    "platforms import the lab": (
        {"platforms/a.py": "from ..lab import texts"},
        "platforms imports `lab`; only cli and rehearsal may import lab",
    ),
    "an engine imports the lab": (
        {"engines.py": "from nornir_haupgrade.lab import serve"},
        "engines imports `lab`; only cli and rehearsal may import lab",
    ),
    "a report imports the lab": (
        {"report.py": "from nornir_haupgrade.lab import serve"},
        "report imports `lab`; only cli and rehearsal may import lab",
    ),
    "an engine rehearses": (
        {"engines.py": "from nornir_haupgrade import rehearsal"},
        "engines imports `rehearsal`, which points upwards",
    ),
    "the public package imports the lab": (
        {"__init__.py": "from nornir_haupgrade import lab"},
        "nornir_haupgrade imports `lab`; only cli and rehearsal may import lab",
    ),
    "a gate prints": ({"gates/a.py": "print('ok')"}, "calls print(), but it decides"),
    "a gate opens a file": ({"gates/a.py": "x = open('f').read()"}, "calls open(), but it decides"),
    "the machine asks a clock": (
        {"procedure/machine.py": "from datetime import datetime\nx = datetime.now()"},
        "procedure/machine.py:2: asks a clock (now), but it decides",
    ),
    "what the machine imports does I/O": (
        {
            "procedure/machine.py": "from nornir_haupgrade.procedure.walk import up",
            "procedure/walk.py": "import sqlite3",
        },
        "procedure/walk.py:1: imports `sqlite3`, but procedure.machine, which decides, imports it",
    ),
    "a gate uses a library": (
        {"gates/a.py": "import netmiko"},
        "imports `netmiko`, but it decides",
    ),
    "a vendor's string": (
        {"settings.py": "platform: str = 'linux_ha'"},
        "settings.py:1: names `linux_ha` in 'linux_ha'",
    ),
    "a vendor's name in a sentence": (
        {"cli.py": "HELP = 'For a Cisco ASA, say so.'"},
        "cli.py:1: names `cisco`",
    ),
    "a vendor's class": ({"pair.py": "class PanosPair: ..."}, "pair.py:1: names `panos`"),
    "a vendor's two words": ({"pair.py": "def f(pan_os): ..."}, "pair.py:1: names `pan_os`"),
    "a vendor's keyword": ({"pair.py": "f(junos=1)"}, "pair.py:1: names `junos`"),
    "a vendor's bytes": ({"pair.py": "x = b'fwctl status'"}, "pair.py:1: names `fwctl`"),
    "a vendor's module": ({"tasks/asa.py": ""}, "tasks/asa.py:1: names `asa`"),
    "a text file that both read": (
        {"lab/a.py": "FILE = 'texts/status.txt'", "platforms/a.py": "FILE = 'status.txt'"},
        "lab/a.py:1: lab and platforms (nornir_haupgrade/platforms/a.py:1) both read 'status.txt'",
    ),
    "a text file copied": (
        {"lab/a.txt": "State: active", "platforms/b.txt": "State: active"},
        "nornir_haupgrade/lab/a.txt: the same text as nornir_haupgrade/platforms/b.txt",
    ),
    "a folder of the other side": (
        {"lab/a.py": "FOLDER = 'nornir_haupgrade/platforms/texts'"},
        "lab reaches into platforms",
    ),
}


@pytest.mark.parametrize(("files", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_tree_is_found(files: dict[str, str], message: str, tmp_path: Path) -> None:
    violations = find_violations(build(tmp_path, files))
    assert len(violations) == 1, violations
    assert message in violations[0]


@pytest.mark.parametrize("place", ["gates/a.py", "gates/__init__.py", "procedure/machine.py"])
@pytest.mark.parametrize(
    "module",
    [
        *("asyncio", "logging", "os", "pathlib", "random", "secrets", "socket", "sqlite3"),
        *("subprocess", "sys", "threading", "time", "urllib.request", "uuid"),
    ],
)
def test_a_decision_that_imports_io_or_a_clock_is_found(
    place: str, module: str, tmp_path: Path
) -> None:
    violations = find_violations(build(tmp_path, {place: f"def f():\n    import {module}"}))
    assert violations == [
        f"{PACKAGE}/{place}:2: imports `{module}`, but it decides: no I/O, no clock"
    ]


@pytest.mark.parametrize("name", ["machine", "apply", "state", "records", "preview"])
def test_the_modules_of_the_machine_are_held_to_be_pure(name: str, tmp_path: Path) -> None:
    assert find_violations(build(tmp_path, {f"procedure/{name}.py": "from time import monotonic"}))
