"""`docs/faults.md`: the fault kinds, the scenarios, and what came of each when it was played.

``python -m tests.end_to_end.scenarios.page`` writes it, from the table and the endings kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.fault_words import ABOUT
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.report.words import KINDS
from tests.end_to_end.scenarios.accidents import NOT_HERE, STORIES, Accident, Story
from tests.end_to_end.scenarios.measured import Measured, Met, forget_all_but, kept
from tests.end_to_end.scenarios.scenario import Scenario
from tests.end_to_end.scenarios.table import TABLE, all_of, telling

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
WORDS: Final = Path(__file__).with_name("page.md")
"""What a person wrote of it."""
_HEX: Final = re.compile(r"\b([0-9a-f]{6})[0-9a-f]{10,}\b")
_NEXT: Final = re.compile(r"\. Next: (.*?)(?=[,;] p1[ab]: p1/|$)")
"""What to do, of each member."""

Endings = Mapping[str, Mapping[str, Measured]]


def page(endings: Endings) -> str:
    """The whole page."""
    parts = {
        "KINDS": _kinds(),
        "EVENTS": ", ".join(f"`{event}`" for event in Event),
        "OVERVIEW": _overview(endings),
        "SCENARIOS": "\n\n".join(_platform(name, endings.get(name, {})) for name in TABLE),
        "STORIES": _stories(),
        "COUNT": str(sum(len(scenarios) for scenarios in TABLE.values())),
    }
    text = WORDS.read_text(encoding="utf-8")
    for word, part in parts.items():
        text = text.replace(f"{{{word}}}", part)
    return text


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _kinds() -> str:
    def rows() -> Iterator[Sequence[str]]:
        for name, about in sorted(ABOUT.items()):
            has = [f"`{one}`" for one, own in PERSONALITIES.items() if name in own.faults]
            params = ", ".join(f"`{key}`: {value}" for key, value in about.params.items())
            yield (
                f"`{name}`",
                about.says,
                params,
                "all" if len(has) == len(PERSONALITIES) else ", ".join(has),
            )

    return _table(("kind", "what happens", "parameters", "platforms"), rows())


def _overview(endings: Endings) -> str:
    def rows() -> Iterator[Sequence[str]]:
        for accident in Accident:
            yield accident, *(_cell(accident, platform, endings) for platform in TABLE)

    return _table(("accident", *(f"`{platform}`" for platform in TABLE)), rows())


def _cell(accident: Accident, platform: str, endings: Endings) -> str:
    why = NOT_HERE.get((platform, accident))
    if why is not None:
        return f"- ({why})" if why else "-"
    found = [(name, endings.get(platform, {}).get(name)) for name, _ in all_of(accident, platform)]
    return "<br>".join(f"{name}: {_ways(one)}" for name, one in found)


def _ways(measured: Measured | None) -> str:
    """A scenario's way in a few words: its holds with their answers, then its end."""
    if measured is None:
        return "not played yet"
    holds = [
        f"held ({one.kind})" + (f", {_answer(one)}" if one.answer else "") for one in measured.holds
    ]
    return " → ".join([*holds, f"**{measured.end}**"])


def _answer(met: Met) -> str:
    return f"{met.answer}" + (" at its deadline" if met.by == "deadline" else "")


def _platform(platform: str, endings: Mapping[str, Measured]) -> str:
    def rows() -> Iterator[Sequence[str]]:
        for name, scenario in TABLE[platform].items():
            yield from _rows(name, scenario, endings.get(name))

    head = ("scenario", "what goes wrong", "what a person reads", "what to do", "ends")
    return f"### `{platform}`\n\n{_table(head, rows())}"


def _rows(name: str, scenario: Scenario, measured: Measured | None) -> Iterator[Sequence[str]]:
    what = scenario.what or _in_words(scenario.script)
    if measured is None:
        yield name, what, "not played yet", "", ""
        return
    ends = f"**{measured.end}**" + (f"; owed: {', '.join(measured.owed)}" if measured.owed else "")
    if scenario.because:
        ends += f" ({scenario.because})"
    if not measured.holds:
        says, advice = _said(measured.says)
        yield name, what, says, advice or measured.advice, ends
        return
    for number, one in enumerate(measured.holds):
        is_first, is_last = number == 0, number == len(measured.holds) - 1
        says, advice = _said(one.says)
        chosen = (
            f"offered: {', '.join(f'**{it}**' if it == one.answer else it for it in one.options)}"
        )
        yield (
            name if is_first else "",
            what if is_first else "",
            f"{KINDS_BY_WORD[one.kind]}: {says}",
            f"{advice}; {chosen}" if advice else chosen,
            ends if is_last else f"{_answer(one)}, then" if one.answer else "",
        )


KINDS_BY_WORD: Final = {str(kind): words for kind, words in KINDS.items()}


def _said(text: str) -> tuple[str, str]:
    """(what happened, what to do), of a message."""
    text = _HEX.sub(r"\1…", text)
    advice = dict.fromkeys(found.rstrip(".") for found in _NEXT.findall(text))
    return _NEXT.sub("", text), "; ".join(advice)


def _in_words(script: str) -> str:
    return "<br>".join(_entry(one) for one in YAML(typ="safe", pure=True).load(script))


def _entry(entry: Mapping[str, Any]) -> str:
    params = "".join(f" {key}={value}" for key, value in (entry.get("params") or {}).items())
    whom = f" on {entry['on']}" if "on" in entry else ""
    lasts = f", for {entry['lasts']} s" if "lasts" in entry else ""
    return f"`{entry['fault']}{params}`{whom}{_when(entry.get('when'))}{lasts}"


def _when(when: Any) -> str:  # noqa: ANN401
    if isinstance(when, str):
        return f", at {when}"
    if not isinstance(when, dict):
        return ""
    at = when.get("at") or (f"`{when['command']}`" if "command" in when else "")
    words = [
        f"{when['after']} s" if "after" in when else "",
        {"after": "after"}.get(when.get("side", ""), "at" if at else "later"),
        f"login {when['nth']}" if "nth" in when and at == "login" else at,
        f"on {when['by']}" if "by" in when else "",
    ]
    return f", {' '.join(word for word in words if word)}"


def _stories() -> str:
    def rows() -> Iterator[Sequence[str]]:
        for number, story in STORIES.items():
            yield str(number), story.says, _tellers(number, story)

    return _table(("", "what happened elsewhere", "played by"), rows())


def _tellers(number: int, story: Story) -> str:
    names = dict.fromkeys(name for _, name in telling(number))
    return "; ".join(
        [*([", ".join(names)] if names else []), *([story.elsewhere] if story.elsewhere else [])]
    )


if __name__ == "__main__":
    forget_all_but({(platform, name) for platform, found in TABLE.items() for name in found})
    PAGE.write_text(page(kept()), encoding="utf-8")
