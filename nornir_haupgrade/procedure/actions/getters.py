"""NAPALM's getters: what each member showed before us, and shows after its upgrade."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from nornir_haupgrade.errors import ConnectFailed, HAUpgradeError
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.getters import as_before, distinct, readable
from nornir_haupgrade.model import MemberId, Sha256, Verdict
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Driver, Getters
from nornir_haupgrade.procedure.actions.context import Context, error_verdict
from nornir_haupgrade.settings import Getter
from nornir_haupgrade.settings.getters import chosen

_PAUSE = 2.0
_LONGEST_PAUSE = 30.0
"""Seconds between two readings while a member settles, doubled each time: each is a login."""
_SECRET = re.compile(
    r"(?i)pass(word|wd|phrase)?|secret|sshkeys?|community|\w*auth\w*key|private_?key|psk"
)

Answers: TypeAlias = Mapping[str, object]
"""Name of a getter in ha.getters -> what it returned, or the error."""


def wanted(pair: Pair) -> tuple[Getter, ...]:
    """What is read of both members; the platform's own list counts where NAPALM reaches both."""
    given = pair.config.getters
    is_asked = given is not None and any(not one.is_left_out for one in given)
    if not is_asked and None in map(pair.getters_of, pair.names):
        return ()
    return chosen(given, pair.kind.GETTERS)


def checks_of(pair: Pair) -> list[Check]:
    """Whether they can be read at all; nothing where none is wanted."""
    getters = wanted(pair)
    if not getters:
        return []
    answers = _read(pair, pair.names, getters)
    return [Check("getters", combine(_readable(answers, getters)))]


def recorded(ctx: Context, rows: list[tuple[str, str]]) -> list[Check]:
    """The baseline: each answer kept as evidence, its hash in the history."""
    getters = wanted(ctx.pair)
    if not getters:
        return []
    kept: dict[MemberId, dict[str, object]] = {}
    for member, answers in _read(ctx.pair, ctx.pair.names, getters).items():
        kept[member] = dict(answers)
        for name, answer in answers.items():
            try:
                digest, kept[member][name] = _kept(ctx, answer)
            except HAUpgradeError as error:
                kept[member][name] = error
                continue
            rows.append((f"getter:{member}:{name}", digest))
    return [Check("getters", combine(_readable(kept, getters)))]


def compared(ctx: Context, member: MemberId) -> list[Check]:
    """A member against its own baseline; what is not as before is read again until it settles."""
    getters = wanted(ctx.pair)
    deadlines = {one.name: ctx.deadline(one.settle) for one in getters}
    verdicts: dict[str, Verdict] = {}
    waiting, pause = getters, _PAUSE
    while waiting:
        answers = _read(ctx.pair, (member,), waiting)[member]
        verdicts |= {one.name: _judged(ctx, member, one, answers[one.name]) for one in waiting}
        waiting = tuple(
            one
            for one in waiting
            if not verdicts[one.name].is_good and not deadlines[one.name].is_over
        )
        if not waiting or ctx.cancel.is_set():
            break
        ctx.tell("; ".join(verdicts[one.name].reason for one in waiting))
        ctx.wait(min(pause, max(deadlines[one.name].left for one in waiting)))
        pause = min(2 * pause, _LONGEST_PAUSE)
    return [Check(name, verdict) for name, verdict in verdicts.items()]


def _read(
    pair: Pair, members: Sequence[MemberId], getters: Sequence[Getter]
) -> dict[MemberId, Answers]:
    """All of them in one piece of work, so in one session of NAPALM's; errors travel as answers."""

    def read(name: MemberId, _: Driver) -> Answers:
        napalm = pair.getters_of(name)
        if napalm is None:
            raise HAUpgradeError(
                "ha.getters are to be read, but nothing says how NAPALM reaches the member",
                advice="add connection_options: napalm: to its group, or set ha.getters to []",
            )
        return _answers(napalm, getters)

    return {
        name: {one.name: found for one in getters} if isinstance(found, HAUpgradeError) else found
        for name, found in pair.each(read, members).items()
    }


def _answers(napalm: Getters, getters: Sequence[Getter]) -> Answers:
    found: dict[str, object] = {}
    lost: ConnectFailed | None = None
    for one in getters:
        if lost is not None:  # asking again would be another login
            found[one.name] = lost
            continue
        try:
            found[one.name] = napalm.get(one.getter, **dict(one.options))
        except ConnectFailed as error:
            found[one.name] = lost = error
        except HAUpgradeError as error:
            found[one.name] = error
    return found


def _readable(answers: Mapping[MemberId, Answers], getters: Sequence[Getter]) -> list[Check]:
    found: list[Check] = []
    facts: list[tuple[MemberId, Mapping[str, object]]] = []
    for member, own in answers.items():
        for one in getters:
            answer = own[one.name]
            if isinstance(answer, HAUpgradeError):
                found.append(Check(one.name, error_verdict(answer)))
            else:
                found.append(Check(one.name, readable(member, one, answer)))
            if one.getter == "get_facts" and isinstance(answer, Mapping):
                facts.append((member, answer))
    return [*found, Check("devices", distinct(facts))]


def _judged(ctx: Context, member: MemberId, one: Getter, answer: object) -> Verdict:
    digest = ctx.baseline.get(f"getter:{member}:{one.name}")
    try:
        before = _read_back(ctx, digest) if digest else None
        # Both have been through the evidence, which holds no secret of the inventory.
        _, now = _kept(ctx, answer)
    except HAUpgradeError as error:
        return error_verdict(error)
    return as_before(member, one, before, now)


def _kept(ctx: Context, answer: object) -> tuple[Sha256, object]:
    """Keep an answer without secrets: its hash, and how it reads when it is read back."""
    if isinstance(answer, HAUpgradeError):
        raise answer
    text = json.dumps(_masked(answer), indent=1, sort_keys=True, default=str)
    digest = ctx.evidence.put_raw(f"{text}\n")
    ctx.raw.append(digest)
    return digest, _read_back(ctx, digest)


def _read_back(ctx: Context, digest: Sha256) -> object:
    text = ctx.evidence.get_raw(digest)
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise HAUpgradeError(
            f"what NAPALM read and was kept as raw/{digest}.txt cannot be read back: {error}",
            advice="a password of the inventory may be a number that occurs in it: change it, or "
            "leave the getter out of ha.getters",
        ) from error
    return found


def _masked(value: object) -> object:
    """An answer without passwords, keys and communities."""
    if isinstance(value, Mapping):
        return {
            str(key): _hidden(inner) if _SECRET.fullmatch(str(key)) else _masked(inner)
            for key, inner in value.items()
        }
    return [_masked(inner) for inner in value] if isinstance(value, list | tuple) else value


def _hidden(value: object) -> object:
    """What is secret: as a value, in a list, or as the name of something (a community)."""
    if isinstance(value, Mapping):
        names = sorted(value, key=str)
        return {f"*** {number}": _masked(value[name]) for number, name in enumerate(names, start=1)}
    if isinstance(value, list | tuple):
        return [_hidden(inner) for inner in value]
    return "***" if value else value
