"""The reader against a line in memory that delivers bytes in any pieces."""

import time
from collections import deque

import pytest
from hypothesis import example, given, strategies as st

from nornir_haupgrade.platforms.base import Dialogue
from nornir_haupgrade.platforms.prompt import Prompt, plain_text
from nornir_haupgrade.platforms.reader import QUIET_UNSURE, Ending, Reader, Reply

BASE = "admin@p1a:~"
PROMPT = b"admin@p1a:~$ "
Piece = bytes | float
"""Bytes, or so many seconds of silence."""


class FakeChannel:
    """Delivers what was planned once a command was written; in the end it is silent or gone."""

    def __init__(self, *pieces: Piece, gone: bool = False, stale: bytes = b"") -> None:
        self._waiting: deque[Piece] = deque(pieces)
        self._ready: deque[Piece] = deque([stale] if stale else [])
        self._gone = gone
        self._timeout: float | None = 20.0
        self.written: list[bytes] = []
        self.waits: list[float] = []

    def sendall(self, data: bytes) -> None:
        self.written.append(data)
        self._ready.extend(self._waiting)
        self._waiting.clear()

    def recv_ready(self) -> bool:
        return bool(self._ready)

    def settimeout(self, timeout: float | None) -> None:
        assert timeout is not None
        assert timeout > 0
        self._timeout = timeout

    def recv(self, nbytes: int) -> bytes:
        assert self._timeout is not None
        while self._ready:
            piece = self._ready.popleft()
            if isinstance(piece, bytes):
                if len(piece) > nbytes:
                    self._ready.appendleft(piece[nbytes:])
                return piece[:nbytes]
            if piece > self._timeout:
                self._ready.appendleft(piece - self._timeout)
                break
        else:
            if self._gone:
                return b""
        self.waits.append(self._timeout)
        time.sleep(min(self._timeout, 0.005))
        raise TimeoutError

    def close(self) -> None:
        self._gone = True


def ask(
    channel: FakeChannel,
    command: str = "fwctl show ha",
    *,
    seconds: float = 5.0,
    base: str = BASE,
    dialogues: tuple[Dialogue, ...] = (),
) -> Reply:
    reader = Reader(channel, Prompt(base))
    return reader.ask(command, deadline=time.monotonic() + seconds, dialogues=dialogues)


WHOLE = b"fwctl show ha\r\nState: MASTER\r\nVIP: yes\r\n" + PROMPT
TEXT = "State: MASTER\nVIP: yes"


def test_echo_and_prompt_are_no_part_of_the_answer() -> None:
    channel = FakeChannel(WHOLE)
    assert ask(channel) == Reply(TEXT, Ending.PROMPT, is_echoed=True)
    assert channel.written == [b"fwctl show ha\n"]


def test_the_answer_is_the_same_wherever_it_is_cut() -> None:
    for at in range(1, len(WHOLE)):
        assert ask(FakeChannel(WHOLE[:at], WHOLE[at:])).text == TEXT, at


def test_the_answer_is_the_same_byte_by_byte_and_with_pauses() -> None:
    pieces: list[Piece] = []
    for number in WHOLE:
        pieces += [bytes([number]), 0.002]
    assert ask(FakeChannel(*pieces)).text == TEXT


def test_characters_of_several_bytes_survive_any_cut() -> None:
    text = "Gerät: Ω€😀"
    whole = f"fwctl show ha\r\n{text}\r\n".encode() + PROMPT
    for at in range(1, len(whole)):
        assert ask(FakeChannel(whole[:at], whole[at:])).text == text, at


def test_a_drop_at_any_byte_is_told_with_what_came() -> None:
    for at in range(len(WHOLE)):
        reply = ask(FakeChannel(WHOLE[:at], gone=True))
        assert reply.ending is Ending.DROPPED
        assert reply.is_echoed == (at >= len("fwctl show ha\r\n"))
        assert reply.text in (TEXT + "\n" + PROMPT.decode()) or not reply.is_echoed


def test_no_prompt_before_the_deadline_is_late() -> None:
    started = time.monotonic()
    reply = ask(FakeChannel(b"fwctl show ha\r\nState: MAS"), seconds=0.05)
    assert (reply.text, reply.ending) == ("State: MAS", Ending.LATE)
    assert time.monotonic() - started < 1


def test_a_stream_without_end_is_late() -> None:
    row: list[Piece] = [b"x" * 100 + b"\r\n", 0.01]
    noise: list[Piece] = [b"fwctl show ha\r\n", *(row * 10_000)]
    assert ask(FakeChannel(*noise), seconds=0.2).ending is Ending.LATE


def test_waiting_is_one_blocking_read_and_no_poll() -> None:
    channel = FakeChannel(b"fwctl show ha\r\n", 1000.0)
    ask(channel, seconds=0.01)
    assert len(channel.waits) == 1


def test_a_prompt_in_the_output_is_no_end() -> None:
    for look_alike in (PROMPT + b"ls\r\n", PROMPT + b"\r\n", b"x " + PROMPT + b"\r\n"):
        whole = b"fwctl show ha\r\none\r\n" + look_alike + b"two\r\n" + PROMPT
        for at in range(1, len(whole)):
            text = ask(FakeChannel(whole[:at], whole[at:])).text
            assert text == "one\n" + plain_text(look_alike) + "two", at


def test_a_stale_prompt_before_the_echo_is_no_end() -> None:
    assert ask(FakeChannel(PROMPT, 0.3, b"\r\n" + PROMPT, 0.3, WHOLE)).text == TEXT


def test_what_was_said_before_the_command_is_not_its_answer() -> None:
    channel = FakeChannel(WHOLE, stale=b"Broadcast message: maintenance\r\n" + PROMPT)
    assert ask(channel).text == TEXT


def test_a_command_echoed_again_behind_a_late_prompt() -> None:
    assert ask(FakeChannel(b"fwctl show ha\r\n" + PROMPT + WHOLE)).text == TEXT


def test_an_echo_wrapped_by_the_terminal() -> None:
    command = "fwctl image install " + "x" * 300
    for wrap in (b"\r\n", b" \r", b"\r", b"\x08\x08", b"\x1b[K\r\n", b"\x1b[?2004l"):
        echo = command[:80].encode() + wrap + command[80:].encode()
        assert ask(FakeChannel(echo + b"\r\nfine\r\n" + PROMPT), command).text == "fine"


@pytest.mark.parametrize("drawn", [b"x\rxxx", b" \r\x1b[A\x00\x00admin@p1a:~$ go xxxx\x1b[Kx"])
def test_an_echo_as_readline_draws_it(drawn: bytes) -> None:
    # Captured from bash 5.2 in 80 columns: the letter again, or the line again, at the wrap.
    assert ask(FakeChannel(b"go xx" + drawn + b"\r\nfine\r\n" + PROMPT), "go xxxxx").text == "fine"


def test_looking_for_an_echo_takes_no_exponential_time() -> None:
    hostile = b"z\r" * 30_000
    started = time.monotonic()
    assert ask(FakeChannel(hostile), "z" * 300 + "a", seconds=0.05).ending is Ending.LATE
    assert time.monotonic() - started < 20


def test_escapes_are_taken_out() -> None:
    whole = (
        b"\x1b[?2004h\x1b[1mfwctl\x1b[0m show ha\r\n\x1b[?2004l\r"
        b"\x1b[32mState:\x1b[0m MASTER\r\nVIP: yes\x1b[K\r\n"
        b"\x1b[?2004h\x1b]0;admin@p1a: ~\x07\x1b[01;32madmin@p1a\x1b[00m:~$ "
    )
    for at in range(1, len(whole)):
        assert ask(FakeChannel(whole[:at], whole[at:])).text == TEXT, at


def test_no_output_is_an_empty_answer() -> None:
    assert ask(FakeChannel(b"fwctl show ha\r\n" + PROMPT)).text == ""


def test_a_prompt_behind_output_without_a_line_end() -> None:
    assert ask(FakeChannel(b"fwctl show ha\r\none\r\ntwo" + PROMPT)).text == "one\ntwo"
    assert ask(FakeChannel(b"fwctl show ha\r\ntwo" + PROMPT)).text == "two"


@pytest.mark.parametrize(
    ("base", "changed"),
    [
        ("p1a(active)", "p1a(standby)# "),
        ("admin@p1a:~", "admin@p1a:/flash$ "),
        ("admin@PA-VM(active)", "admin@PA-VM(suspended)> "),
        ("<HRP_M-FW1", "<HRP_M-FW1> "),
        ("fw1/pri/act", "fw1/pri/stby# "),
        ("p1a", "p1a# "),
        ("p1a", "[p1a ~]$ "),
    ],
)
def test_a_prompt_may_change_and_is_followed(base: str, changed: str) -> None:
    reply = b"go\r\ndone\r\n" + changed.encode()
    channel = FakeChannel(reply)
    reader = Reader(channel, Prompt(base))
    first = reader.ask("go", deadline=time.monotonic() + 5)
    assert (first.text, first.ending) == ("done", Ending.PROMPT)
    channel = FakeChannel(reply)
    again = Reader(channel, reader.prompt).ask("go", deadline=time.monotonic() + 5)
    assert again.text == "done"
    assert max(channel.waits) < QUIET_UNSURE


@pytest.mark.parametrize(
    "line", ["copying to p1a: 50%", "p1a", "see p1a and p1b for more >", "xp1a$", "50%", "#", "$ "]
)
def test_other_text_at_the_end_is_no_prompt(line: str) -> None:
    assert (
        ask(FakeChannel(b"fwctl show ha\r\n" + line.encode()), seconds=0.05).ending is Ending.LATE
    )


def test_a_huge_answer_stays_linear() -> None:
    row = b"tcp 10.1.1.100:40000>10.2.1.100:7000 10.2.1.100:7000>10.1.1.100:40000 UP 34\r\n"
    whole = b"fwctl show ha\r\n" + row * 100_000 + PROMPT
    started = time.monotonic()
    reply = ask(FakeChannel(*(whole[i : i + 4096] for i in range(0, len(whole), 4096))))
    assert reply.text.count("\n") == 99_999
    assert time.monotonic() - started < 5


def test_a_question_is_answered_once() -> None:
    question = b"reload\r\nReally? [y/N] "
    channel = FakeChannel(question, 0.2, b"y\r\ngoing down\r\n" + PROMPT)
    reply = ask(channel, "reload", dialogues=((r"\[y/N\]$", "y"),))
    assert channel.written == [b"reload\n", b"y\n"]
    assert reply.text.endswith("going down")
    again = FakeChannel(question, 0.2, b"y\r\nReally? [y/N] ")
    assert ask(again, "reload", seconds=0.3, dialogues=((r"\[y/N\]$", "y"),)).ending is Ending.LATE
    assert again.written == [b"reload\n", b"y\n"]


SAVE = (r"\[yes/no\]:?$", None)
CONFIRM = (r"\[confirm\]$", "")


def test_a_question_that_is_not_ours_is_not_answered() -> None:
    said = b"reload\r\n\r\nSystem configuration has been modified. Save? [yes/no]: "
    channel = FakeChannel(said)
    reply = ask(channel, "reload", base="R1", dialogues=(CONFIRM, SAVE))
    assert reply.ending is Ending.ASKED
    assert reply.text == "System configuration has been modified. Save? [yes/no]: "
    assert channel.written == [b"reload\n"]


def test_a_confirmation_is_given_with_a_line_end_alone() -> None:
    channel = FakeChannel(b"reload\r\nProceed with reload? [confirm]", 0.2, b"\r\n", gone=True)
    reply = ask(channel, "reload", base="R1", dialogues=(CONFIRM, SAVE))
    assert (reply.ending, channel.written) == (Ending.DROPPED, [b"reload\n", b"\n"])
    assert reply.is_echoed


@pytest.mark.parametrize(
    "prompts",
    [
        [b"R1#", b"R1(config)#", b"R1(config-if)#", b"R1(config-if-vrrp)#", b"R1(config)#", b"R1#"],
        [b"R1>", b"R1#", b"R1(config)#"],
        [
            b"my-router-of-the-north-1#",
            b"my-router-of-the-nor(config)#",
            b"my-router-of-the(config-if)#",
            b"my-router-of-the-north-1#",
        ],
    ],
)
def test_the_prompts_of_a_router_are_followed(prompts: list[bytes]) -> None:
    base = prompts[0][:-1].decode()[:16]  # as the library cuts it
    prompt = Prompt(base)
    for number, shown in enumerate([*prompts, *prompts]):
        for said in (b"", b"% Invalid input detected at '^' marker.\r\n"):
            whole = b"line\r\n" + said + shown
            for at in (2, len(whole) - 3, len(whole) - 1):
                channel = FakeChannel(whole[:at], whole[at:])
                reader = Reader(channel, prompt)
                reply = reader.ask("line", deadline=time.monotonic() + 5)
                assert (reply.ending, reply.text) == (Ending.PROMPT, said.decode().strip()), at
                # Only a name that was cut is unsure, and once.
                assert number == 0 or max(channel.waits) < QUIET_UNSURE


def test_a_mode_of_another_router_is_no_prompt() -> None:
    for line in (b"R2(config)#", b"xR1(config)#", b"R1(config", b"R1 (config)#x", b"R1(confit)"):
        reply = ask(FakeChannel(b"line\r\n" + line), "line", base="R1", seconds=0.05)
        assert reply.ending is Ending.LATE, line


def test_a_line_that_is_gone_is_not_written_to() -> None:
    channel = FakeChannel()
    channel.recv_ready = lambda: True  # type: ignore[method-assign]
    channel.recv = lambda nbytes: b""  # type: ignore[method-assign]
    with pytest.raises(OSError, match="closed"):
        ask(channel)
    assert channel.written == []


@given(st.binary(max_size=300), st.booleans())
@example(b"\x1b]0;unended" + PROMPT, False)
@example(b"fwctl show ha\n" * 3, True)
def test_whatever_a_device_says_there_is_one_of_three_endings(said: bytes, gone: bool) -> None:
    reply = ask(FakeChannel(said, gone=gone), seconds=0.01)
    assert reply.ending in Ending
