# ruff: noqa: N818 - each is named for what happened, in the words an engineer would use.
"""Every error of this package. A message says what happened, where, and what to do next.

::

    HAUpgradeError
    ├── BadInput                settings, inventory or arguments; nothing was contacted
    ├── ConnectFailed           no usable session with a member
    │   ├── Unreachable         no answer, or the port is closed
    │   ├── LoginRefused        the device does not accept this user
    │   ├── HostKeyUnknown      no known key for this address
    │   ├── HostKeyChanged      another key than the known one
    │   └── WrongDevice         another identity than the planned one
    ├── CommandFailed           a session, but no good answer
    │   ├── CommandTimeout      no complete answer before the deadline
    │   ├── LineDropped         the session ended under the command
    │   ├── CommandRefused      the device said no
    │   ├── UnexpectedOutput    an answer that the parser does not understand
    │   └── NotReadOnly         the guard stopped a command that may change something
    ├── StaleFacts              the device is no longer as it was when this was decided
    ├── ImageError              checksum, free space, or the image is missing
    ├── AnotherController       somebody else runs this campaign or pair
    ├── HistoryDamaged          the hash chain of the history does not hold
    └── Interrupted             a person stopped the run

All of them can be pickled, so that they cross process and worker borders whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class HAUpgradeError(Exception):
    """Base of all; ``str()`` is one sentence fit for an operator.

    Attributes:
        message: What happened.
        pair: The pair it happened on, if it is about one.
        member: The member it happened on, if it is about one.
        advice: What to do next.
    """

    def __init__(
        self,
        message: str,
        *,
        pair: str | None = None,
        member: str | None = None,
        advice: str | None = None,
    ) -> None:
        # Only `message` goes into `args`: unpickling calls the class with `args`, then restores
        # the attributes. So every subclass keeps its further arguments optional.
        super().__init__(message)
        self.message = message
        self.pair = pair
        self.member = member
        self.advice = advice

    def __str__(self) -> str:
        return _sentence(
            "/".join(filter(None, (self.pair, self.member))), self.message, self.advice
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the input.

    Attributes:
        where: File, line and key, or what else leads a person to the place.
        what: What is wrong there.
        advice: What to do about it.
    """

    where: str
    what: str
    advice: str

    def __str__(self) -> str:
        return _sentence(self.where, self.what, self.advice)


class BadInput(HAUpgradeError):
    """Settings, inventory or arguments cannot be used; carries every finding at once."""

    def __init__(
        self,
        message: str,
        *,
        pair: str | None = None,
        member: str | None = None,
        advice: str | None = None,
        findings: Iterable[Finding] = (),
    ) -> None:
        super().__init__(message, pair=pair, member=member, advice=advice)
        self.findings = tuple(findings)

    @classmethod
    def from_findings(cls, findings: Iterable[Finding]) -> BadInput:
        """One error for all findings, in their order, each named once."""
        unique = tuple(dict.fromkeys(findings))
        return cls("\n".join(str(finding) for finding in unique), findings=unique)

    def __str__(self) -> str:
        return self.message if self.findings else super().__str__()


class ConnectFailed(HAUpgradeError):
    """There is no usable session with the member."""


class Unreachable(ConnectFailed):
    """No answer from the address, or its port is closed."""


class LoginRefused(ConnectFailed):
    """The device does not accept this user and secret."""


class HostKeyUnknown(ConnectFailed):
    """No host key is known for this address; the message carries the offered fingerprint."""


class HostKeyChanged(ConnectFailed):
    """The device offers another host key than the known one."""


class WrongDevice(ConnectFailed):
    """The device behind the address has another identity than the planned one."""


class CommandFailed(HAUpgradeError):
    """A command did not get a good answer.

    Attributes:
        command: The command as it was sent, or would have been.
        device_text: What the device said, raw: escape it wherever it is shown.
    """

    def __init__(
        self,
        message: str,
        *,
        pair: str | None = None,
        member: str | None = None,
        advice: str | None = None,
        command: str | None = None,
        device_text: str | None = None,
    ) -> None:
        super().__init__(message, pair=pair, member=member, advice=advice)
        self.command = command
        self.device_text = device_text


class CommandTimeout(CommandFailed):
    """No complete answer before the deadline: whether the command worked is unknown."""


class LineDropped(CommandFailed):
    """The session ended under the command: whether the command worked is unknown."""


class CommandRefused(CommandFailed):
    """The device answered that it will not do it."""


class UnexpectedOutput(CommandFailed):
    """The device answered something that the parser does not understand."""


class NotReadOnly(CommandFailed):
    """The guard stopped a command that the driver did not declare read-only; it was not sent."""


class StaleFacts(HAUpgradeError):
    """The device is no longer as it was when this was decided; decide again."""


class ImageError(HAUpgradeError):
    """The image has a wrong checksum, does not fit, or is missing."""


class AnotherController(HAUpgradeError):
    """Another controller holds this campaign or pair."""


class HistoryDamaged(HAUpgradeError):
    """The history's hash chain does not hold."""


class Interrupted(HAUpgradeError):
    """A person stopped the run; the running step reached its safe point."""


def _sentence(where: str, what: str, advice: str | None) -> str:
    text = f"{where}: {what}" if where else what
    if not advice:
        return text
    stop = "" if text.endswith((".", "!", "?")) else "."
    return f"{text}{stop} Next: {advice}"
