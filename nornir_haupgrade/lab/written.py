"""A lab and its faults as plain data: what ``lab_from`` and ``fault_from`` read back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.plain import SpecError
from nornir_haupgrade.lab.spec import FAULT_WORDS, WHEN_WORDS

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import Fault, LabSpec


def plain_lab(spec: LabSpec) -> dict[str, Any]:
    """A lab in the words of its description.

    Raises:
        SpecError: A pair has a setup of its platform's, whose words are not these.
    """
    plain = asdict(spec)
    for pair, own in zip(plain["pairs"], spec.pairs, strict=True):
        if own.setup is not None:
            msg = f"pair {own.name}: its setup cannot be written down"
            raise SpecError(msg)
        pair["faults"] = [plain_fault(fault) for fault in own.faults]
    return plain


def plain_fault(fault: Fault) -> dict[str, Any]:
    """A fault in the words of a script."""
    when = {word: getattr(fault.when, name) for word, name in WHEN_WORDS.items()}
    params = dict(fault.params)
    lasts = params.pop("lasts", None)
    named = {word: getattr(fault, name, None) for word, name in FAULT_WORDS.items()}
    return named | {"when": when, "params": params, "lasts": lasts}
