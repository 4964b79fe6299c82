"""The command line, ``haupgrade``. Nothing heavy is imported before a command needs it."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    import logging

    # Without any handler Python would write what libraries log between our own lines.
    logging.getLogger().addHandler(logging.NullHandler())
    from nornir_haupgrade.cli.app import app

    app(prog_name="haupgrade")


__all__ = ["main"]
