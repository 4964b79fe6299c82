"""Fault scripts: a YAML list of faults, read strictly; every finding has its file, line and key."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.fault_file import Keys, read_written
from nornir_haupgrade.lab.fault_kinds import WHOM
from nornir_haupgrade.lab.fault_words import ABOUT, Value
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.spec import FAULT_WORDS, WHEN_WORDS, Fault, Moment, Platform, fault_from

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.lab.spec import LabSpec

_ROLES = tuple(WHOM)
"""To be looked through by what cannot be hashed, too: any value may stand in a script."""
_LONGEST = 60
"""Characters of a value that is quoted."""


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

    def among(self, pair: object, *members: object) -> tuple[str, ...]:
        """The pairs that have all that is named: what a fault names says which it is for.

        Args:
            pair: Its name; None: any.
            members: Names, or the words that stand for one, or None.
        """
        wanted = [one for one in members if one is not None and one not in _ROLES]
        return tuple(
            name
            for name, (_, own) in self.pairs.items()
            if pair in (None, name) and all(one in own for one in wanted)
        )

    def aimed(self, fault: Fault) -> tuple[str, ...]:
        """The pairs that a fault is for: that of whom it names, else all that have its kind."""
        names = self.among(fault.pair, fault.member, fault.when.by)
        if fault.pair or fault.when.by or fault.member not in {None, *_ROLES}:
            return names
        return tuple(
            name for name in names if fault.name in PERSONALITIES[self.pairs[name][0]].faults
        )

    def kinds(self, entry: Mapping[str, Any]) -> set[str]:
        """The kinds that the pairs know which an entry is for; of all pairs, if it is for none."""
        names = self.among(entry.get("pair"), entry.get("on"), _by(entry)) or tuple(self.pairs)
        platforms = {self.pairs[name][0] for name in names} or set(Platform)
        return {kind for platform in platforms for kind in PERSONALITIES[platform].faults}


def read_script(path: Path, known: Known) -> tuple[Fault, ...]:
    """The faults of a script.

    Raises:
        BadInput: What is wrong with it, every finding at once.
    """
    written = read_written(path)
    if not isinstance(written.content, list):
        raise BadInput(f"{path}: a list of faults is expected", advice="begin each with `- fault:`")
    return read_entries(written.content, known, where=written.place)


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
    return tuple(fault_from(entry) for entry in entries)


Wrong: TypeAlias = tuple[Keys, str, str]


def _wrong(entry: Any, known: Known) -> Iterator[Wrong]:  # noqa: ANN401
    """What is wrong with one fault: where, what, and what to do about it."""
    if not isinstance(entry, dict):
        yield (), "a mapping with `fault` is expected", "write `- fault: KIND`"
        return
    yield from _unknown_keys(entry, FAULT_WORDS, ())
    yield from _whom(entry, known)
    yield from _when(entry.get("when"), known)
    yield from _together(entry, known)
    if "lasts" in entry and not Value.SECONDS.takes(entry["lasts"]):
        yield ("lasts",), f"{_shown(entry['lasts'])} is no number of seconds", "write as in 20"
    kind, kinds = entry.get("fault"), known.kinds(entry)
    if kind is None:
        yield (), "`fault` is missing", "say which kind: see `haupgrade lab faults`"
    elif not isinstance(kind, str):
        yield _no_word(kind, ("fault",))
    elif kind not in kinds:
        elsewhere = " here" if kind in ABOUT else ""
        yield ("fault",), f"there is no fault {kind!r}{elsewhere}", _instead(kind, kinds)
    else:
        yield from _params(kind, entry.get("params"))


def _unknown_keys(data: Mapping[Any, Any], words: Iterable[str], at: Keys) -> Iterator[Wrong]:
    for key in data:
        if key not in words:
            word = key if isinstance(key, str) else _shown(key)
            yield (*at, word), f"unknown key {word!r}", _instead(word, words)


def _whom(entry: Mapping[str, Any], known: Known) -> Iterator[Wrong]:
    choices = {"on": [*known.members, *WHOM], "pair": list(known.pairs)}
    for key, names in choices.items():
        if entry.get(key) is None:
            continue
        if not isinstance(entry[key], str):
            yield _no_word(entry[key], (key,))
        elif known.pairs and entry[key] not in names:
            yield (key,), f"there is no {entry[key]!r}", _instead(entry[key], names)


def _together(entry: Mapping[str, Any], known: Known) -> Iterator[Wrong]:
    """Names that there are, but not in one pair: such a fault could strike nobody."""
    pair, on, by = entry.get("pair"), entry.get("on"), _by(entry)
    if known.among(pair, on, by) or not all(known.among(*names) for names in ((pair,), (None, on))):
        return
    key, member = (("when", "by"), by) if known.among(pair, on) else (("on",), on)
    home = known.among(None, member)
    if home:
        other = pair if pair is not None else known.among(None, on)[0]
        advice = "name a pair and its own members; an entry for each of several pairs"
        yield key, f"{member!r} is a member of {home[0]!r}, not of {other!r}", advice


def _by(entry: Mapping[str, Any]) -> object:
    when = entry.get("when")
    return when.get("by") if isinstance(when, dict) else None


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
    wanted = {"after": Value.SECONDS, "nth": Value.NTH, "command": Value.TEXT}
    yield from _values(when, wanted, ("when",))
    yield from _waited_for(when)


def _waited_for(when: Mapping[str, Any]) -> Iterator[Wrong]:
    """Too many events, or none where the rest of it is about one."""
    events = [key for key in ("at", "command") if key in when]
    if len(events) > 1:
        advice = "leave one out: what happens, or how the command begins"
        yield ("when", "command"), "`at` is given besides", advice
    if events:
        return
    advice = "add `at`, an event, or `command`, how a command begins"
    for key in ("by", "nth", "side"):
        if key in when:
            yield ("when", key), f"`{key}` is about an event, and none is named", advice
    if not when:
        yield ("when",), "it is empty", f"{advice}; or leave it out, for at once"


def _among(word: Any, words: Sequence[str], at: Keys, what: str) -> Iterator[Wrong]:  # noqa: ANN401
    if word not in words:
        yield at, f"there is no {what} {_shown(word)}", _instead(word, words)


def _params(kind: str, params: Any) -> Iterator[Wrong]:  # noqa: ANN401
    if params is None:
        return
    if not isinstance(params, dict):
        yield ("params",), "a mapping is expected", "write `params: {seconds: 20}`"
        return
    yield from _unknown_keys(params, ABOUT[kind].params, ("params",))
    yield from _values(params, ABOUT[kind].params, ("params",))


def _values(data: Mapping[Any, Any], wanted: Mapping[str, Value], at: Keys) -> Iterator[Wrong]:
    for key, kind in wanted.items():
        if key in data and not kind.takes(data[key]):
            yield (*at, key), f"{_shown(data[key])} is not {kind}", f"write {kind}"


def _no_word(value: object, at: Keys) -> Wrong:
    return at, f"one word is expected, not {_shown(value)}", "write an entry for each of several"


def _shown(value: object) -> str:
    """A value as somebody wrote it, more or less: the beginning of a long one."""
    begins = reprlib.Repr()  # a few anchors can make a list huge
    begins.maxlevel, begins.maxstring, begins.maxother = 2, _LONGEST, _LONGEST
    try:
        text = begins.repr(value)
    except ValueError:  # a number of thousands of digits, which was written in another base
        return "a huge number"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _instead(word: object, known: Iterable[str]) -> str:
    """The nearest known word, and which ones there are."""
    words = sorted(str(name) for name in known)
    near = difflib.get_close_matches(word if isinstance(word, str) else "", words, n=1)
    every = f"known are {', '.join(words)}" if words else "none takes any"
    return f"did you mean {near[0]!r}? {every}" if near else every
