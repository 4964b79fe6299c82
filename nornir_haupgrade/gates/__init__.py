"""Pure verdicts: frozen facts in, a ``Verdict`` out. No I/O, no clock, no logging."""
