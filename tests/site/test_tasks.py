"""The site's own tasks, as they are shipped: each is run as the procedure runs it."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import pytest
import yaml
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.settings.ha import HaData
from nornir_haupgrade.site import Said, load_task, run_task
from tests.site.web import serving

EVENT = {"event": "held", "pair": "p1", "reason": "p1b does not answer"}
SHIPPED = ("http_health", "dns_check", "no_open_change", "notify")


def ask(task: str, data: dict[str, Any], **given: Any) -> tuple[Said, list[str]]:  # noqa: ANN401
    """What a task says of a host with these data, and the tracebacks it left."""
    kept: list[str] = []
    hosts = Hosts({"p1a": Host("p1a", hostname="127.0.0.1", data=data)})
    nr = Nornir(Inventory(hosts, Groups(), Defaults()))
    return run_task(nr, "p1a", name="own", task=task, kept=kept.append, **given), kept


@pytest.mark.parametrize("name", SHIPPED)
def test_the_inventory_lines_of_a_task_are_accepted_and_name_it(name: str) -> None:
    module = importlib.import_module(f"tasks.{name}")
    lines = re.search(r"::\n\n((?:    .*\n|\n)+)", str(module.__doc__))
    assert lines is not None
    shown = yaml.safe_load(lines[1])["data"]
    ha = HaData.model_validate({"pair": "p1", **shown.pop("ha")})
    called = [*ha.notify, *(gate.task for gate in ha.gates)]
    called += [getattr(service, "task", "") for service in ha.services]
    assert called
    for task in called:
        assert task.startswith(f"tasks.{name}.")
        assert callable(load_task(task))
    assert shown  # and the data that it reads


# --- http_health ----------------------------------------------------------------------------------


def health(url: str) -> dict[str, Any]:
    return {"health": {"url": url, "key": "status", "value": "up"}}


@pytest.mark.parametrize(
    ("status", "page", "is_good", "words"),
    [
        (200, {"status": "up"}, True, "status is up"),
        (200, {"status": "draining"}, False, "status is draining"),
        (503, {"status": "up"}, False, "HTTP 503"),
        (200, {"health": "up"}, None, "KeyError"),
        (200, None, None, "TypeError"),
    ],
)
def test_an_application_is_as_its_page_says(
    status: int, page: object, is_good: bool | None, words: str
) -> None:
    with serving(lambda _: (status, page)) as web:
        said, kept = ask("tasks.http_health.http_health", health(f"{web.url}/health"))
    assert said.is_good is is_good
    assert words in said.text
    assert bool(kept) is (is_good is None)


def test_an_application_that_does_not_answer_is_bad(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with serving(lambda _: (200, {"status": "up"})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)  # which would answer in its place
        said, _ = ask("tasks.http_health.http_health", health(f"http://127.0.0.1:{port}/"))
    assert said.is_good is False
    assert "refused" in said.text


# --- dns_check ------------------------------------------------------------------------------------


@pytest.fixture
def name_server() -> Iterator[int]:
    """It knows shop.example, and nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                data, who = sock.recvfrom(4096)
                with contextlib.suppress(EOFError, Exception):
                    query = dns.message.from_wire(data)
                    answer = dns.message.make_response(query)
                    if str(query.question[0].name) == "shop.example.":
                        answer.answer.append(
                            dns.rrset.from_text("shop.example.", 60, "IN", "A", "10.2.1.100")
                        )
                    else:
                        answer.set_rcode(dns.rcode.NXDOMAIN)
                    sock.sendto(answer.to_wire(), who)

        thread = threading.Thread(target=serve)
        thread.start()
        yield sock.getsockname()[1]
        is_over.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"over", sock.getsockname())
        thread.join()


@pytest.mark.parametrize(
    ("names", "is_good", "words"),
    [
        ({"shop.example": "10.2.1.100"}, True, "1 names as they should be"),
        ({"shop.example": "10.2.1.9"}, False, "shop.example is 10.2.1.100, not 10.2.1.9"),
        ({"shop.example": "10.2.1.9", "gone.example": "10.2.1.1"}, False, "gone.example: "),
    ],
)
def test_names_lead_where_they_should(
    name_server: int, names: dict[str, str], is_good: bool, words: str
) -> None:
    asked = {"server": "127.0.0.1", "port": name_server, "names": names}
    said, _ = ask("tasks.dns_check.dns_check", {"dns": asked})
    assert said.is_good is is_good
    assert words in said.text


# --- no_open_change -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "is_good", "words"),
    [
        ("", True, "no change is open on p1, muc"),
        ("\np10 CHG0041 another pair\nber CHG0043 another site\n", True, "no change is open"),
        ("ber CHG0043 x\nmuc CHG0042 line card\n", False, "open: muc CHG0042 line card"),
        (None, None, "FileNotFoundError"),
    ],
)
def test_a_change_that_is_open_closes_the_gate(
    tmp_path: Path, lines: str | None, is_good: bool | None, words: str
) -> None:
    path = tmp_path / "open_changes.txt"
    if lines is not None:
        path.write_text(lines)
    data = {"open_changes": {"file": str(path), "about": ["p1", "muc"]}}
    said, _ = ask("tasks.no_open_change.no_open_change", data)
    assert said.is_good is is_good
    assert words in said.text


# --- notify ---------------------------------------------------------------------------------------


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_an_event_is_posted_as_json(no_proxy: None) -> None:
    with serving(lambda _: (200, {})) as web:
        said, _ = ask("tasks.notify.post", {"webhook": f"{web.url}/hook"}, event=EVENT)
    assert said == Said(is_good=True, text="tasks.notify.post: HTTP 200", has_failed=False)
    (asked,) = web.asked
    assert (asked.method, asked.path, asked.json) == ("POST", "/hook", EVENT)
    assert asked.headers["content-type"] == "application/json"


def test_a_webhook_that_refuses_has_failed(no_proxy: None) -> None:
    with serving(lambda _: (403, {"no": "entry"})) as web:
        said, _ = ask("tasks.notify.post", {"webhook": web.url}, event=EVENT)
    assert said == Said(is_good=False, text="tasks.notify.post: HTTP 403", has_failed=True)


def test_events_are_appended_a_line_each(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    for _ in range(2):
        said, _ = ask("tasks.notify.append", {"event_log": str(log)}, event=EVENT)
        assert said.is_good
    assert [json.loads(line) for line in log.read_text().splitlines()] == [EVENT, EVENT]
