import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from nornir_haupgrade.errors import HostKeyChanged, HostKeyUnknown
from nornir_haupgrade.platforms.hostkeys import HostKey, KnownKeys

ED = HostKey("ssh-ed25519", b"\x00\x00\x00\x0bssh-ed25519" + b"k" * 36)
OTHER = HostKey("ssh-ed25519", b"\x00\x00\x00\x0bssh-ed25519" + b"o" * 36)
RSA = HostKey("ssh-rsa", b"\x00\x00\x00\x07ssh-rsa" + b"r" * 60)


def line(names: str, key: HostKey, marker: str = "") -> str:
    return f"{marker}{names} {key.type} {base64.b64encode(key.blob).decode()} a comment\n"


def hashed(name: str) -> str:
    salt = bytes(range(20))  # the same in every process, as the tests' names are
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def check(
    tmp_path: Path, text: str, key: HostKey = ED, *, host: str = "fw1", port: int = 22
) -> None:
    file = tmp_path / "known hosts"
    file.write_text(text)
    KnownKeys.read(host, port, file).check(key, pair="p1", member="p1a")


@pytest.mark.parametrize(
    ("names", "host", "port"),
    [
        ("fw1", "fw1", 22),
        ("FW1", "fw1", 22),
        ("fw2,fw1,10.0.0.1", "10.0.0.1", 22),
        ("[fw1]:2222", "fw1", 2222),
        ("[10.0.0.1]:2222", "10.0.0.1", 2222),
        ("fw?,!fw2", "fw1", 22),
        ("*.example.net", "fw1.example.net", 22),
        ("[*]:2222", "fw1", 2222),
        ("[::1]:2222", "::1", 2222),
        (hashed("fw1"), "fw1", 22),
        (hashed("[fw1]:2222"), "fw1", 2222),
    ],
)
def test_a_known_key_passes(tmp_path: Path, names: str, host: str, port: int) -> None:
    check(tmp_path, "# a comment\n\n" + line(names, ED), host=host, port=port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage\n",
        "fw1 ssh-ed25519\n",
        "fw1 ssh-ed25519 not-base64!\n",
        "|1|x|y ssh-ed25519 AAAA\n",
        "|1| ssh-ed25519 AAAA\n",
        "#" + line("fw1", ED),
        line("fw2", ED),
        line("[fw1]:2222", ED),
        line("fw*,!fw1", ED),
        line("xfw1", ED),
        line(hashed("fw2"), ED),
        line("fw1", ED, "@cert-authority "),
    ],
)
def test_an_unknown_key_says_how_it_is_accepted(tmp_path: Path, text: str) -> None:
    with pytest.raises(HostKeyUnknown) as caught:
        check(tmp_path, text)
    said = str(caught.value)
    assert said.startswith("p1/p1a: fw1 port 22 offers an ssh-ed25519 key")
    assert ED.fingerprint in said
    assert f"ssh-keyscan -t ed25519 fw1 >> '{tmp_path}/known hosts'" in said


def test_another_port_is_another_name(tmp_path: Path) -> None:
    with pytest.raises(HostKeyUnknown, match="ssh-keyscan -t ed25519 -p 2222 fw1 >>"):
        check(tmp_path, line("fw1", ED), port=2222)


@pytest.mark.parametrize("known", [OTHER, RSA])
def test_another_key_than_the_known_one_is_a_change(tmp_path: Path, known: HostKey) -> None:
    with pytest.raises(HostKeyChanged) as caught:
        check(tmp_path, line("fw1", known))
    assert ED.fingerprint in str(caught.value)
    assert known.fingerprint in str(caught.value)


def test_any_of_several_known_keys_passes(tmp_path: Path) -> None:
    check(tmp_path, line("fw1", RSA) + line("fw1", OTHER) + line("fw1", ED))


def test_a_revoked_key_never_passes(tmp_path: Path) -> None:
    for text in (line("fw1", ED) + line("*", ED, "@revoked "), line("*", ED, "@revoked ")):
        with pytest.raises(HostKeyChanged, match="revoked"):
            check(tmp_path, text)


def test_the_known_types_are_asked_for_first(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(line("fw1", RSA) + line("fw1", ED))
    assert KnownKeys.read("fw1", 22, file).signatures() == (
        "rsa-sha2-512",
        "rsa-sha2-256",
        "ssh-rsa",
        "ssh-ed25519",
    )


def test_no_file_knows_nobody(tmp_path: Path) -> None:
    with pytest.raises(HostKeyUnknown, match="no key"):
        KnownKeys.read("fw1", 22, tmp_path / "none").check(ED, pair="p1", member="p1a")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(HostKeyUnknown, match="cannot be read"):
        KnownKeys.read("fw1", 22, tmp_path)


def test_the_users_own_file_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(line("fw1", ED))
    KnownKeys.read("fw1", 22, None).check(ED, pair="p1", member="p1a")


def test_the_fingerprint_is_the_one_of_openssh() -> None:
    # `ssh-keygen -lf` on this key, OpenSSH 9.2
    blob = "AAAAC3NzaC1lZDI1NTE5AAAAIGANtSzsJqsLxX2eJn1Z/MkZnBsLTkNTLc+3uyPDYzCi"
    key = HostKey("ssh-ed25519", base64.b64decode(blob))
    assert key.fingerprint == "SHA256:0zjIpySIj2n/uUFEpUHAAcpIkYvBG5Fe4TXXHMsfH/E"
