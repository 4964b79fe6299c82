"""``reload``, ``write``, ``copy``, ``delete``, ``enable`` and what is set for one terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import checksum
from nornir_haupgrade.lab.personalities.cisco_asa.context import FULL, At
from nornir_haupgrade.lab.personalities.cisco_asa.history import Why
from nornir_haupgrade.lab.personalities.cisco_asa.show_files import spaced
from nornir_haupgrade.lab.personalities.cisco_asa.versions import disk_name, flash_path
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.answers import show, text_of, wrong
from nornir_haupgrade.lab.terminal.question import Answering, Question

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Act
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa

YES, NO = "Yes", "No"
SAVE_QUESTION = Question("System config has been modified. Save? [Y]es/[N]o: ", among=(YES, NO))
RELOAD_QUESTION = Question("Proceed with reload? [confirm]", Answering.KEY)
PASSWORD = Question("Password: ", Answering.STARS)
WRONG_PASSWORD = Question("Invalid password\nPassword: ", Answering.STARS)
USERNAME = Question("Username: ")
_ATTEMPTS = 3
_LONGEST = 2_147_483_647
_SHUTDOWN = ("***", "*** --- START GRACEFUL SHUTDOWN ---", "Shutting down isakmp")
_SHUT_DOWN = ("Shutting down File system", "", "", "", "***", "*** --- SHUTDOWN NOW ---")


def _saved(asa: Asa) -> str:
    """What saving prints."""
    running = asa.configuration.running
    size = len("\n".join(sections.rendered(running)))
    digest = spaced(checksum(running))
    return text_of(f"Cryptochecksum: {digest} ", "", f"{size} bytes copied in 0.670 secs")


def save(at: At) -> Act:
    """Save on this unit; what is saved on the active is saved on the standby too."""

    def act() -> None:
        for unit in at.units:
            if unit.take("save_lost") is None:
                unit.configuration.save(at.now)

    return act


def write_memory(at: At, _: tuple[str, ...]) -> Outcome:
    """``write memory`` and ``copy running-config startup-config``: replicated by the active."""
    said = f"Building configuration...\n{_saved(at.asa)}[OK]\n"
    return Outcome(Reply(stdout=said), Effect.SAVE, act=save(at))


def write_standby(at: At, _: tuple[str, ...]) -> Outcome:
    """``write standby``: the standby's configuration is cleared, and its logins with it.

    It is not saved there (Cisco's document 115999). The lab's own wordings: the refusals.
    """
    if not at.asa.is_active:
        return wrong("ERROR: This command can only be entered on the active unit")
    if not at.hears_mate or at.mate.role is not HaState.BACKUP:
        return wrong("ERROR: Failed to communicate with the failover mate")

    def act() -> None:
        at.mate.hang_up()
        at.pair.sessions.forget(at.mate)
        at.mate.course.join(Why.MISMATCH)
        at.pair.changed()

    said = text_of("Building configuration...", "[OK]")
    return Outcome(Reply(stdout=said), Effect.CONFIG_SYNC, act=act)


def reload(at: At, _: tuple[str, ...]) -> Outcome:
    """``reload``, all of its questions answered: one more prompt, and then the line drops."""
    if at.asa.phase is not Phase.RUNNING:
        return wrong("ERROR: Reload is in progress")  # the lab's own wording
    is_saved = YES in at.answers or "save-config" in at.text.split()

    def act() -> None:
        if is_saved:
            save(at)()
        at.asa.reboot()

    prompt = at.shell.prompt(at.asa, at.terminal)
    text = text_of(prompt, "", "", *_SHUTDOWN, *_SHUT_DOWN)
    return Outcome(Reply(stdout=text, is_last=True), Effect.REBOOT, act=act)


def reload_question(at: At) -> Question | None:
    """Whether to save, if there is something to save; then whether to proceed."""
    words = at.text.split()
    if "noconfirm" in words:
        return None
    is_asked = at.asa.configuration.is_modified and "save-config" not in words
    if is_asked and not at.answers:
        return SAVE_QUESTION
    if at.answers == (YES,):
        return Question(f"{_saved(at.asa)}{RELOAD_QUESTION.text}", Answering.KEY)
    return RELOAD_QUESTION if at.answers in {(), (NO,)} else None


def delete(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``delete F``: the file is gone for good; what the active deletes, the standby deletes too.

    So Cisco's guides to 8.4 and 9.0 list it among the commands that are replicated.
    """
    name = arguments[-1]
    path = flash_path(name)
    if path is None or path not in at.asa.disk.files:
        return wrong(f"%Error deleting {name} (No such file or directory)")

    def act() -> None:
        for unit in at.units:
            if path in unit.disk.files:
                unit.disk.remove(path)

    return Outcome(Reply(), Effect.FILES, act=act)


def delete_question(at: At, name: str) -> Question | None:
    """Which file, and whether really."""
    if "/noconfirm" in at.text.split():
        return None
    path = flash_path(name) or name
    asked = (
        Question(f"\nDelete filename [{path.rpartition('/')[2]}]? "),
        Question(f"\nDelete {disk_name(path)}? [confirm]", Answering.KEY),
    )
    return asked[len(at.answers)] if len(at.answers) < len(asked) else None


def enable(at: At, _: tuple[str, ...]) -> Outcome:
    """``enable``, its password asked for up to three times (no capture of a wrong one)."""
    if at.terminal.privilege < FULL and at.asa.spec.secret not in at.answers:
        return wrong("Invalid password", "Access denied.")
    return Outcome(Reply(), act=lambda: _set_privilege(at, FULL))


def asks_secret(at: At) -> Question | None:
    """Whether ``enable`` asks, or once more."""
    if at.terminal.privilege == FULL or at.asa.spec.secret in at.answers:
        return None
    if len(at.answers) >= _ATTEMPTS:
        return None
    return WRONG_PASSWORD if at.answers else PASSWORD


def login(at: At, _: tuple[str, ...]) -> Outcome:
    """``login``: a local user's own privilege, where ``enable`` has everybody's."""
    if at.answers[-2:] != (at.user, at.asa.spec.login_password):
        return wrong("Login failed")  # the lab's own wording
    return Outcome(Reply(), act=lambda: _set_privilege(at, FULL))


def asks_login(at: At) -> Question | None:
    """The user's name, then the password."""
    return (USERNAME, PASSWORD, None)[min(len(at.answers), 2)]


def _set_privilege(at: At, privilege: int) -> None:
    at.terminal.privilege = privilege


def disable(at: At, _: tuple[str, ...]) -> Outcome:
    """``disable``: back to what a login without privilege has."""
    return Outcome(Reply(), act=lambda: _set_privilege(at, 1))


def pager(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``terminal pager [lines] N``; 0: no pages. It holds for this login only."""
    value = arguments[-1]
    if not value.isdigit() or int(value) > _LONGEST:
        return wrong("ERROR: % Invalid input detected at '^' marker.")

    def act() -> None:
        at.terminal.length = int(value)

    return Outcome(Reply(), act=act)


def configure(at: At, _: tuple[str, ...]) -> Outcome:
    """``configure terminal``; on the standby, with its warning."""

    def act() -> None:
        at.terminal.context = "config"

    return Outcome(Reply(stdout=text_of(*at.warning)), act=act)


def show_pager(at: At, _: tuple[str, ...]) -> Outcome:
    """``show pager``."""
    length = at.terminal.length
    return show(f"pager lines {length}" if length else "no pager")
