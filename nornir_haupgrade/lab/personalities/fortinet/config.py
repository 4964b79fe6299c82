"""``config``, ``edit``, ``set``, ``next``, ``end``: what is typed counts when its level is left.

There is no commit: ``next`` and ``end`` apply a table at once, and it travels to the other member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.personalities.fortinet import replication
from nornir_haupgrade.lab.personalities.fortinet.context import (
    At,
    Level,
    own_of,
    parse_error,
    show,
    value_error,
)
from nornir_haupgrade.lab.personalities.fortinet.schema import (
    INNER,
    PATHS,
    WITH_ENTRIES,
    fields,
    full_path,
)
from nornir_haupgrade.lab.personalities.fortinet.show_config import got, written
from nornir_haupgrade.lab.personalities.fortinet.tree import Node, ordered

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.personalities.fortinet.configuration import Configuration


def _moved(at: At, act: Act, effect: Effect = Effect.NONE) -> Outcome:
    """A line that goes to another level; the terminal's context is kept alike."""

    def whole() -> None:
        act()
        levels = own_of(at.terminal).levels
        at.terminal.context = levels[-1].title if levels else ""

    return Outcome(Reply(), effect, act=whole)


def enter(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``config PATH``, at the top or inside of a table."""
    typed, levels = " ".join(arguments), own_of(at.terminal).levels
    inner = list(INNER.get(levels[-1].path, ())) if levels else list(PATHS)
    path = full_path(typed, inner)
    if path is None:
        return parse_error(typed.split()[-1] if typed else "config")
    if levels:
        node = levels[-1].node.tables.get(path, Node()).copied()
    else:
        node = at.device.configuration.table(path).copied()
    return _moved(at, lambda: levels.append(Level(path, node)))


def edit(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``edit NAME``; one that is not there is made. 0 is the next free number."""
    levels = own_of(at.terminal).levels
    level, name = levels[-1], arguments[0].strip('"')
    if level.name is not None or level.path not in WITH_ENTRIES:
        return parse_error("edit")
    if name == "0":
        taken = [int(one) for one in level.node.entries if one.isdigit()]
        name = str(max(taken, default=0) + 1)
    node = level.node.entries.get(name, Node()).copied()
    return _moved(at, lambda: levels.append(Level(level.path, node, name)))


def _can_set(level: Level) -> bool:
    return level.name is not None or level.path not in WITH_ENTRIES


def put(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``set KEY VALUE``."""
    level = own_of(at.terminal).levels[-1]
    key, _, value = arguments[0].partition(" ")
    known = fields(level.path, at.version)
    full = full_path(key, known)
    if full is None or not _can_set(level):
        return parse_error(key if full is None else "set")
    if not value.strip():
        return parse_error(key)
    stored = known[full].accepted(value.strip())
    if stored is None:
        return value_error(value.split()[0])

    def act() -> None:
        level.node.settings[full] = stored
        ordered(level.node, known)

    return Outcome(Reply(), act=act)


def unset(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``unset KEY``: its default again."""
    level = own_of(at.terminal).levels[-1]
    full = full_path(arguments[0], fields(level.path, at.version))
    if full is None:
        return parse_error(arguments[0])

    def act() -> None:
        level.node.settings.pop(full, None)

    return Outcome(Reply(), act=act)


def delete(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``delete NAME``: an entry of the table."""
    level, name = own_of(at.terminal).levels[-1], arguments[0].strip('"')
    if level.name is not None or name not in level.node.entries:
        # the text of an entry that is not there is FortiOS's as it is commonly quoted
        return parse_error(name, -3)

    def act() -> None:
        level.node.entries.pop(name, None)

    return Outcome(Reply(), act=act)


def _close(levels: list[Level]) -> None:
    """Leave the innermost level: what was typed is in the one around it."""
    level = levels.pop()
    if levels:
        around = levels[-1].node
        if level.name is not None:
            around.entries[level.name] = level.node
        else:
            around.tables[level.path] = level.node


def leave_entry(at: At, _: tuple[str, ...]) -> Outcome:
    """``next``: the entry counts, its table goes on."""
    levels = own_of(at.terminal).levels
    if levels[-1].name is None:
        return parse_error("next")
    return _left(at, 1)


def end(at: At, _: tuple[str, ...]) -> Outcome:
    """``end``: the table counts and is left, an open entry with it."""
    levels = own_of(at.terminal).levels
    return _left(at, 1 if levels[-1].name is None else 2)


def _left(at: At, number: int) -> Outcome:
    levels = own_of(at.terminal).levels
    ahead = [Level(one.path, one.node.copied(), one.name) for one in levels]
    top = ahead[0]
    for _ in range(number):
        _close(ahead)
    # what is inside of an entry that is still open does not count yet
    is_whole = not ahead or (len(ahead) == 1 and levels[-1].name is not None)
    device, path = at.device, top.path
    effect = _effect(device.configuration, path, top.node) if is_whole else Effect.NONE

    def act() -> None:
        for _ in range(number):
            _close(levels)
        if effect is not Effect.NONE:
            device.configuration.replace(path, top.node.copied())
            device.configured()
            replication.spread(device, path)

    return _moved(at, act, effect)


def _effect(configuration: Configuration, path: str, new: Node) -> Effect:
    """What a table that is left changes."""
    after = configuration.copied()
    after.replace(path, new.copied())
    if after.table(path) == configuration.table(path):
        return Effect.NONE
    if path == "system ha":
        for key, effect in (("override", Effect.PREEMPT), ("priority", Effect.PRIORITY)):
            if after.value(path, key) != configuration.value(path, key):
                return effect
    return Effect.CONFIG


def abort(at: At, _: tuple[str, ...]) -> Outcome:
    """``abort``: nothing that was typed since ``config`` counts."""
    return _moved(at, own_of(at.terminal).levels.clear)


def show_level(at: At, _: tuple[str, ...]) -> Outcome:
    """``show``: the level as it would be."""
    level = own_of(at.terminal).levels[-1]
    return show(*written(level.path, level.node, level.name))


def show_level_full(at: At, _: tuple[str, ...]) -> Outcome:
    """``show full-configuration``: with defaults."""
    level = own_of(at.terminal).levels[-1]
    return show(*written(level.path, level.node, level.name, version=at.version))


def get_level(at: At, _: tuple[str, ...]) -> Outcome:
    """``get``: the level's settings, or its entries' names."""
    level = own_of(at.terminal).levels[-1]
    return show(*got(level.path, level.node, at.version))
