"""Captured texts, and what may become of a text on its way."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

_FOLDER = Path(__file__).parents[1] / "captures" / "cisco_iosxe"


def captured(name: str) -> str:
    """One capture, with the line ends that the transport leaves."""
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def names(start: str) -> list[str]:
    """The captures whose names begin so."""
    return sorted(path.stem for path in _FOLDER.glob(f"{start}*.txt"))


@st.composite
def spoilt(draw: st.DrawFn, texts: list[str]) -> str:
    """A text that was cut, or lost or gained something in its middle."""
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    inserted = draw(st.text(max_size=20) | st.sampled_from(["\n", "% Invalid input", " - Group 1"]))
    match draw(st.integers(0, 2)):
        case 0:
            return text[:end]
        case 1:
            return text[:start] + text[end:]
        case _:
            return text[:start] + inserted + text[start:]
