from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.records import Action, By, Choice, Decided, Record, Result, Run

# Seconds as a float are exact to the microsecond for some 270 years; beyond, encoding refuses.
LONG = timedelta(days=90_000)


def strategy_for(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a class or a form
    """Any value of a type, from the type alone: nothing here knows how records are written."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of([strategy_for(arg) for arg in args])
    if origin is tuple and args[-1] is ...:
        return st.lists(strategy_for(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(strategy_for(arg) for arg in args))
    if origin is frozenset:
        return st.frozensets(strategy_for(args[0]), max_size=3)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        parts = {item.name: strategy_for(hints[item.name]) for item in fields(hint)}
        return st.builds(hint, **parts)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=12),
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        timedelta: st.timedeltas(min_value=-LONG, max_value=LONG),
        types.NoneType: st.none(),
    }
    return plain[hint]


def decided(number: int = 0, why: str = "") -> Record:
    return Decided(number, Choice.RETRY, By.PERSON, "anna", why)


def result(reason: str) -> Result:
    return Result(Run(Action.LOOK, ("p1a",)), Verdict(Status.PASS, reason), None)
