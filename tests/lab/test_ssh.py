"""Members over real SSH: Netmiko, paramiko and asyncssh log in, type, copy, and are thrown out."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from netmiko import BaseConnection, ConnectHandler

from nornir_haupgrade.lab import Fault, LabSpec, LabThread, When, build_image, simple_pair
from tests.lab.conftest import Eventually, Execute, IsOpen, Login, StartLab

pytestmark = pytest.mark.ssh


@pytest.fixture
def netmiko(start_lab: StartLab) -> Iterator[tuple[LabThread, BaseConnection]]:
    """A Netmiko session on p1a of a lab."""
    lab = start_lab()
    session = ConnectHandler(
        device_type="linux",
        host="127.0.0.1",
        port=lab.ports["p1a"],
        username="admin",
        password="admin",
    )
    yield lab, session
    session.disconnect()


def ask(session: BaseConnection, line: str) -> str:
    return str(session.send_command(line))


def test_netmiko_logs_in_and_reads(netmiko: tuple[LabThread, BaseConnection]) -> None:
    lab, session = netmiko
    assert session.find_prompt() == "admin@p1a:~$"
    said = ask(session, "fwctl show version").splitlines()
    assert said[0] == f"Node-id: {lab.lab.spec.pairs[0].members[0].node_id}"
    assert said[2] == "Version: 12.15"
    assert len(ask(session, "fwctl show sessions list").splitlines()) == 200
    assert ask(session, "fwctl show nothing").startswith("% unknown command")
    assert session.send_command("echo $?") == "1"
    assert session.send_command("reload") == "-bash: reload: command not found"
    assert ask(session, "fwctl show users").startswith("admin pts/")


def test_netmiko_switches_over_and_is_still_logged_in(
    netmiko: tuple[LabThread, BaseConnection],
) -> None:
    lab, session = netmiko
    assert session.send_command("fwctl ha suspend") == ""
    lab.wait_until(lambda inside: inside.state("p1b").forwards)
    assert "State: FAULT" in session.send_command("fwctl show ha")


def test_a_command_has_its_exit_status_and_its_own_error_stream(
    start_lab: StartLab, login: Login, execute: Execute
) -> None:
    client = login(start_lab())
    assert execute(client, "fwctl show sessions") == (0, "200\n", "")
    assert execute(client, "fwctl image boot B") == (1, "", "% slot B is empty\n")
    assert execute(client, "reload") == (127, "", "bash: reload: command not found\n")


def test_typing_is_echoed_as_on_a_tty(start_lab: StartLab, login: Login) -> None:
    channel = login(start_lab()).invoke_shell()
    channel.settimeout(5)

    def read_until(end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            piece = channel.recv(1000)
            assert piece, data
            data += piece
        return data

    prompt = b"admin@p1a:~$ "
    assert read_until(prompt) == prompt
    channel.send(b"\r")
    assert read_until(prompt) == b"\r\n" + prompt
    channel.send(b"echo hex\x7fy\r\n")
    assert read_until(prompt) == b"echo hex\b \by\r\nhey\r\n" + prompt
    channel.send(b"echo no\x03")
    assert read_until(prompt) == b"echo no^C\r\n" + prompt
    channel.send(b"exit\n")
    assert read_until(b"logout\r\n") == b"exit\r\nlogout\r\n"
    assert channel.recv_exit_status() == 0


def test_a_wrong_password_is_refused_and_written_down(start_lab: StartLab, login: Login) -> None:
    lab = start_lab()
    with pytest.raises(paramiko.AuthenticationException):
        login(lab, password="wrong")
    assert [entry["is_admitted"] for entry in lab.audit("login")] == [False]


def test_an_image_travels_by_sftp_and_is_installed(
    start_lab: StartLab, login: Login, execute: Execute, tmp_path: Path
) -> None:
    lab = start_lab(install_seconds=0.1)
    client = login(lab, "p1b")
    image = build_image("13.8")
    checksum = hashlib.sha256(image).hexdigest()
    (tmp_path / "image").write_bytes(image)
    with client.open_sftp() as sftp:
        sftp.put(str(tmp_path / "image"), "/flash/upload/13.8.img")
        assert sftp.listdir("/flash/upload") == ["13.8.img"]
        sftp.get("/flash/upload/13.8.img", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == image
        sftp.posix_rename("/flash/upload/13.8.img", "/flash/upload/next.img")
        with pytest.raises(FileNotFoundError):
            sftp.stat("/flash/upload/13.8.img")
        with pytest.raises(PermissionError):
            sftp.mkdir("/flash/mine")
    assert execute(client, "fwctl image verify next.img") == (0, f"{len(image)} {checksum}\n", "")
    line = f"fwctl image install next.img {checksum} 13.8 --if-state BACKUP"
    assert execute(client, line) == (0, "", "")
    assert f"B: 13.8 {len(image)} {checksum}\n" in execute(client, "fwctl show images")[1]
    with client.open_sftp() as sftp:
        sftp.remove("/flash/upload/next.img")
        assert sftp.listdir("/flash/upload") == []


def test_a_backup_is_fetched_by_sftp(start_lab: StartLab, login: Login, execute: Execute) -> None:
    client = login(start_lab())
    checksum, path = execute(client, "fwctl backup before")[1].split()
    with client.open_sftp() as sftp, sftp.open(path) as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == checksum
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert "config/local/preempt.conf" in tar.getnames()


def test_an_upload_that_does_not_fit_fails(start_lab: StartLab, login: Login) -> None:
    client = login(start_lab(disk=300 * 1024))
    with client.open_sftp() as sftp:
        with sftp.open("/flash/upload/big", "wb") as file:
            file.write(bytes(32 * 1024))
            with pytest.raises(OSError, match="No space left on device"):
                file.write(bytes(32 * 1024))
        with pytest.raises(OSError, match="size mismatch"):
            sftp.putfo(io.BytesIO(bytes(64 * 1024)), "/flash/upload/big")


def test_a_corrupt_upload_has_another_checksum(
    start_lab: StartLab, login: Login, execute: Execute
) -> None:
    client = login(start_lab(faults=(Fault("corrupt_upload", "p1a", params={"times": 1}),)))
    image = build_image("13.8")
    checksum = hashlib.sha256(image).hexdigest()
    said = []
    for _ in range(2):
        with client.open_sftp() as sftp:
            sftp.putfo(io.BytesIO(image), "/flash/upload/image")
        said.append(execute(client, "fwctl image verify image")[1].split()[1])
    assert said[0] != checksum == said[1]


def test_a_reboot_drops_the_line_closes_the_port_and_opens_it_again(
    start_lab: StartLab, login: Login, execute: Execute, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_lab(boot_seconds=0.6, stop_seconds=1.0)
    port, hosts = lab.ports["p1b"], lab.known_hosts
    client = login(lab, "p1b")
    before = execute(client, "fwctl show boot")[1]
    assert execute(client, "fwctl reboot --if-state BACKUP") == (0, "", "")
    # trap 1: the old system answers for a while
    assert execute(client, "fwctl show boot")[1].split()[1] == before.split()[1]
    eventually(lambda: not client.get_transport().is_active(), 5)
    assert not is_open(port)
    eventually(lambda: is_open(port), 5)
    after = execute(login(lab, "p1b"), "fwctl show boot")[1]
    assert after.split()[1] != before.split()[1]
    assert (lab.ports["p1b"], lab.known_hosts) == (port, hosts)


def test_a_whole_upgrade_of_the_standby(
    start_lab: StartLab, login: Login, execute: Execute, eventually: Eventually
) -> None:
    lab = start_lab(boot_seconds=0.4, install_seconds=0.1)
    client = login(lab, "p1b")
    image = build_image("13.8")
    with client.open_sftp() as sftp:
        sftp.putfo(io.BytesIO(image), "/flash/upload/image")
    checksum = hashlib.sha256(image).hexdigest()
    for line in (
        f"fwctl image install image {checksum} 13.8 --if-state BACKUP",
        "fwctl image boot B --if-state BACKUP",
        "fwctl reboot --if-state BACKUP",
    ):
        assert execute(client, line) == (0, "", "")
    lab.wait_until(lambda inside: inside.state("p1b").boots == 1)
    lab.wait_until(lambda inside: inside.state("p1b").known == 200)
    state = lab.state("p1b")
    assert (state.version, state.slot, state.role) == ("13.8", "B", "BACKUP")
    assert "Version: 13.8\n" in execute(login(lab, "p1b"), "fwctl show version")[1]
    assert lab.audit("gap-begin") == []


def test_a_mute_member_accepts_and_says_nothing(start_lab: StartLab, login: Login) -> None:
    lab = start_lab(faults=(Fault("mute", "p1a", params={"seconds": 1.0}),))
    with (
        socket.create_connection(("127.0.0.1", lab.ports["p1a"]), timeout=0.2) as connection,
        pytest.raises(TimeoutError),
    ):
        connection.recv(1)
    lab.wait_until(lambda inside: not inside.rigs["p1"].pair.devices[0].quirks)
    login(lab)


def test_logins_are_refused_for_a_while(start_lab: StartLab, login: Login) -> None:
    lab = start_lab(faults=(Fault("login_refused", "p1a", params={"seconds": 1.0}),))
    with pytest.raises(paramiko.AuthenticationException):
        login(lab)
    lab.wait_until(lambda inside: not inside.rigs["p1"].pair.devices[0].quirks)
    login(lab)


def test_a_changed_host_key(start_lab: StartLab, login: Login) -> None:
    lab = start_lab()

    def key() -> str:
        return str(login(lab).get_transport().get_remote_server_key().get_base64())

    assert key() in lab.known_hosts
    lab.inject(Fault("host_key_changed", "p1a"))
    assert key() not in lab.known_hosts
    assert lab.known_hosts.startswith(f"[127.0.0.1]:{lab.ports['p1a']} ssh-ed25519 ")


def test_a_crash_drops_the_line(
    start_lab: StartLab, login: Login, is_open: IsOpen, eventually: Eventually
) -> None:
    lab = start_lab()
    client = login(lab)
    lab.inject(Fault("crash", "p1a"))
    eventually(lambda: not client.get_transport().is_active(), 2)
    assert not is_open(lab.ports["p1a"])


def test_a_silent_crash_closes_nothing_and_lets_nobody_connect(
    start_lab: StartLab, login: Login
) -> None:
    lab = start_lab(boot_seconds=0.3)
    client = login(lab)
    lab.inject(Fault("crash", "p1a", params={"silent": True}))
    with pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", lab.ports["p1a"]), timeout=0.3)
    assert client.get_transport().is_active()
    with pytest.raises((TimeoutError, paramiko.SSHException)):
        client.exec_command("fwctl show ha", timeout=0.3)[1].read()
    lab.inject(Fault("power_on", "p1a"))
    lab.wait_until(lambda inside: inside.state("p1a").phase == "running")
    login(lab)


def test_a_lost_reply_over_ssh(start_lab: StartLab, login: Login, eventually: Eventually) -> None:
    lab = start_lab(faults=(Fault("reply_lost", "p1a", params={"command": "fwctl ha suspend"}),))
    client = login(lab)
    assert client.exec_command("fwctl ha suspend", timeout=5)[1].read() == b""
    eventually(lambda: not client.get_transport().is_active(), 2)
    lab.wait_until(lambda inside: inside.state("p1b").forwards)
    assert lab.state("p1a").is_suspended


def test_a_lab_ends_while_a_command_hangs(login: Login) -> None:
    spec = LabSpec((simple_pair("p1", faults=(Fault("suspend_hangs", "p1a"),)),))
    with LabThread(spec) as lab:
        client = login(lab)
        _, out, _ = client.exec_command("fwctl ha suspend", timeout=0.2)
        with pytest.raises(TimeoutError):
            out.read()
        begin = time.monotonic()
    assert time.monotonic() - begin < 5


def test_who_hangs_up_on_a_command_that_hangs_is_logged_in_no_more(
    start_lab: StartLab, login: Login
) -> None:
    lab = start_lab(faults=(Fault("suspend_hangs", "p1a"),))
    client = login(lab)
    client.invoke_shell().send(b"fwctl ha suspend\n")
    lab.wait_until(lambda inside: inside.rig_of("p1").pair.device("p1a").logins)
    client.close()
    lab.wait_until(lambda inside: not inside.rig_of("p1").pair.device("p1a").logins)


def test_a_fault_at_a_reboot_over_ssh(start_lab: StartLab, login: Login, execute: Execute) -> None:
    lab = start_lab(
        boot_seconds=0.2,
        faults=(Fault("boot_without_ha", "p1b", When(on="fwctl reboot", by="p1b")),),
    )
    execute(login(lab, "p1b"), "fwctl reboot")
    lab.wait_until(lambda inside: inside.state("p1b").boots == 1)
    assert "State: INIT\n" in execute(login(lab, "p1b"), "fwctl show ha")[1]


def test_a_hundred_pairs_start_in_one_process(is_open: IsOpen) -> None:
    spec = LabSpec(tuple(simple_pair(f"p{number}") for number in range(100)))
    begin = time.monotonic()
    with LabThread(spec) as lab:
        assert len(lab.ports) == 200
        assert len(set(lab.ports.values())) == 200
        assert is_open(lab.ports["p99b"])
        assert time.monotonic() - begin < 10
