"""From pydantic's errors to findings: every problem once, in the words of the field."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from nornir_haupgrade.settings.places import Keys

    Shapes: TypeAlias = Mapping[tuple[str, ...], type[BaseModel]]
    Where: TypeAlias = Callable[[Keys], str]

_UNIONS = {"services"}
"""Lists whose elements differ by their ``type``, which pydantic puts into its locations."""
_SHOWN = 40
_WANTED = {
    "string_type": "a text",
    "string_unicode": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "tuple_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def nearest(word: object, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if there is one."""
    words = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(str(word)[:100].casefold(), list(words), n=1, cutoff=0.6)
    return words[found[0]] if found else None


def instead(word: object, known: Iterable[str], *, kind: str) -> str:
    """Advice for a word that is not known: the nearest one, and which ones there are."""
    known = list(known)
    if not known:
        return f"There is no known {kind} yet."
    hint = nearest(word, known)
    shown = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")  # noqa: PLR2004
    every = f"Known {kind}s: {shown}."
    return f"Did you mean {hint!r}? {every}" if hint else every


def shown(value: object) -> str:
    """A value in a message: short, printable, and in words where YAML has no word for it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple | set):
        return "a list"
    try:
        text = repr(value)
    except ValueError:  # CPython refuses to write out a number of more than 4300 digits
        return "a very long number"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def findings_of(error: ValidationError, *, shapes: Shapes, where: Where) -> list[Finding]:
    """One finding per problem of a validation.

    Args:
        error: What pydantic found.
        shapes: Which model describes the mapping at a place.
        where: Names the place of a value.
    """
    details = error.errors(include_url=False)
    # A misspelt required key is both unknown and missing: one problem, told once.
    meant = {
        (detail["loc"][:-1], nearest(detail["loc"][-1], _fields(shapes, detail["loc"][:-1])))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    return [
        _finding(detail, shapes, where)
        for detail in details
        if not (detail["type"] == "missing" and (detail["loc"][:-1], detail["loc"][-1]) in meant)
    ]


def _finding(detail: ErrorDetails, shapes: Shapes, where: Where) -> Finding:
    loc = detail["loc"]
    what, advice = _words(detail, shapes)
    return Finding(where(_without_tag(loc)), what, advice)


def _words(detail: ErrorDetails, shapes: Shapes) -> tuple[str, str]:
    kind, loc, value = detail["type"], detail["loc"], detail["input"]
    context: dict[str, Any] = detail.get("ctx", {})
    key = loc[-1] if loc else ""
    about = _description(shapes, loc)
    if kind == "refused":
        return str(context["what"]), str(context["advice"])
    if kind == "extra_forbidden":
        known = _fields(shapes, loc[:-1])
        return f"unknown key {str(key)[:_SHOWN]!r}", instead(key, known, kind="key")
    if kind == "invalid_key":
        return f"the key {shown(value)} is not a text", "Quote it, or remove it."
    if kind == "missing":
        return f"{key!r} is missing", f"Add {key!r}: {about}"
    if kind == "union_tag_not_found":
        return "'type' is missing", f"Add 'type', one of {context_tags(shapes)}."
    if kind == "union_tag_invalid":
        tags = [name for *_, name in (place for place in shapes if len(place) > 1)]
        tag = context.get("tag", "")
        return f"unknown service type {str(tag)[:_SHOWN]!r}", instead(tag, tags, kind="type")
    if kind in {"literal_error", "enum"}:
        choices = str(context.get("expected", ""))
        return f"{shown(value)} is not possible here", _choice(value, choices)
    return _wrong_kind(kind, value, f"Correct {_named(loc)}: {about}", detail["msg"])


def _named(loc: Keys) -> str:
    return repr(next((key for key in reversed(loc) if isinstance(key, str)), "it"))


def _wrong_kind(kind: str, value: object, about: str, said: str) -> tuple[str, str]:
    wanted = _WANTED.get(kind)
    if wanted is None:
        # Limits ("greater than ...") are worded well enough by pydantic itself.
        limit = said.removeprefix("Input ").removeprefix("Value error, ")
        return f"{shown(value)} {limit}", about
    if wanted == "a text" and isinstance(value, int | float):
        spelt = shown(value)
        return f"{spelt} is not a text to YAML", f'Quote it, as in "{spelt}".'
    return f"{wanted} is expected here, not {shown(value)}", about


def context_tags(shapes: Shapes) -> str:
    """The service types, for a message."""
    return ", ".join(place[-1] for place in shapes if len(place) > 1)


def _choice(value: object, choices: str) -> str:
    words = [word.strip("'") for word in choices.replace(" or ", ", ").split(", ") if word]
    hint = nearest(value, words) if isinstance(value, str) else None
    one_of = f"Write one of {', '.join(words)}."
    return f"Did you mean {hint!r}? {one_of}" if hint else one_of


def _without_tag(loc: Keys) -> Keys:
    if len(loc) > 2 and loc[0] in _UNIONS:  # noqa: PLR2004 - list, index, tag
        return (*loc[:2], *loc[3:])
    return loc


def _shape(shapes: Shapes, loc: Keys) -> type[BaseModel] | None:
    return shapes.get(tuple(key for key in loc if isinstance(key, str)))


def _fields(shapes: Shapes, loc: Keys) -> list[str]:
    shape = _shape(shapes, loc)
    return list(shape.model_fields) if shape else []


def _description(shapes: Shapes, loc: Keys) -> str:
    names = tuple(key for key in loc if isinstance(key, str))
    shape = shapes.get(names[:-1]) if names else None
    field = shape.model_fields.get(names[-1]) if shape else None
    return (field.description or "") if field else "Write `key: value` lines below it."
