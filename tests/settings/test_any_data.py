from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.settings import HttpService, Settings, TcpService, validate
from nornir_haupgrade.settings.ha import CriticalSession, HaData, Tolerance

if TYPE_CHECKING:
    from nornir.core import Nornir

    from nornir_haupgrade.errors import Finding

KEYS = st.sampled_from(
    sorted(
        {
            *(name for model in (HaData, TcpService, HttpService) for name in model.model_fields),
            *(
                name
                for model in (CriticalSession, Tolerance, Settings)
                for name in model.model_fields
            ),
            *("platform", "version", "file", "sha256", "algorithm", "kind", "model", "requires"),
        }
    )
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["p1", "tcp", "http", "5%", "10.0.0.1", "linux_ha", "\ud800", "\x00", "{x}"])
)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.text(max_size=4) | st.integers(), inner, max_size=5)
    ),
    max_leaves=12,
)


def nornir(ours: object, of_host: object, of_group: object) -> Nornir:
    group = Group("g", data=cast("Any", {"ha": of_group}))
    names = ("a", "b")
    hosts = Hosts(
        {name: Host(name, groups=ParentGroups([group]), data={"ha": of_host}) for name in names}
    )
    inventory = Inventory(hosts, Groups({"g": group}), Defaults())
    config = SimpleNamespace(
        user_defined={"haupgrade": ours}, inventory=SimpleNamespace(plugin="Other", options={})
    )
    return cast("Nornir", SimpleNamespace(inventory=inventory, config=config))


def findings(nr: Nornir) -> tuple[Finding, ...]:
    try:
        validate(nr, platforms=["linux_ha"], to="1")
    except BadInput as error:
        return error.findings or pytest.fail("bad input without a finding")
    return ()


@settings(max_examples=100, deadline=None)
@given(ours=DATA, of_host=DATA, of_group=DATA)
def test_any_data_is_good_or_bad_input(ours: object, of_host: object, of_group: object) -> None:
    for finding in findings(nornir(ours, of_host, of_group)):
        assert finding.where
        assert finding.what
        assert finding.advice
        assert str(finding).isprintable()


@settings(max_examples=100, deadline=None)
@given(
    value=st.lists(DATA, min_size=1, max_size=2) | st.dictionaries(KEYS, DATA, max_size=2),
    key=st.sampled_from(["services", "canaries", "critical_sessions", "tolerance", "backs_up"]),
)
def test_any_value_below_a_known_key(value: object, key: str) -> None:
    found = findings(nornir({}, {"pair": "p", key: value}, {}))
    assert all(str(finding).isprintable() for finding in found)


@settings(max_examples=100, deadline=None)
@given(image=st.dictionaries(KEYS, DATA, max_size=6))
def test_any_image(image: object) -> None:
    found = findings(nornir({"images": [image]}, {"pair": "p"}, {}))
    assert all(str(finding).isprintable() for finding in found)
