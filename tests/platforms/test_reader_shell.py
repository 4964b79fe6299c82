"""The reader against a real bash on a real terminal: its echo, wrapping and escapes, not ours."""

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator

import pytest

from nornir_haupgrade.platforms.prompt import Prompt
from nornir_haupgrade.platforms.reader import Ending, Reader

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")


class Terminal:
    """A channel onto a terminal."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._timeout: float | None = 5.0

    def sendall(self, data: bytes) -> None:
        os.write(self._fd, data)

    def recv(self, nbytes: int) -> bytes:
        if not select.select([self._fd], [], [], self._timeout)[0]:
            raise TimeoutError
        try:
            return os.read(self._fd, nbytes)
        except OSError:  # how Linux says that the other end of a terminal is closed
            return b""

    def recv_ready(self) -> bool:
        return bool(select.select([self._fd], [], [], 0)[0])

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = timeout

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture(params=[80, 511])
def reader(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Reader]]:
    started: list[tuple[int, int]] = []

    def start(prompt: str) -> Reader:
        pid, fd = pty.fork()
        if pid == 0:  # pragma: no cover - the shell
            environment = {"PATH": os.environ["PATH"], "TERM": "vt100", "PS1": prompt}
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)  # noqa: S606
        started.append((pid, fd))
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 1000, request.param, 0, 0))
        channel = Terminal(fd)
        seen = b""
        while b"p1a" not in seen:
            seen += channel.recv(4096)
        return Reader(channel, Prompt("admin@p1a:~"))

    yield start
    for pid, fd in started:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)


PLAIN = r"admin@p1a:~$ "
TITLED = r"\[\e]0;admin@p1a: ~\a\]\[\e[01;32m\]admin@p1a\[\e[00m\]:\[\e[01;34m\]~\[\e[00m\]$ "


def ask(reader: Reader, command: str, seconds: float = 5.0) -> str:
    reply = reader.ask(command, deadline=time.monotonic() + seconds)
    assert reply.ending is Ending.PROMPT, reply
    return reply.text


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("prompt", [PLAIN, TITLED])
def test_answers_of_a_real_shell(reader: Callable[[str], Reader], prompt: str) -> None:
    shell = reader(prompt)
    for _ in range(10):
        assert ask(shell, "echo one; echo two") == "one\ntwo"
        assert ask(shell, "true") == ""
    for length in range(40, 200, 7):
        assert ask(shell, f"echo {'x' * length}") == "\n".join(["x" * length])
    assert ask(shell, "seq 1 20000") == "\n".join(str(number) for number in range(1, 20001))
    assert ask(shell, "printf three") == "three"
    assert ask(shell, "echo one; sleep 0.3; echo two") == "one\ntwo"
    assert ask(shell, "nonsense").endswith("nonsense: command not found")
    assert ask(shell, "cd /usr; PS1='admin@p1a:/usr# '") == ""
    assert ask(shell, "pwd") == "/usr"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_real_shell_that_ends(reader: Callable[[str], Reader]) -> None:
    reply = reader(PLAIN).ask("echo bye; exit", deadline=time.monotonic() + 5)
    assert reply.ending is Ending.DROPPED
    assert reply.text.startswith("bye")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_real_shell_that_says_nothing(reader: Callable[[str], Reader]) -> None:
    reply = reader(PLAIN).ask("sleep 5", deadline=time.monotonic() + 0.3)
    assert (reply.ending, reply.is_echoed) == (Ending.LATE, True)
