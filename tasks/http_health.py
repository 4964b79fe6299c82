"""A service: the application behind the pair, by what its own page says of it.

In the inventory, on the group of both members::

    data:
      health: {url: "http://10.2.1.100:8080/health", key: status, value: up}
      ha:
        services:
          - {name: shop, type: task, task: tasks.http_health.http_health}
"""

from __future__ import annotations

import json
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from nornir.core.task import Result, Task

_LARGEST = 64 * 1024
_OPENER = build_opener(ProxyHandler({}))
"""Past this machine's proxies: the way through the pair is what is measured."""


def http_health(task: Task) -> Result:
    """Good if the page is there, and its JSON says so.

    A page that cannot be reached is a bad service; one that cannot be understood is no measurement.
    """
    health = task.host["health"]
    try:
        with _OPENER.open(health["url"], timeout=5) as page:
            said = json.loads(page.read(_LARGEST))[health["key"]]
    except HTTPError as error:
        with closing(error):
            return Result(task.host, result=f"HTTP {error.code}", failed=True)
    except OSError as error:
        return Result(task.host, result=str(error), failed=True)
    return Result(task.host, result=f"{health['key']} is {said}", failed=said != health["value"])
