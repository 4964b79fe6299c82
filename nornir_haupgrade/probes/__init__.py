"""Measurement from outside: does a service answer, is a rebooting member's port open again?

Two threads of the process, and where to read on:

- services and canaries, in one asyncio loop: `prober` (begins and ends the thread), `engine` (the
  thread), `watch` (one pair), `runner` and `load` (when is asked), `askers` and one file for each
  kind of service (what is asked: `tcp_connect`, `http_page`, `dns_query`, `icmp_echo`,
  `site_task`), `target` (names and addresses), `outcome` (one answer), `track` and `gaps` (outage
  from many), `canary` and `canary_log` (held connections);
- ports of rebooting members, in one selector loop: `ports` (one waiter's view), `selecting` (the
  loop), `attempt` (one try).
"""
