"""Gates: pure functions from facts to a verdict. No I/O, no clock, no logging."""
