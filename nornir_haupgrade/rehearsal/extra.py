"""Whether the lab can be started at all. It imports nothing of it, so that it can still say so."""

from __future__ import annotations

from importlib import import_module

from nornir_haupgrade.errors import BadInput


def need_lab() -> None:
    """What the simulated devices are made with is there.

    Raises:
        BadInput: It is not.
    """
    try:
        import_module("asyncssh")
    except ModuleNotFoundError as error:
        raise BadInput(
            f"the lab needs a package that is not installed: {error.name}",
            advice="pip install 'nornir-haupgrade[lab]'",
        ) from error
