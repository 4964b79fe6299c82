"""Fault scripts: a YAML list of faults, read strictly; every finding has its file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.fault_kinds import WHOM
from nornir_haupgrade.lab.fault_words import ABOUT, Value
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.spec import FAULT_WORDS, WHEN_WORDS, Fault, Moment, Platform, fault_from

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.lab.spec import LabSpec

Keys: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The pairs that a script is for: what each is made of, and its members."""

    pairs: Mapping[str, tuple[Platform, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: LabSpec) -> Known:
        """Those of a lab."""
        return cls(
            {
                pair.name: (pair.platform, tuple(member.name for member in pair.members))
                for pair in spec.pairs
            }
        )

    @classmethod
    def from_plain(cls, pairs: Mapping[str, Mapping[str, Any]]) -> Known:
        """Those that a running lab's control channel names."""
        return cls(
            {
                name: (Platform(one["platform"]), tuple(one["members"]))
                for name, one in pairs.items()
            }
        )

    def plain(self) -> dict[str, dict[str, Any]]:
        """For the control channel."""
        return {
            name: {"platform": str(platform), "members": list(members)}
            for name, (platform, members) in self.pairs.items()
        }

    @property
    def members(self) -> list[str]:
        """Of all pairs."""
        return [name for _, members in self.pairs.values() for name in members]

    def meant(self, entry: Mapping[str, Any]) -> list[Platform]:
        """The platforms of the pairs that an entry is about."""
        when = entry.get("when")
        by = when.get("by") if isinstance(when, dict) else None
        named = {entry.get("pair"), entry.get("on"), by}
        found = {
            platform for name, (platform, members) in self.pairs.items() if named & {name, *members}
        }
        return sorted(found or {platform for platform, _ in self.pairs.values()} or Platform)


def read_script(path: Path, known: Known) -> tuple[Fault, ...]:
    """The faults of a script.

    Raises:
        BadInput: What is wrong with it, every finding at once.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        content = YAML(typ="rt", pure=True).load(path)
    except OSError as error:
        raise BadInput(
            f"{path}: {error.strerror}", advice="name a fault script, or a kind of fault"
        ) from None
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        what = error.problem if isinstance(error, MarkedYAMLError) else "it is no YAML"
        raise BadInput(f"{where}: {what}", advice="correct the YAML") from None
    if not isinstance(content, list):
        raise BadInput(f"{path}: a list of faults is expected", advice="begin each with `- fault:`")
    return read_entries(content, known, where=lambda keys: _place(path, content, keys))


def read_entries(
    entries: Sequence[Any],
    known: Known,
    *,
    where: Any = None,  # noqa: ANN401
) -> tuple[Fault, ...]:
    """The same of entries that come from elsewhere; ``where`` names the place of a value."""
    name = where or (lambda keys: ".".join(str(key) for key in keys if isinstance(key, str)))
    findings = [
        Finding(name((number, *keys)), what, advice)
        for number, entry in enumerate(entries)
        for keys, what, advice in _wrong(entry, known)
    ]
    if findings:
        raise BadInput.from_findings(findings)
    return tuple(fault_from(_plain(entry)) for entry in entries)


def _place(path: Path, content: Any, keys: Keys) -> str:  # noqa: ANN401
    """File, line and key of a value; the line of the nearest one above it if it is not written."""
    node, line = content, 0
    for key in keys:
        spot: Any = getattr(node, "lc", None)
        try:
            line = spot.item(key)[0] if isinstance(key, int) else spot.key(key)[0]
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    shown = ".".join(str(key) for key in keys if isinstance(key, str))
    return f"{path}:{line + 1}: {shown}" if shown else f"{path}:{line + 1}"


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Without ruamel's own classes."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


Wrong: TypeAlias = tuple[Keys, str, str]


def _wrong(entry: Any, known: Known) -> Iterator[Wrong]:  # noqa: ANN401
    """What is wrong with one fault: where, what, and what to do about it."""
    if not isinstance(entry, dict):
        yield (), "a mapping with `fault` is expected", "write `- fault: KIND`"
        return
    yield from _unknown_keys(entry, FAULT_WORDS, ())
    yield from _whom(entry, known)
    yield from _when(entry.get("when"), known)
    if "lasts" in entry and not Value.SECONDS.takes(entry["lasts"]):
        yield ("lasts",), f"{entry['lasts']!r} is no number of seconds", "write seconds, as in 20"
    kinds = {name for platform in known.meant(entry) for name in PERSONALITIES[platform].faults}
    kind = entry.get("fault")
    if kind is None:
        yield (), "`fault` is missing", "say which kind: see `haupgrade lab faults`"
    elif kind not in kinds:
        elsewhere = " here" if kind in ABOUT else ""
        yield ("fault",), f"there is no fault {kind!r}{elsewhere}", _instead(kind, kinds)
    else:
        yield from _params(str(kind), entry.get("params"))


def _unknown_keys(data: Mapping[Any, Any], words: Iterable[str], at: Keys) -> Iterator[Wrong]:
    for key in data:
        if key not in words:
            yield (*at, str(key)), f"unknown key {str(key)!r}", _instead(key, words)


def _whom(entry: Mapping[str, Any], known: Known) -> Iterator[Wrong]:
    choices = {"on": [*known.members, *WHOM], "pair": list(known.pairs)}
    for key, names in choices.items():
        if known.pairs and entry.get(key) is not None and entry[key] not in names:
            yield (key,), f"there is no {entry[key]!r}", _instead(entry[key], names)


def _when(when: Any, known: Known) -> Iterator[Wrong]:  # noqa: ANN401
    if when is None or Value.SECONDS.takes(when):
        return
    if isinstance(when, str):
        yield from _among(when, list(Event), ("when",), "event")
        return
    if not isinstance(when, dict):
        yield ("when",), "an event, seconds or a mapping is expected", "write `when: reload`"
        return
    yield from _unknown_keys(when, WHEN_WORDS, ("when",))
    if "at" in when:
        yield from _among(when["at"], list(Event), ("when", "at"), "event")
    if "side" in when:
        yield from _among(when["side"], list(Moment), ("when", "side"), "side")
    if "by" in when and known.pairs:
        yield from _among(when["by"], known.members, ("when", "by"), "member")
    wanted = {"after": Value.SECONDS, "nth": Value.COUNT, "command": Value.TEXT}
    yield from _values(when, wanted, ("when",))


def _among(word: Any, words: Sequence[str], at: Keys, what: str) -> Iterator[Wrong]:  # noqa: ANN401
    if word not in words:
        yield at, f"there is no {what} {word!r}", _instead(word, words)


def _params(kind: str, params: Any) -> Iterator[Wrong]:  # noqa: ANN401
    about = ABOUT.get(kind)
    if params is None or about is None:
        return
    if not isinstance(params, dict):
        yield ("params",), "a mapping is expected", "write `params: {seconds: 20}`"
        return
    yield from _unknown_keys(params, about.params, ("params",))
    yield from _values(params, about.params, ("params",))


def _values(data: Mapping[str, Any], wanted: Mapping[str, Value], at: Keys) -> Iterator[Wrong]:
    for key, value in data.items():
        kind = wanted.get(str(key))
        if kind is not None and not kind.takes(value):
            yield (*at, str(key)), f"{value!r} is not {kind}", f"write {kind}"


def _instead(word: object, known: Iterable[str]) -> str:
    """The nearest known word, and which ones there are."""
    words = sorted(str(name) for name in known)
    near = difflib.get_close_matches(str(word), words, n=1)
    every = f"known are {', '.join(words)}" if words else "none takes any"
    return f"did you mean {near[0]!r}? {every}" if near else every
