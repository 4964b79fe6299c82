"""The command line, ``haupgrade``. Nothing heavy is imported before a command needs it."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    from nornir_haupgrade.cli.app import app

    app(prog_name="haupgrade")


__all__ = ["main"]
