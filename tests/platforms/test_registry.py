import subprocess
import sys

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.platforms import driver_class, known_platforms
from nornir_haupgrade.platforms.base import Driver
from nornir_haupgrade.platforms.cisco_iosxe import CiscoIosXe
from nornir_haupgrade.platforms.linux_ha import LinuxHA


def test_every_known_platform_has_a_driver_of_that_name() -> None:
    for name in known_platforms():
        assert name == driver_class(name).NAME


def test_each_driver_keeps_the_protocol() -> None:
    drivers: tuple[type[Driver], ...] = (CiscoIosXe, LinuxHA)  # the type checker is the test
    assert {driver.NAME for driver in drivers} == set(known_platforms())


def test_an_unknown_platform_is_named_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"'pfsense'.*linux_ha"):
        driver_class("pfsense")


def test_neither_the_registry_nor_a_driver_imports_an_ssh_library() -> None:
    code = (
        "import sys\n"
        "from nornir_haupgrade.platforms import driver_class, transport\n"
        "driver_class('linux_ha'), driver_class('cisco_iosxe')\n"
        "heavy = {'netmiko', 'napalm', 'paramiko', 'nornir', 'ntc_templates', 'textfsm'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
