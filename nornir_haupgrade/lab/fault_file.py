"""A YAML file as plain values, and where in it each of them is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from ruamel.yaml.nodes import Node

Keys: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds."""

    path: Path
    content: Any
    root: Node | None
    """The same as YAML's own nodes, which know their lines; None: an empty file."""

    def place(self, keys: Keys) -> str:
        """File, line and key of a value; the line of the nearest one above it if it is not written.

        Args:
            keys: The way to it from the outermost value.
        """
        node, line = self.root, 0
        for key in keys:
            found = _inside(node, key)
            if found is None:
                break
            line, node = found
        shown = ".".join(key for key in keys if isinstance(key, str))
        return f"{self.path}:{line + 1}: {shown}" if shown else f"{self.path}:{line + 1}"


def read_written(path: Path) -> Written:
    """Read a file.

    Raises:
        BadInput: It cannot be read, or is no YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        text = path.read_bytes()
        return Written(path, yaml.load(text), yaml.compose(text))
    except OSError as error:
        raise BadInput(
            f"{path}: {error.strerror}", advice="name a fault script, or a kind of fault"
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise BadInput(f"{where}: {error.problem}", advice="correct the YAML") from None
    except (YAMLError, ValueError, RecursionError):
        # A date of month 13, a number of 5000 digits, a thousand lists in each other.
        raise BadInput(f"{path}: it is no YAML", advice="correct the YAML") from None


def _inside(node: Node | None, key: str | int) -> tuple[int, Node] | None:
    """The line of what stands under a key, and its node."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, SequenceNode) and isinstance(key, int):
        item = node.value[key]
        return item.start_mark.line, item
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line, value
    return None
