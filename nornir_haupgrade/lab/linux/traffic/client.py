"""``python -m nornir_haupgrade.lab.linux.traffic.client``: live connections, measured from outside.

It holds long connections, opens new ones at a steady pace, and answers on a unix socket what it
measured (see ``requests``). ``ready`` on standard output says that the socket is open, not that the
connections are established. SIGTERM, SIGINT and the request ``stop`` end it.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import signal
import sys
from pathlib import Path

from nornir_haupgrade.lab.linux.traffic.ends import (
    address,
    allow_many_descriptors,
    endpoint,
    source_socket,
)
from nornir_haupgrade.lab.linux.traffic.load import Load, Wanted
from nornir_haupgrade.lab.linux.traffic.requests import Requests


async def run(wanted: Wanted, control: Path) -> None:
    """Run until a signal or a request ends it."""
    load = Load(wanted)
    requests = Requests(load, control)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, requests.stop.set)
    await requests.start()
    running = asyncio.create_task(load.run())
    stopping = asyncio.create_task(requests.stop.wait())
    try:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await requests.close()
        for task in (running, stopping):
            task.cancel()
        results = await asyncio.gather(running, stopping, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        msg = f"{text!r} is not a count"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _seconds(text: str) -> float:
    if not (seconds := _rate(text)):
        msg = "0 is too short"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        msg = f"{text!r} is not a number of 0 or more"
        raise argparse.ArgumentTypeError(msg)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="traffic.client", description="Live TCP connections.")
    add = parser.add_argument
    add("--connect", type=endpoint, required=True, metavar="ADDR:PORT", help="the server")
    add("--bind", type=address, required=True, metavar="ADDR", help="source address")
    add("--nat-bind", type=address, metavar="ADDR", help="source address that gets translated")
    add("--long", type=_count, default=200, help="long connections (%(default)s)")
    add("--idle", type=_count, default=20, help="idle ones among them (%(default)s)")
    add("--nat", type=_count, default=0, help="from the NAT source (%(default)s), not idle")
    add("--new-per-second", type=_rate, default=20.0, help="new connections (%(default)s)")
    add("--control", type=Path, required=True, metavar="PATH", help="unix socket for requests")
    add("--every", type=_seconds, default=0.2, help="seconds between exchanges (%(default)s)")
    add("--connect-timeout", type=_seconds, default=5.0, help="seconds (%(default)s)")
    add("--answer-timeout", type=_seconds, default=30.0, help="then lost; seconds (%(default)s)")
    return parser


def _wanted(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Wanted:
    if options.idle + options.nat > options.long:
        parser.error("--idle and --nat together are more than --long")
    if bool(options.nat) != bool(options.nat_bind):
        parser.error("--nat and --nat-bind need each other")
    for source in filter(None, (options.bind, options.nat_bind)):
        try:
            source_socket(source).close()
        except OSError as exc:
            parser.error(f"cannot connect from {source}: {exc}")
    return Wanted(
        target=options.connect,
        source=options.bind,
        nat_source=options.nat_bind,
        long=options.long,
        idle=options.idle,
        nat=options.nat,
        new_per_second=options.new_per_second,
        every=options.every,
        connect_timeout=options.connect_timeout,
        answer_timeout=options.answer_timeout,
    )


def main() -> int:
    """Run the client."""
    parser = _parser()
    options = parser.parse_args()
    wanted = _wanted(parser, options)
    allow_many_descriptors()
    try:
        asyncio.run(run(wanted, options.control))
    except OSError as exc:
        sys.stderr.write(f"cannot open {options.control}: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
