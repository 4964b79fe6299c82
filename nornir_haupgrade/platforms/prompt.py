"""A device's prompt: recognised, followed when it changes, and taken off an answer."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, bracketed paste
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: the window's title
    r"|[@-Z\\^_=>])"  # two-character escapes
)
_ENDINGS = "$#>"
_CUT = 16
"""Letters that Netmiko keeps of an IOS prompt: the device itself cuts it while configuring."""


def plain_text(raw: bytes) -> str:
    """What a person would read: decoded, without escapes, lines ended by a newline alone."""
    text = _ESCAPES.sub("", raw.decode("utf-8", errors="replace"))
    text = re.sub(r"\r*\n|\r", "\n", text)
    return text.replace("\x00", "").replace("\x08", "")


class Prompt:
    """The prompt of one session, learnt from the base prompt that Netmiko found.

    Devices show role, mode or folder in their prompts, so the exact one is only the surest sign;
    the host's name followed by a usual ending is the other.
    """

    def __init__(self, base: str) -> None:
        # Netmiko leaves some escapes in, such as a window's title.
        base = plain_text(base.encode()).rstrip()
        self._base = base
        self._seen: set[str] = set()
        """Whole prompts that have ended answers before."""
        name = re.search(r"@([\w.-]+)", base) or re.search(r"[\w.-]*\w", base)
        self._like: re.Pattern[str] | None = None
        self._configuring: re.Pattern[str] | None = None
        if name:
            stem = re.escape(name[name.lastindex or 0])
            end, rest = ("", r"[\w.-]*") if len(base) == _CUT else (r"(?!\w)", "")
            self._like = re.compile(
                rf"\S{{0,40}}(?<!\w){stem}{end}\S{{0,40}}(?: \S{{1,40}})?[{_ENDINGS}]"
            )
            self._configuring = re.compile(rf"{stem}{rest}\(config[\w-]*\)#")

    def is_exactly(self, line: str) -> bool:
        """Whether a last line is the known prompt and nothing else."""
        ending = line.removeprefix(self._base)
        if line.startswith(self._base) and len(ending) <= 1 and ending in _ENDINGS and line:
            return True
        is_configuring = self._configuring is not None and self._configuring.fullmatch(line)
        return bool(is_configuring) or line in self._seen

    def is_like(self, line: str) -> bool:
        """Whether a last line may be a prompt: changed, or behind text that had no line end."""
        if self._like is not None and self._like.fullmatch(line):
            return True
        return self._behind_text(line) > 0

    def strip_from(self, text: str, command: str) -> str:
        """An answer without the prompt at its end, remembering the prompt if it has changed."""
        before, _, line = text.rstrip().rpartition("\n")
        if not self.is_exactly(line):
            at = self._behind_text(line)
            if at > 0:
                return f"{before}\n{line[:at]}" if before else line[:at]
            self._base = line[:-1]
            self._seen.add(line)
        # A shell that was not ready yet repeats the command behind its prompt once it is.
        first, _, rest = before.partition("\n")
        return rest if first.endswith(command) and self._is_ours(first, command) else before

    def _behind_text(self, line: str) -> int:
        """Where the known prompt begins at the end of a line, -1 if it does not end it."""
        if len(self._base) <= 1:  # a bare "$" or "#" ends too many lines
            return -1
        return line.find(self._base, max(0, len(line) - len(self._base) - 1))

    def _is_ours(self, line: str, command: str) -> bool:
        return self.is_exactly(line.removesuffix(command).rstrip())
