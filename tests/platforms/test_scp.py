"""Files over SCP: over real SSH to another implementation, and against a sink that misbehaves."""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.errors import (
    CommandTimeout,
    HAUpgradeError,
    HostKeyChanged,
    ImageError,
    LineDropped,
    LoginRefused,
    NotReadOnly,
)
from nornir_haupgrade.platforms import scp
from nornir_haupgrade.platforms.base import Files, Transport
from nornir_haupgrade.platforms.transport import open_transport
from tests.platforms import router as device
from tests.platforms.router import PASSWORD, Router, running

READS = (r"", r"terminal width 511", r"terminal length 0")
CONTENT = hashlib.shake_128(b"image").digest(1_000_000)
Log = Callable[..., Transport]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    file = tmp_path / "local" / "image.bin"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    folder = tmp_path / "flash"
    folder.mkdir()
    with running(Router(folder)) as router:
        yield router


@pytest.fixture
def log_in(router: Router, tmp_path: Path) -> Iterator[Log]:
    opened: list[Transport] = []

    def log_in(**settings: Any) -> Transport:  # noqa: ANN401 - any of them
        known = tmp_path / "known_hosts"
        known.write_text(router.known_hosts)
        host = Host(
            name="r1",
            hostname="127.0.0.1",
            port=router.port,
            username="ops",
            password=PASSWORD,
            connection_options={"netmiko": ConnectionOptions(platform="cisco_xe")},
        )
        asked: dict[str, Any] = {
            "pair": "edge",
            "login_and_read_only": READS,
            "read_only": False,
            "connect_timeout": 9.0,
            "known_hosts": known,
            "files": Files.SCP,
        }
        opened.append(open_transport(host, **(asked | settings)))
        return opened[-1]

    yield log_in
    for transport in opened:
        transport.close()


@pytest.mark.ssh
def test_a_file_travels_in_a_connection_of_its_own(
    router: Router, log_in: Log, image: Path
) -> None:
    transport = log_in()
    seen: list[tuple[int, int]] = []
    transport.upload(
        str(image), "flash:image.bin", timeout=20, progress=lambda *at: seen.append(at)
    )
    assert (router.folder / "flash:image.bin").read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert router.sessions == [["shell"], ["scp -t flash:image.bin"]]
    router.answers["show clock"] = "12:00"
    assert transport.command("show clock", timeout=5) == "12:00"


@pytest.mark.ssh
def test_an_empty_file_travels_and_an_older_one_is_replaced(
    router: Router, log_in: Log, image: Path
) -> None:
    transport = log_in()
    for content in (b"old and longer", b"new", b""):
        image.write_bytes(content)
        transport.upload(str(image), "flash:x", timeout=20, progress=None)
        assert (router.folder / "flash:x").read_bytes() == content


@pytest.mark.ssh
def test_a_read_only_session_opens_no_connection_for_a_file(
    router: Router, log_in: Log, image: Path
) -> None:
    with pytest.raises(NotReadOnly, match="scp put flash:x"):
        log_in(read_only=True).upload(str(image), "flash:x", timeout=5, progress=None)
    assert router.sessions == [["shell"]]


@pytest.mark.ssh
def test_a_device_that_takes_no_files_says_what_to_configure(
    tmp_path: Path, image: Path, router: Router
) -> None:
    with running(Router(router.folder, serves_copies=False)) as closed:
        known = tmp_path / "known"
        known.write_text(closed.known_hosts)
        host = Host(
            name="r1",
            hostname="127.0.0.1",
            port=closed.port,
            username="ops",
            password=PASSWORD,
            connection_options={"netmiko": ConnectionOptions(platform="cisco_xe")},
        )
        transport = open_transport(
            host,
            pair="edge",
            login_and_read_only=READS,
            read_only=False,
            connect_timeout=9,
            known_hosts=known,
            files=Files.SCP,
        )
        with pytest.raises(ImageError, match="Administratively disabled") as caught:
            transport.upload(str(image), "flash:x", timeout=9, progress=None)
        assert "ip scp server enable" in str(caught.value)
        assert (caught.value.pair, caught.value.member) == ("edge", "r1")
        transport.close()


@pytest.mark.ssh
def test_the_second_connection_is_checked_like_the_first(
    router: Router, log_in: Log, image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = log_in()
    other = router.known_hosts.replace("AAAAC3NzaC1lZDI1NTE5AAAAI", "AAAAC3NzaC1lZDI1NTE5AAAAJ")
    (tmp_path / "known_hosts").write_text(other)
    with pytest.raises(HostKeyChanged):
        transport.upload(str(image), "flash:x", timeout=9, progress=None)
    (tmp_path / "known_hosts").write_text(router.known_hosts)
    monkeypatch.setattr(device, "PASSWORD", "changed meanwhile")
    with pytest.raises(LoginRefused) as caught:
        transport.upload(str(image), "flash:x", timeout=9, progress=None)
    assert PASSWORD not in str(caught.value)
    assert router.sessions == [["shell"]]


@pytest.mark.ssh
def test_a_file_that_is_late_leaves_the_session_open(
    router: Router, log_in: Log, image: Path
) -> None:
    transport = log_in()
    with pytest.raises(CommandTimeout, match="did not travel"):
        transport.upload(str(image), "flash:x", timeout=0.4, progress=lambda *_: time.sleep(0.1))
    router.answers["show clock"] = "12:00"
    assert transport.command("show clock", timeout=5) == "12:00"
    transport.close()
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.upload(str(image), "flash:x", timeout=5, progress=None)


@pytest.mark.ssh
def test_an_interrupted_file_leaves_the_session_open(
    router: Router, log_in: Log, image: Path
) -> None:
    def interrupt(sent: int, size: int) -> None:
        if sent * 2 > size:
            raise KeyboardInterrupt

    transport = log_in()
    with pytest.raises(KeyboardInterrupt):
        transport.upload(str(image), "flash:x", timeout=20, progress=interrupt)
    router.answers["show clock"] = "12:00"
    assert transport.command("show clock", timeout=5) == "12:00"


class Sink:
    """The other end of a copy, which says what a test dictates: nothing more means gone."""

    def __init__(self, *says: bytes, silent: bool = False) -> None:
        self._says = deque(bytes([byte]) for byte in b"".join(says))
        self._silent = silent
        self.written = b""
        self.command = ""
        self.timeouts: list[float] = []

    def set_combine_stderr(self, combine: bool) -> bool:
        return not combine

    def exec_command(self, command: str) -> None:
        self.command = command

    def sendall(self, data: bytes) -> None:
        self.written += data

    def recv(self, nbytes: int) -> bytes:
        if self._says:
            return self._says.popleft()
        if self._silent:
            raise TimeoutError
        return b""

    def settimeout(self, timeout: float | None) -> None:
        assert timeout is not None
        assert timeout > 0
        self.timeouts.append(timeout)

    def shutdown_write(self) -> None:
        self.written += b"<end>"


def send(sink: Sink, image: Path, seconds: float = 5.0) -> None:
    scp.upload(
        sink, str(image), "bootflash:dir/i.bin", deadline=time.monotonic() + seconds, progress=None
    )


def test_the_records_are_those_of_the_protocol(image: Path) -> None:
    image.write_bytes(b"abc")
    sink = Sink(b"\0\0\0")
    send(sink, image)
    assert sink.command == "scp -t bootflash:dir/i.bin"
    assert sink.written == b"C0644 3 i.bin\nabc\0<end>"


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ((b"\1Privilege denied.\n",), "Privilege denied"),
        ((b"\0", b"\1%Error opening flash:i.bin (No space left)\n"), "No space left"),
        ((b"\0\0", b"\2write failed\n"), "write failed"),
        ((b"Administratively disabled.\r\n",), "Administratively disabled"),
        ((b"\0\0", b"x" * 10_000), "x" * 100),
        ((b"\1cut off",), "cut off"),
        ((b"",), "without a word"),
        ((b"\0",), "without a word"),
        ((b"\0\0",), "without a word"),
    ],
)
def test_a_complaint_is_an_image_error(says: tuple[bytes, ...], message: str, image: Path) -> None:
    with pytest.raises(ImageError, match=message):
        send(Sink(*says), image)


def test_a_complaint_about_privilege_says_that_a_secret_does_not_help(image: Path) -> None:
    with pytest.raises(ImageError, match="highest privilege at login"):
        send(Sink(b"\1Privilege denied.\n"), image)


def test_a_silent_sink_is_met_by_the_deadline(image: Path) -> None:
    with pytest.raises(TimeoutError):
        send(Sink(silent=True), image)
    with pytest.raises(TimeoutError):
        send(Sink(b"\0\0\0"), image, seconds=0)


def test_a_sink_that_does_not_close_has_the_file_all_the_same(image: Path) -> None:
    sink = Sink(b"\0\0\0", silent=True)
    send(sink, image, seconds=100)
    assert sink.timeouts[-1] <= 10


def test_a_file_that_is_not_there_or_changes_is_said(image: Path, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        send(Sink(b"\0\0\0"), tmp_path / "none")

    class Cutting(Sink):
        def exec_command(self, command: str) -> None:
            image.write_bytes(b"short")

    with pytest.raises(ImageError, match="is being written"):
        send(Cutting(b"\0\0\0"), image)


def test_a_line_that_breaks_is_told_with_how_far_it_came(image: Path) -> None:
    class Breaking(Sink):
        def sendall(self, data: bytes) -> None:
            super().sendall(data)
            if len(self.written) > 500_000:
                raise OSError("Socket is closed")

    with pytest.raises(LineDropped, match=r"scp put.*after \d+ of 1000000 bytes"):
        send(Breaking(b"\0\0\0"), image)


@given(says=st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_whatever_a_sink_says_ends_in_one_of_our_errors_or_well(
    says: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "one.bin"
    file.write_bytes(b"1")
    try:
        send(Sink(says), file)
    except HAUpgradeError:
        assert says[:3] != b"\0\0\0"
    else:
        assert says[:3] == b"\0\0\0"
