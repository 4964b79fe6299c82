"""Where a member is logged in to, as Netmiko would have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions, Host

from nornir_haupgrade.platforms.address import address_of, direct_port


def host(file: Path | None = None, **given: Any) -> Host:  # noqa: ANN401 - Nornir's own
    extras = {} if file is None else {"ssh_config_file": str(file)}
    return Host("p1a", connection_options={"netmiko": ConnectionOptions(extras=extras)}, **given)


def test_without_a_hostname_the_name_is_the_address() -> None:
    assert address_of(host()) == "p1a"
    assert direct_port(host()) == ("p1a", 22)
    assert direct_port(host(hostname="10.0.0.1", port=2222)) == ("10.0.0.1", 2222)


@pytest.mark.parametrize(
    ("text", "port", "found"),
    [
        ("Host p1a\n  HostName 10.0.0.1\n  Port 2222\n", None, ("10.0.0.1", 2222)),
        ("Host p1a\n  HostName 10.0.0.1\n  Port 2222\n", 2022, ("10.0.0.1", 2022)),
        ("Host p1b\n  ProxyJump bastion\n", None, ("p1a", 22)),
        ("Host p1*\n  ProxyJump bastion\n", None, None),
        ("Host *\n  ProxyCommand ssh -W %h:%p bastion\n", None, None),
        ("nonsense\n", None, None),
    ],
)
def test_an_ssh_configuration_file_has_its_say(
    tmp_path: Path, text: str, port: int | None, found: tuple[str, int] | None
) -> None:
    file = tmp_path / "ssh_config"
    file.write_text(text)
    assert direct_port(host(file, port=port)) == found


def test_a_configuration_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert direct_port(host(tmp_path / "none")) == ("p1a", 22)
