"""Pages as ``less`` shows them: a status line that is overwritten, and an end that waits for q."""

from __future__ import annotations

from nornir_haupgrade.lab.terminal.console import AskingConsole

_FORWARD = frozenset(b" fF")
_LINE = frozenset(b"\rjJ")
_END = frozenset(b"G>")
_QUIT = frozenset(b"qQ\x03")
_ERASE = "\r\x1b[K"


class LessConsole(AskingConsole):
    """A terminal whose long outputs go through ``less``; the end of one waits for q too."""

    async def _page(self, text: str) -> None:
        lines = text.splitlines(keepends=True)
        height = self.terminal.length - 1
        if not self.terminal.length or len(lines) <= height:
            self._print(text)
            return
        shown = 0
        wanted = height
        while True:
            self._print("".join(lines[shown : shown + wanted]))
            shown = min(len(lines), shown + wanted)
            end = f"/{len(lines)} (END)" if shown == len(lines) else ""
            self._print(f"\x1b[7mlines {shown - height + 1}-{shown}{end} \x1b[27m\x1b[K")
            self._flush()
            key = await self._keyboard.key()
            self._print(_ERASE)
            if key in _QUIT:
                return
            steps = {len(lines): _END, height: _FORWARD, 1: _LINE}
            wanted = next((step for step, keys in steps.items() if key in keys), 0)
