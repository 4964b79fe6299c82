"""Questions of a device over real SSH: answered, or left open with the session closed at them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.errors import CommandRefused, LineDropped
from nornir_haupgrade.platforms.base import Transport
from nornir_haupgrade.platforms.transport import open_transport
from tests.platforms.router import PASSWORD, Router, running

pytestmark = pytest.mark.ssh
CONFIRM = (r"\[confirm\]$", "")
SAVE = (r"\[yes/no\]:?$", None)
ASKS = "System configuration has been modified. Save? [yes/no]: "


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    with running(Router(tmp_path)) as router:
        yield router


@pytest.fixture
def transport(router: Router, tmp_path: Path) -> Iterator[Transport]:
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
    transport = open_transport(
        host,
        pair="edge",
        login_and_read_only=(),
        read_only=False,
        connect_timeout=9,
        known_hosts=known,
    )
    yield transport
    transport.close()


def test_a_question_of_ours_is_answered(router: Router, transport: Transport) -> None:
    router.questions["reload"] = "Proceed with reload? [confirm]"
    said = transport.command_ending_session("reload", timeout=5, dialogues=(SAVE, CONFIRM))
    assert "Proceed with reload?" in said
    assert router.lines[-2:] == ["reload", ""]


@pytest.mark.parametrize("ends", [True, False])
def test_a_question_of_others_is_left_open_and_the_session_closed(
    router: Router, transport: Transport, *, ends: bool
) -> None:
    router.questions["reload"] = ASKS
    send = transport.command_ending_session if ends else transport.command
    with pytest.raises(CommandRefused, match=r"Save\? \[yes/no\]") as caught:
        send("reload", timeout=5, dialogues=(SAVE, CONFIRM))
    assert (caught.value.pair, caught.value.member) == ("edge", "r1")
    assert caught.value.device_text == ASKS
    assert router.lines[-1] == "reload"
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.command("show users", timeout=5)
