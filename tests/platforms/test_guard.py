import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import CommandFailed, NotReadOnly
from nornir_haupgrade.platforms.guard import Guard, only_reads
from nornir_haupgrade.platforms.linux_ha import LinuxHA

READS = (
    "fwctl show version",
    "fwctl show ha",
    "fwctl show images",
    "fwctl show boot",
    "fwctl show users",
    "fwctl show interfaces",
    "fwctl show session-sync",
    "fwctl show sessions",
    "fwctl show sessions list",
    "fwctl ha sync-report",
    "fwctl image verify fw-13.8.img",
)
CHANGES = (
    "fwctl ha suspend",
    "fwctl ha functional",
    "fwctl ha preempt off",
    "fwctl ha sync-config",
    "fwctl ha request-sync",
    "fwctl image install f s v",
    "fwctl image boot B --if-state BACKUP",
    "fwctl backup x",
    "fwctl reboot",
    "exit",
    "sudo -s",
)
TAILS = (
    "; fwctl reboot",
    " && fwctl reboot",
    " || fwctl reboot",
    " | sh",
    " & fwctl reboot",
    " $(fwctl reboot)",
    " `fwctl reboot`",
    " > /etc/passwd",
    " \\",
    " #",
    " ",
    "\nfwctl reboot",
    "\rfwctl reboot",
    "\r\nfwctl reboot",
    "\x0bfwctl reboot",
    "\x85fwctl reboot",
    "\u2028fwctl reboot",
    "\x00",
    "\x03",
    "\x1b[A",
    "\x7f\x7f",
)


def make(*, read_only: bool = True, secrets: tuple[str, ...] = ()) -> Guard:
    return Guard(LinuxHA.READ_ONLY, read_only=read_only, pair="p1", member="p1a", secrets=secrets)


@pytest.mark.parametrize("line", ["", *READS])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_declared_read_passes_as_one_whole_line(line: str, end: str) -> None:
    make().check_write(line + end)
    make().check_command(line)


@pytest.mark.parametrize("line", CHANGES)
def test_a_change_does_not_pass(line: str) -> None:
    with pytest.raises(NotReadOnly) as caught:
        make().check_write(line + "\n")
    assert caught.value.command == line
    assert str(caught.value).startswith("p1/p1a: ")
    with pytest.raises(NotReadOnly):
        make().check_command(line)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("tail", TAILS)
def test_nothing_rides_behind_a_read(read: str, tail: str) -> None:
    for line in (read + tail, tail + read):
        with pytest.raises(NotReadOnly):
            make().check_command(line)
        with pytest.raises(NotReadOnly):
            make().check_write(line + "\n")


@pytest.mark.parametrize("read", READS)
def test_no_piece_of_a_line_passes(read: str) -> None:
    for end in range(1, len(read) + 1):
        with pytest.raises(NotReadOnly):
            make().check_write(read[:end])


@given(st.text())
def test_whatever_passes_is_one_declared_line(data: str) -> None:
    try:
        make().check_write(data)
    except NotReadOnly:
        return
    assert data.rstrip("\r\n") in {"", *READS} or data.startswith("fwctl image verify ")
    assert sum(data.count(end) for end in "\r\n") <= 2


def test_a_session_that_may_write_still_sends_single_lines_only() -> None:
    guard = make(read_only=False)
    guard.check_command("fwctl reboot --if-state BACKUP")
    for text in ("fwctl show ha\nfwctl reboot", "a\rb", "a\x00b", "a\x1bb"):
        with pytest.raises(CommandFailed):
            guard.check_command(text)


def test_uploads_are_changes() -> None:
    make(read_only=False).check_upload("sftp put /flash/upload/x")
    with pytest.raises(NotReadOnly):
        make().check_upload("sftp put /flash/upload/x")


def test_a_refused_secret_is_not_shown() -> None:
    with pytest.raises(NotReadOnly) as caught:
        make(secrets=("hunter2",)).check_write("hunter2\n")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.__dict__)


def test_the_way_to_privilege_passes_once_and_in_order() -> None:
    guard = make(secrets=("s3cret",))
    with guard.entering("s3cret"):
        for refused in ("s3cret\n", "enable 7\n", "enable", "Enable\n", "reload\n"):
            with pytest.raises(NotReadOnly):
                guard.check_write(refused)
        guard.check_write("\n")
        guard.check_write("enable\n")
        for refused in ("enable\n", "s3cret", "s3cret2\n", " s3cret\n", "reload\n"):
            with pytest.raises(NotReadOnly):
                guard.check_write(refused)
        guard.check_write("s3cret\n")
        with pytest.raises(NotReadOnly):
            guard.check_write("s3cret\n")
    with guard.entering("s3cret"):
        guard.check_write("enable\n")
    for refused in ("enable\n", "s3cret\n"):
        with pytest.raises(NotReadOnly):
            guard.check_write(refused)


@given(st.text(min_size=1), st.text())
def test_with_any_secret_nothing_but_it_passes(secret: str, data: str) -> None:
    guard = make()
    with guard.entering(secret):
        guard.check_write("enable\n")
        try:
            guard.check_write(data)
        except NotReadOnly:
            return
    line = data.rstrip("\r\n")
    assert line in {"", *READS, secret} or line.startswith("fwctl image verify ")


@pytest.mark.parametrize("line", READS)
def test_a_declared_line_only_reads(line: str) -> None:
    assert only_reads([line, line], LinuxHA.READ_ONLY)
    assert not only_reads([line, "fwctl backup x"], LinuxHA.READ_ONLY)
