"""Is a member's configuration whole after it changed its software?"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from nornir_haupgrade.gates.combine import Check, combine, listed
from nornir_haupgrade.model import MemberId, Status, Verdict

Files: TypeAlias = Mapping[str, str]
"""Name of a configuration file in the backup -> its text."""
Interfaces: TypeAlias = tuple[tuple[str, bool], ...]
"""(name, is up)."""

_WIDTH = 100
_SECRET = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase)?|secret|psk|(?:pre-?shared|private|auth\w*|encr\w*)?-?key"
    r"|community|hash)\b.+"
)


def whole(
    member: MemberId,
    before: Files | None,
    after: Files | None,
    interfaces_before: Interfaces | None,
    interfaces_after: Interfaces | None,
    *,
    more: Sequence[Check] = (),
) -> Verdict:
    """No line and no interface was lost; every lost line is in the facts.

    Lines are compared without regard to blank lines and trailing blanks. Where there is no backup
    of the old version, nothing was compared, and that is a warning: a person has to look. What else
    was judged of the member joins in.
    """
    return combine(
        [
            Check("configuration", _configuration(member, before, after)),
            Check("interfaces", _interfaces(member, interfaces_before, interfaces_after)),
            *more,
        ]
    )


def alike(one: MemberId, its: Files, other: MemberId, others: Files) -> Verdict:
    """Both members' configurations hold the same lines; each line that one lacks is in the facts.

    A line that names the member itself, such as its host name, differs and is meant to.
    """
    if not its or not others:
        empty = one if not its else other
        return Verdict(Status.ERROR, f"{empty}: its configuration could not be read")
    facts: list[tuple[str, str]] = []
    for name in sorted(its.keys() | others.keys()):
        here, there = _lines(its.get(name, "")), _lines(others.get(name, ""))
        facts += [(f"only on {one}", f"{name}:{at}: {_shown(t)}") for at, t in _lost(here, there)]
        facts += [(f"only on {other}", f"{name}:{at}: {_shown(t)}") for at, t in _lost(there, here)]
    if facts:
        lines = listed([f"{where}: {text}" for where, text in facts], most=5)
        reason = f"{one} and {other} differ in {len(facts)} lines: {lines}"
        return Verdict(Status.WARN, reason, tuple(facts))
    return Verdict(Status.PASS, f"{one} and {other} hold the same lines")


def _configuration(member: MemberId, before: Files | None, after: Files | None) -> Verdict:
    if not after:
        return Verdict(Status.ERROR, f"{member}: its configuration could not be read")
    if before is None:
        return Verdict(Status.WARN, f"{member}: no backup of the old version to compare with")
    if not before:
        return Verdict(Status.ERROR, f"{member}: the backup of the old version holds no file")
    lost: list[str] = []
    added: list[str] = []
    moved: list[str] = []
    count = 0
    for name in sorted(before):
        old = _lines(before[name])
        if name not in after:
            lost.append(f"{name}: the whole file ({len(old)} lines)")
            count += len(old)
            continue
        new = _lines(after[name])
        gone = _lost(old, new)
        lost += [f"{name}:{at}: {_shown(line)}" for at, line in gone]
        count += len(gone)
        added += [f"{name}:{at}: {_shown(line)}" for at, line in _lost(new, old)]
        if _is_reordered(old, new):
            moved.append(name)
    added += [f"{name}: a new file" for name in sorted(after.keys() - before.keys())]
    facts = (
        *(("lost", text) for text in lost),
        *(("added", text) for text in added),
        *(("order changed", name) for name in moved),
    )
    if lost:
        reason = f"{member} lost {count} line{'' if count == 1 else 's'}: {listed(lost, most=5)}"
        return Verdict(Status.FAIL, reason, facts)
    if moved:
        reason = f"{member}: no line lost, but their order changed in {listed(moved)}"
        return Verdict(Status.WARN, reason, facts)
    more = f", {len(added)} added" if added else ""
    return Verdict(Status.PASS, f"{member}: no line lost{more}", facts)


def _interfaces(member: MemberId, before: Interfaces | None, after: Interfaces | None) -> Verdict:
    if not after:
        return Verdict(Status.ERROR, f"{member}: the state of its interfaces could not be read")
    now = dict(after)
    down = sorted(name for name, is_up in now.items() if not is_up)
    if not before:
        also = f"; down now: {', '.join(down)}" if down else ""
        return Verdict(Status.WARN, f"{member}: not known which were up before{also}")
    lost = [
        f"{name} {'is down' if name in now else 'is gone'}"
        for name, was_up in before
        if was_up and not now.get(name)
    ]
    if lost:
        return Verdict(Status.FAIL, f"{member}: {', '.join(lost)}; up before the upgrade")
    still = f"; down as before: {', '.join(down)}" if down else ""
    return Verdict(Status.PASS, f"{member}: all as before{still}")


def _lines(text: str) -> list[tuple[int, str]]:
    """(line number, line), blank lines left out."""
    lines = enumerate(text.splitlines(), start=1)
    return [(at, line.rstrip()) for at, line in lines if line.strip()]


def _lost(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """What ``old`` has more often than ``new``; of equal lines, the ones that a diff points at."""
    texts, others = [line for _, line in old], [line for _, line in new]
    missing = Counter(texts) - Counter(others)
    if not missing:
        return []
    found = []
    for tag, start, end, _, _ in difflib.SequenceMatcher(None, texts, others).get_opcodes():
        if tag in {"delete", "replace"}:
            for at, line in old[start:end]:
                if missing[line] > 0:
                    missing[line] -= 1
                    found.append((at, line))
    return found


def _is_reordered(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> bool:
    """Whether lines that occur once on both sides have another order: that of rules matters."""
    counts, others = Counter(line for _, line in old), Counter(line for _, line in new)
    single = {line for line, count in counts.items() if count == 1 and others[line] == 1}
    return [line for _, line in old if line in single] != [
        line for _, line in new if line in single
    ]


def _shown(line: str) -> str:
    """Fit for reports: short, printable, and without what follows a word like "password"."""
    text = "".join(sign if sign.isprintable() else "?" for sign in line.strip())
    text = _SECRET.sub(r"\1 (hidden)", text)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
