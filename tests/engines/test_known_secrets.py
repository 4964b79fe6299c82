"""What the inventory holds as secrets is known before anything is kept."""

from __future__ import annotations

from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.engines.local import redactor_for
from nornir_haupgrade.settings import MemberConfig, PairConfig, Project, Settings


def test_secrets_are_known_wherever_a_connection_has_them() -> None:
    options = {
        "netmiko": ConnectionOptions(extras={"secret": "enable-secret"}),
        "napalm": ConnectionOptions(
            password="napalm-password",
            extras={"optional_args": {"api_key": "key-of-the-api", "secret": "other-secret"}},
        ),
    }
    hosts = Hosts(
        {
            "p1a": Host("p1a", password="login-password", connection_options=options),
            "p1b": Host("p1b"),
        }
    )
    members = (MemberConfig("p1a", None, "linux_ha"), MemberConfig("p1b", None, "linux_ha"))
    nr = Nornir(Inventory(hosts, Groups(), Defaults()))
    project = Project(nr, Settings(), (PairConfig("p1", members, "linux_ha"),))
    redact = redactor_for(project)
    for secret in (
        *("login-password", "enable-secret", "napalm-password"),
        *("key-of-the-api", "other-secret"),
    ):
        assert redact(f"it says {secret}.") == "it says ***."
