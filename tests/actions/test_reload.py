"""A reload: down, up again, logged in to, its role settled; only a new boot is proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nornir.core.inventory import ConnectionOptions

from nornir_haupgrade.errors import CommandRefused, CommandTimeout, HAUpgradeError, LineDropped
from nornir_haupgrade.model import Change, Role, Status
from nornir_haupgrade.procedure.actions.context import Context
from nornir_haupgrade.procedure.actions.ports import watch_port
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.records import Action, Result
from tests.actions.conftest import Bench
from tests.actions.memory import NEW, OLD, Port, unreadable

QUICK = {"reload_notice": 0.05, "reload_timeout": 5.0}
"""For members whose port never goes down: that they do not is waited for in real seconds."""


def goes_down(bench: Bench, port: Port, comes_up: Callable[[], None] | None) -> Context:
    """The reload takes effect: the port closes, and what happens once that was seen."""

    def reloads(change: Change) -> None:
        assert change is Change.RELOAD
        bench.b.is_down = True
        port.close()

    def told(text: str) -> None:
        bench.told.append(text)
        if text == "p1b: down" and comes_up is not None:
            comes_up()
            port.open()

    bench.b.on_change = reloads
    bench.settings.setdefault("reload_notice", 10.0)  # it does go down; a busy machine sees it late
    ctx = bench.context()
    ctx.tell = told
    return ctx


def reload(bench: Bench, ctx: Context | None = None) -> Result:
    return do(ctx or bench.context(), bench.run(Action.RELOAD, "p1b", to=NEW))


def test_a_member_that_was_down_and_is_back_on_the_new_version_passes(
    bench: Bench, port: Port
) -> None:
    result = reload(bench, goes_down(bench, port, bench.b.boots))
    assert result.verdict.status is Status.PASS
    assert result.seen == bench.facts
    assert bench.told == ["p1b: reloading", "p1b: down"]
    assert bench.sent == [("p1b", "reload")]
    assert bench.pair.closed == ["p1b"]
    assert bench.pair.logins_while_down == 0


@pytest.mark.parametrize("error", [CommandTimeout("no answer"), LineDropped("the line broke")])
def test_a_lost_reply_is_normal_when_a_new_boot_proves_the_reload(
    bench: Bench, port: Port, error: HAUpgradeError
) -> None:
    bench.b.acts_before_failing = True
    bench.b.goes_wrong("reload", error)
    assert reload(bench, goes_down(bench, port, bench.b.boots)).verdict.status is Status.PASS


def test_a_member_that_stays_down_is_a_failure_after_its_time(bench: Bench, port: Port) -> None:
    bench.settings = {"reload_timeout": 0.8}
    result = reload(bench, goes_down(bench, port, None))
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b did not come back: p1/p1b: does not answer"
    assert result.seen is not None
    assert result.seen.of("p1b") is None
    assert bench.pair.logins_while_down == 1


def test_a_member_that_boots_the_old_version_again_is_a_failure(bench: Bench, port: Port) -> None:
    result = reload(bench, goes_down(bench, port, lambda: bench.b.boots(OLD)))
    assert result.verdict.status is Status.FAIL
    assert "p1b runs the old version 12.15 after the reboot, not 13.8" in result.verdict.reason


def test_a_member_that_is_not_back_in_the_pair_gets_its_time_and_then_fails(
    bench: Bench, port: Port
) -> None:
    result = reload(bench, goes_down(bench, port, lambda: bench.b.boots(NEW, Role.FAILED)))
    assert result.verdict.status is Status.FAIL
    assert "HA did not come up" in result.verdict.reason
    assert bench.clock.passed > 1  # looked at again, until settle_timeout


def test_a_role_that_comes_late_is_waited_for(bench: Bench, port: Port) -> None:
    def late(number: int) -> None:
        if number == 4:
            bench.b.becomes(role=Role.STANDBY)

    ctx = goes_down(bench, port, lambda: bench.b.boots(NEW, Role.NEGOTIATING))
    bench.b.on_read = late
    assert reload(bench, ctx).verdict.status is Status.PASS


def test_a_reload_that_a_member_accepts_and_does_not_do_is_an_error(
    bench: Bench, port: Port
) -> None:
    bench.settings = QUICK
    result = reload(bench)
    assert result.verdict.status is Status.ERROR  # it may yet come
    assert "p1b did not reboot: its boot id is still boot-1" in result.verdict.reason
    assert bench.told == ["p1b: reloading"]


def test_a_member_that_did_not_reboot_and_left_the_pair_is_not_waited_for(
    bench: Bench, port: Port
) -> None:
    bench.settings = QUICK
    bench.b.on_change = lambda _: bench.b.becomes(role=Role.SUSPENDED)
    result = reload(bench)
    assert result.verdict.status is Status.ERROR
    assert bench.clock.passed < 3  # settle_timeout


def test_a_member_that_went_down_unseen_is_still_proven_by_its_boot(
    bench: Bench, port: Port
) -> None:
    bench.settings = QUICK
    bench.b.on_change = lambda _: bench.b.boots()
    assert reload(bench).verdict.status is Status.PASS


def test_a_member_that_answers_late_is_looked_at_again(bench: Bench, port: Port) -> None:
    bench.settings = QUICK
    bench.b.on_change = lambda _: bench.b.boots()
    bench.b.goes_wrong("facts", None, unreadable(), None)
    assert reload(bench).verdict.status is Status.PASS
    assert bench.b.reads == 3


def test_a_line_to_the_other_member_that_drops_meanwhile_is_no_silence(
    bench: Bench, port: Port
) -> None:
    bench.settings = QUICK
    bench.b.on_change = lambda _: bench.b.boots()
    bench.a.goes_wrong("facts", None, LineDropped("the line broke"), None)
    result = reload(bench)
    assert result.verdict.status is Status.PASS
    assert result.seen == bench.facts


def test_a_refused_reload_is_a_failure_and_nothing_is_waited_for(bench: Bench, port: Port) -> None:
    bench.b.goes_wrong("reload", CommandRefused("configuration is being saved"))
    result = reload(bench)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1/p1b: configuration is being saved"
    assert result.seen == bench.facts
    assert bench.clock.passed == 0
    assert bench.told == []


def test_a_refused_reload_on_members_that_then_fall_silent_shows_nothing(
    bench: Bench, port: Port
) -> None:
    bench.b.goes_wrong("reload", CommandRefused("busy"))
    bench.a.goes_wrong("facts", None, unreadable())
    result = reload(bench)
    assert result.verdict.status is Status.FAIL
    assert result.seen is None


def test_a_reload_on_stale_facts_is_not_sent(bench: Bench, port: Port) -> None:
    ctx, run = bench.context(), bench.run(Action.RELOAD, "p1b", to=NEW)
    bench.b.becomes(failovers=1)
    result = do(ctx, run)
    assert result.is_stale
    assert bench.sent == []


def test_a_member_without_a_hostname_is_watched_where_it_is_logged_in_to(
    bench: Bench, port: Port
) -> None:
    ctx = goes_down(bench, port, bench.b.boots)
    host = bench.pair.host("p1b")
    host.name, host.hostname = "localhost", None
    with watch_port(ctx, "p1b") as watch:
        assert watch.wait_up(5)


def test_behind_a_proxy_nobody_waits_for_a_port_that_never_opens(
    bench: Bench, port: Port, tmp_path: Path
) -> None:
    config = tmp_path / "ssh_config"
    config.write_text("Host *\n  ProxyCommand false\n")
    bench.settings = {"reload_notice": 2.0, "reload_timeout": 600.0}

    def late(_: int) -> None:
        if bench.pair.logins_while_down == 3:
            bench.b.boots()

    ctx = goes_down(bench, port, None)
    bench.pair.host("p1b").connection_options["netmiko"] = ConnectionOptions(
        extras={"ssh_config_file": str(config)}
    )
    bench.a.on_read = late
    result = reload(bench, ctx)
    assert result.verdict.status is Status.PASS
    assert bench.told == ["p1b: reloading"]
    assert bench.clock.passed < 30  # the notice and a few pauses that grow
    with watch_port(ctx, "p1b") as watch:
        assert watch.wait_up(600)  # on to the login
