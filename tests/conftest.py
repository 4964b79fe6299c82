"""What every test relies on."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and whatever it starts would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
