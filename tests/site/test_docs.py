"""What the documents say of tasks and inventories is so."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.inventory import InventoryPluginRegister

from nornir_haupgrade.engines.events import Event
from nornir_haupgrade.engines.notify import plain
from nornir_haupgrade.settings.ha import HaData
from nornir_haupgrade.site import load_task, run_task
from tests.engines.test_notify import ENDED, HELD, SWITCHED

ROOT = Path(__file__).parents[2]
TASKS = (ROOT / "docs" / "site_tasks.md").read_text(encoding="utf-8")
INVENTORIES = (ROOT / "docs" / "inventories.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(
    ("freeze", "is_good", "words"), [(False, True, "no freeze"), (True, False, "being closed")]
)
def test_the_first_task_is_a_gate(
    monkeypatch: pytest.MonkeyPatch, freeze: bool, is_good: bool, words: str
) -> None:
    module = ModuleType("freeze_of_the_docs")
    exec(blocks(TASKS, "python")[0], module.__dict__)  # noqa: S102 - our own document
    monkeypatch.setitem(sys.modules, module.__name__, module)
    hosts = Hosts({"p1a": Host("p1a", data={"freeze": freeze})})
    nr = Nornir(Inventory(hosts, Groups(), Defaults()))
    name = f"{module.__name__}.is_over"
    said = run_task(nr, "p1a", name="freeze", task=name, kept=lambda _: None)
    assert said.is_good is is_good
    assert words in said.text


def test_the_inventory_of_the_tasks_is_accepted() -> None:
    (block,) = blocks(TASKS, "yaml")
    ha = HaData.model_validate({"pair": "p1", **yaml.safe_load(block)["data"]["ha"]})
    assert [gate.name for gate in ha.gates] == ["freeze"]


def test_every_task_that_is_here_is_listed() -> None:
    listed = set(re.findall(r"`(tasks\.\w+\.\w+)`", TASKS.partition("## The ones")[2]))
    assert all(callable(load_task(name)) for name in listed)
    here = {
        f"tasks.{path.stem}.{name}"
        for path in (ROOT / "tasks").glob("[a-z]*.py")
        for name, found in vars(importlib.import_module(f"tasks.{path.stem}")).items()
        if inspect.isfunction(found) and found.__module__ == f"tasks.{path.stem}"
    }
    assert listed == here


@pytest.mark.parametrize("event", [HELD, SWITCHED, ENDED], ids=lambda one: type(one).__name__)
def test_the_keys_of_an_event_are_those_of_the_table(event: Event) -> None:
    said = plain(event)
    assert said is not None
    kind = said["event"]
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", TASKS.partition("| key | in |")[2], re.MULTILINE)
    told = {
        key
        for keys, events in rows
        if events == "all" or f"`{kind}`" in events
        for key in re.findall(r"`(\w+)`", keys)
    }
    assert told == {*said, "at", "pair", "site", "campaign"}


@pytest.mark.parametrize("block", blocks(INVENTORIES, "yaml"))
def test_the_options_of_an_inventory_plugin_exist(block: str) -> None:
    inventory: dict[str, Any] = yaml.safe_load(block)["inventory"]
    InventoryPluginRegister.auto_register()
    plugin = InventoryPluginRegister.get_plugin(inventory["plugin"])
    named = inspect.signature(plugin).parameters
    assert set(inventory["options"]) <= set(named)
    inspect.signature(plugin).bind(**inventory["options"])
