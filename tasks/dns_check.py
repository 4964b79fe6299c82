"""A service: the names that matter, asked of one name server, lead where they should.

In the inventory, on the group of both members::

    data:
      dns: {server: 10.2.1.53, names: {shop.example.com: 10.2.1.100}}
      ha:
        services:
          - {name: names, type: task, task: tasks.dns_check.dns_check}

It needs dnspython: ``pip install 'nornir-haupgrade[probes]'``.
"""

from __future__ import annotations

from nornir.core.task import Result, Task


def dns_check(task: Task) -> Result:
    """Good if each name has its address; what is wrong is told of all of them."""
    import dns.exception
    import dns.resolver

    asked = task.host["dns"]
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [asked["server"]]
    resolver.port = asked.get("port", 53)
    resolver.lifetime = 3
    wrong = []
    for name, address in asked["names"].items():
        try:
            found = sorted(str(record) for record in resolver.resolve(name, "A"))
        except dns.exception.DNSException as error:
            wrong.append(f"{name}: {error}")
            continue
        if address not in found:
            wrong.append(f"{name} is {', '.join(found)}, not {address}")
    if wrong:
        return Result(task.host, result="; ".join(wrong), failed=True)
    return Result(task.host, result=f"{len(asked['names'])} names as they should be")
