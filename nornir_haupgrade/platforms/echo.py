"""Finding the end of a command's echo in what a terminal sends, however it was drawn."""

from __future__ import annotations

_ESC, _BEL = 0x1B, 0x07
_INVISIBLE = b" \t\x08\x00"


class Echo:
    """Reads bytes until it has seen a command and the end of its line.

    A terminal wraps a long line with a line end, a carriage return, backspaces or escapes;
    readline also repeats the letter before the wrap, or draws the whole line again. So all places
    are followed where the command may have begun, each with every way it may have gone on. As an
    expression this would take exponential time on hostile text; as a set of places it is linear.
    """

    def __init__(self, command: str) -> None:
        self._letters = bytes(b for b in command.encode() if b not in b" \t")
        self._seen: set[int] = {0}
        """How many letters may have been seen."""
        self._before_return: set[int] = set()
        """The same, where a carriage return was the last thing: the last letter may come again."""
        self._escape = ""

    def feed(self, data: bytes) -> int | None:
        """Read on; the index behind the echo's line end, or None if it has not come yet."""
        for index, byte in enumerate(data):
            if self._escape or byte == _ESC:
                self._read_escape(byte)
            elif byte == ord("\n"):
                if len(self._letters) in self._seen:
                    return index + 1
            elif byte == ord("\r"):
                self._before_return |= self._seen
            elif byte not in _INVISIBLE:
                self._read_letter(byte)
        return None

    def _read_letter(self, byte: int) -> None:
        letters = self._letters
        went_on = {n + 1 for n in self._seen if n < len(letters) and letters[n] == byte}
        again = {n for n in self._before_return if n and letters[n - 1] == byte}
        self._seen = went_on | again | {0}
        self._before_return = set()

    def _read_escape(self, byte: int) -> None:
        """Skip an escape sequence: CSI ends with a letter, OSC with a bell, others at once."""
        match self._escape:
            case "":
                self._escape = "ESC"
            case "ESC":
                self._escape = {ord("["): "CSI", ord("]"): "OSC"}.get(byte, "")
            case "CSI":
                self._escape = "" if ord("@") <= byte <= ord("~") else "CSI"
            case _:  # OSC, which ends with ESC \ as well: the escape's second byte is skipped
                self._escape = {_BEL: "", _ESC: "ESC"}.get(byte, "OSC")
