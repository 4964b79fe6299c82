"""``show``, ``show full-configuration`` and ``get`` of what is configured."""

from __future__ import annotations

from nornir_haupgrade.lab.command import Outcome, Reply
from nornir_haupgrade.lab.personalities.fortinet import versions
from nornir_haupgrade.lab.personalities.fortinet.context import At, parse_error, show
from nornir_haupgrade.lab.personalities.fortinet.schema import (
    PATHS,
    WITH_ENTRIES,
    fields,
    full_path,
)
from nornir_haupgrade.lab.personalities.fortinet.tree import (
    Node,
    body_lines,
    ordered,
    quoted,
    table_lines,
)


def _with_defaults(path: str, node: Node, version: str) -> Node:
    """A table or an entry with all that is at its default."""
    known = fields(path, version)
    whole = node.copied()
    if path not in WITH_ENTRIES:
        whole.settings = {
            key: one.default for key, one in known.items() if one.default
        } | whole.settings
        ordered(whole, known)
    for entry in whole.entries.values():
        entry.settings = {
            key: one.default for key, one in known.items() if one.default
        } | entry.settings
        ordered(entry, known)
    return whole


def written(
    path: str, node: Node, name: str | None = None, *, version: str | None = None
) -> list[str]:
    """The lines of a table, or of one of its entries; with defaults if a version is given."""
    table = node if name is None else Node(entries={name: node})
    if version is not None:
        table = _with_defaults(path, table, version)
    if name is None:
        return list(table_lines(path, table))
    return [f"config {path}", *body_lines(table, 4), "end"]


def got(path: str, node: Node, version: str) -> list[str]:
    """``get``: settings in two columns, and the names of entries."""
    known = fields(path, version)
    rows = {key: _bare(key, node.settings.get(key, one.default)) for key, one in known.items()}
    if path in WITH_ENTRIES:
        return [f"== [ {name} ]\nname: {name}" for name in node.entries]
    return [f"{key:<20}: {value}" for key, value in rows.items()]


def _bare(key: str, value: str) -> str:
    """A value as ``get`` has it: one name without quotes, and no secrets."""
    if key in {"password", "psksecret"} and value:
        return "*"
    inner = value[1:-1]
    return inner if value == f'"{inner}"' and '"' not in inner else value


def header(at: At) -> list[str]:
    """The comments that a whole configuration begins with."""
    device = at.device
    number, date = versions.build(at.version)
    model = device.spec.model.removeprefix("FortiGate-").replace("-", "_")
    release = f"{model}-{at.version}-FW-build{number:04}-{date}:opmode=0:vdom=0:user=admin"
    return [
        f"#config-version={release}",
        f"#conf_file_ver={int(device.configuration.digest[:14], 16)}",
        f"#buildno={number:04}",
        "#global_vdom=1",
    ]


def _path(arguments: tuple[str, ...]) -> tuple[str, str | None] | None:
    """A table, and perhaps one of its entries."""
    typed = " ".join(arguments)
    path = full_path(typed, PATHS)
    if path is not None:
        return path, None
    path = full_path(" ".join(arguments[:-1]), PATHS)
    return None if path is None or path not in WITH_ENTRIES else (path, arguments[-1].strip('"'))


def _show(at: At, arguments: tuple[str, ...], *, version: str | None) -> Outcome:
    configuration = at.device.configuration
    if not arguments:
        lines = [
            line
            for path, node in configuration.tree.items()
            for line in written(path, node, version=version)
        ]
        return show(*header(at), *lines)
    found = _path(tuple(arguments[0].split()))
    if found is None:
        return parse_error(arguments[0].split()[-1])
    path, name = found
    node = configuration.table(path)
    if name is None:
        return show(*written(path, node, version=version))
    if name not in node.entries:
        return parse_error(name, -3)
    return show(*written(path, node.entries[name], name, version=version))


def saved(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show [PATH [ENTRY]]``."""
    return _show(at, arguments, version=None)


def full(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show full-configuration [PATH [ENTRY]]``."""
    return _show(at, arguments, version=at.version)


def get_table(at: At, _: tuple[str, ...]) -> Outcome:
    """``get PATH``: of a table without entries every setting, of another the names."""
    path = " ".join(at.words[1:])
    node = at.device.configuration.table(path)
    if path in WITH_ENTRIES:
        return show(*(f"edit {quoted(name)}" for name in node.entries))
    return show(*got(path, node, at.version))


def boot_errors(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose debug config-error-log read``: what the last boot did not understand."""
    return show(*at.device.boot_errors)


def clear_boot_errors(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose debug config-error-log clear``."""

    def act() -> None:
        at.device.boot_errors = ()

    return Outcome(Reply(), act=act)
