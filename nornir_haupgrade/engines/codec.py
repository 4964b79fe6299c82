"""Records as text and back: canonical JSON, strict both ways, generic over the records' own types.

A record's class is all that is needed: its fields and their types say how it is written and what
is accepted when it is read. Equal records give equal text, byte for byte: a hash chain hashes it.

=================  ===========================================================================
field              text
=================  ===========================================================================
dataclass          an object; with a ``type`` where there is a choice of several classes
enum               its value
tuple, frozenset   an array; a set's is sorted
timedelta          seconds
str                itself, in ASCII; what could not be decoded (surrogate escapes) survives
=================  ===========================================================================
"""

from __future__ import annotations

import json
import math
import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from nornir_haupgrade.errors import HistoryDamaged
from nornir_haupgrade.procedure.records import Record

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
_Hint: TypeAlias = Any  # a class, or one of typing's forms

_TAG: Final = "type"
"""The key that names the class where there is a choice; none of these has a field of this name."""


def encode(record: Record) -> str:
    """Write a record as one line of canonical JSON: keys sorted, no spaces, ASCII.

    Raises:
        TypeError: A field holds what its type does not allow, so it would not come back the same.
    """
    return _canonical(as_data(record))


def as_data(record: Record) -> Json:
    """A record as plain lists, dictionaries and scalars, as ``encode`` writes it.

    Raises:
        TypeError: As ``encode``.
    """
    return _write(record, Record, "record")


@lru_cache(maxsize=256)
def decode(text: str) -> Record:
    """Read a record as ``encode`` wrote it.

    A missing field takes its default, so that records may grow; one without a default is an error.
    What was read of late is not read again: records never change.

    Raises:
        HistoryDamaged: It is no such text; the message says where in it.
    """
    try:
        data = json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise _damaged("record", f"is not JSON: {error}") from error
    return cast("Record", _read(data, Record, "record"))


def _write(value: object, hint: _Hint, where: str) -> Json:
    origin, args = _parts_of(hint)
    if origin in {Union, types.UnionType}:
        return _write_choice(value, _choice_of(args), where)
    if origin is tuple and isinstance(value, tuple):
        hints = args[:1] * len(value) if args[-1] is ... else args
        if len(hints) == len(value):
            parts = enumerate(zip(value, hints, strict=True))
            return [_write(item, part, f"{where}[{index}]") for index, (item, part) in parts]
    elif origin is frozenset and isinstance(value, frozenset):
        return sorted((_write(item, args[0], f"{where}{{}}") for item in value), key=_canonical)
    elif (shape := _shape_of(hint)) and type(value) is hint:
        return {
            name: _write(getattr(value, name), part, f"{where}.{name}")
            for name, part in shape.hints.items()
        }
    elif isinstance(hint, type):
        return _write_scalar(value, hint, where)
    raise _mistyped(where, hint, value)


def _write_scalar(value: object, kind: type, where: str) -> Json:
    if isinstance(value, Enum) and isinstance(value, kind):
        # Also a StrEnum in a field for text: it is equal to its text.
        return cast("Json", value.value)
    if kind is timedelta and isinstance(value, timedelta):
        if not value.microseconds:
            return value.days * 86_400 + value.seconds
        seconds = value.total_seconds()
        # Beyond some 270 years a float does not hold microseconds any more.
        if timedelta(seconds=seconds) == value:
            return seconds
    elif kind in _SCALARS and type(value) is kind and not _is_endless(value):
        return cast("Json", value)
    raise _mistyped(where, kind, value)


def _write_choice(value: object, choice: _Choice, where: str) -> Json:
    if type(value) in choice.classes.values():
        data = _write(value, type(value), where)
        if len(choice.classes) > 1 and isinstance(data, dict):
            return {_TAG: type(value).__name__, **data}
        return data
    for hint in choice.plain.values():
        if isinstance(value, cast("type", _form_of(hint) or hint)):
            return _write(value, hint, where)
    raise _mistyped(where, choice, value)


def _read(data: Json, hint: _Hint, where: str) -> object:
    origin, args = _parts_of(hint)
    if origin in {Union, types.UnionType}:
        return _read_choice(data, _choice_of(args), where)
    if origin in {tuple, frozenset} and isinstance(data, list):
        hints = args if origin is tuple and args[-1] is not ... else args[:1] * len(data)
        if len(hints) == len(data):
            parts = enumerate(zip(data, hints, strict=True))
            items = [_read(item, part, f"{where}[{index}]") for index, (item, part) in parts]
            return tuple(items) if origin is tuple else frozenset(items)
    elif (shape := _shape_of(hint)) and isinstance(data, dict):
        return _read_object(data, shape, where)
    elif isinstance(hint, type):
        return _read_scalar(data, hint, where)
    raise _unfit(where, hint, data)


def _read_scalar(data: Json, kind: type, where: str) -> object:
    try:
        if issubclass(kind, Enum) and type(data) in {str, int}:
            return kind(data)
        if kind is timedelta and type(data) in {int, float}:
            return timedelta(seconds=cast("float", data))
    except (ValueError, OverflowError) as error:
        raise _unfit(where, kind, data) from error
    if kind in _SCALARS and type(data) is kind and not _is_endless(data):
        return data
    raise _unfit(where, kind, data)


def _read_object(data: dict[str, Json], shape: _Shape, where: str) -> object:
    if unknown := sorted(data.keys() - shape.hints.keys()):
        raise _damaged(where, f"has {unknown[0]!r}, which {shape.kind.__name__} does not know")
    if missing := sorted(shape.required - data.keys()):
        raise _damaged(where, f"lacks {missing[0]!r} of {shape.kind.__name__}")
    values = {
        name: _read(item, shape.hints[name], f"{where}.{name}") for name, item in data.items()
    }
    try:
        return shape.kind(**values)
    except ValueError as error:
        raise _damaged(where, f"is no {shape.kind.__name__}: {error}") from error


def _read_choice(data: Json, choice: _Choice, where: str) -> object:
    if isinstance(data, dict) and choice.classes:
        if len(choice.classes) == 1:
            return _read(data, next(iter(choice.classes.values())), where)
        name = data.get(_TAG)
        if not isinstance(name, str) or name not in choice.classes:
            raise _damaged(where, f"is of an unknown type: {name!r:.80}")
        rest = {key: item for key, item in data.items() if key != _TAG}
        return _read(rest, choice.classes[name], name if where == "record" else where)
    if type(data) in choice.plain:
        return _read(data, choice.plain[type(data)], where)
    raise _unfit(where, choice, data)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A dataclass: its fields with their types, and which have no default."""

    kind: type[Any]
    hints: dict[str, _Hint]
    required: frozenset[str]


@cache
def _shape_of(kind: _Hint) -> _Shape | None:
    if not is_dataclass(kind) or not isinstance(kind, type):
        return None
    hints, items = get_type_hints(kind), fields(kind)
    required = (i.name for i in items if i.default is i.default_factory is MISSING)
    return _Shape(kind, {item.name: hints[item.name] for item in items}, frozenset(required))


@dataclass(frozen=True, slots=True)
class _Choice:
    """A union: its dataclasses by name, the rest by the type of JSON that each is written as."""

    classes: dict[str, type[Any]]
    plain: dict[type, _Hint]

    def __str__(self) -> str:
        return " or ".join([*self.classes, *(_name_of(hint) for hint in self.plain.values())])


@cache
def _choice_of(args: tuple[_Hint, ...]) -> _Choice:
    shapes = [shape for shape in map(_shape_of, args) if shape]
    others = [arg for arg in args if _shape_of(arg) is None]
    classes = {shape.kind.__name__: shape.kind for shape in shapes}
    plain = {shape: arg for arg in others for shape in _json_types(arg)}
    is_tag_taken = len(shapes) > 1 and any(_TAG in shape.hints for shape in shapes)
    if is_tag_taken or len(plain) != sum(len(_json_types(arg)) for arg in others):
        # A mistake in the records, not in a history.
        raise TypeError(f"as JSON the parts of {args} cannot be told apart")
    return _Choice(classes, plain)


def _json_types(hint: _Hint) -> set[type]:
    if _form_of(hint) in {tuple, frozenset}:
        return {list}
    if issubclass(hint, Enum):
        return {type(member.value) for member in hint}
    return {int, float} if hint is timedelta else {hint}


@cache
def _parts_of(hint: _Hint) -> tuple[object, tuple[Any, ...]]:
    return get_origin(hint), get_args(hint)


def _form_of(hint: _Hint) -> object:
    return _parts_of(hint)[0]


_SCALARS: Final = frozenset({str, int, bool, float, types.NoneType})


def _canonical(data: Json) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _is_endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


def _name_of(hint: _Hint) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)


def _mistyped(where: str, hint: _Hint, value: object) -> TypeError:
    return TypeError(f"{where} must hold {_name_of(hint)}, not {value!r:.80}")


def _unfit(where: str, hint: _Hint, data: Json) -> HistoryDamaged:
    return _damaged(where, f"must hold {_name_of(hint)}, not {data!r:.80}")


def _damaged(where: str, what: str) -> HistoryDamaged:
    return HistoryDamaged(
        f"{where} {what}",
        advice="read it with the version that wrote it, or restore the file from a copy",
    )
