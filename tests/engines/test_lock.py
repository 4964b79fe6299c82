from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from nornir_haupgrade.engines.lock import ControllerLock
from nornir_haupgrade.errors import AnotherController

HOLDER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from nornir_haupgrade.engines.lock import ControllerLock

    with ControllerLock(Path(sys.argv[1]), *sys.argv[2:], campaign="c1"):
        print("held", flush=True)
        sys.stdin.read()
""")


def test_a_second_controller_is_told_who_holds_the_pair(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path), "p1", "p2"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with ControllerLock(tmp_path, "p3"):
            pass
        with pytest.raises(AnotherController) as caught, ControllerLock(tmp_path, "p3", "p2"):
            pass
        message = str(caught.value)
        for part in (
            "p2: ",
            f"process {process.pid} ",
            socket.gethostname(),
            "campaign c1",
            "kill",
        ):
            assert part in message
        # All or none: p3 was let go of.
        with ControllerLock(tmp_path, "p3"):
            pass
        process.kill()
        process.wait()
        # The kernel let go of it, whatever the file still says.
        with ControllerLock(tmp_path, "p1", "p2"):
            pass


def test_one_process_cannot_hold_a_pair_twice(tmp_path: Path) -> None:
    with ControllerLock(tmp_path, "p1"):
        with (
            pytest.raises(AnotherController, match=f"process {os.getpid()}"),
            ControllerLock(tmp_path, "p1"),
        ):
            pass
        with ControllerLock(tmp_path, "p2"):
            pass
    with ControllerLock(tmp_path, "p1"):
        pass


def test_a_pair_named_twice_is_one_pair(tmp_path: Path) -> None:
    with ControllerLock(tmp_path, "p1", "p1"):
        pass


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), ControllerLock(tmp_path, "p1"):
        raise ZeroDivisionError
    with ControllerLock(tmp_path, "p1"):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "null"])
def test_what_the_file_says_does_not_matter(tmp_path: Path, content: str) -> None:
    with ControllerLock(tmp_path, "p1"):
        (tmp_path / ".locks" / "p1.lock").write_text(content)
        with (
            pytest.raises(AnotherController, match="another process"),
            ControllerLock(tmp_path, "p1"),
        ):
            pass


def test_hostile_names_stay_in_their_folder(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with ControllerLock(store, "../../p1", "..", "a/b", "a b", "\n"):
        files = list((store / ".locks").iterdir())
    assert len(files) == 5
    assert [item.name for item in tmp_path.iterdir()] == ["store"]
    assert {item.stat().st_mode & 0o777 for item in files} == {0o600}
    assert (store / ".locks").stat().st_mode & 0o777 == 0o700
