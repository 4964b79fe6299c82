"""The command line in a process of its own, in compressed time.

With ``--terminal`` its standard input becomes the terminal that it belongs to, as a person's is.
"""

from __future__ import annotations

import fcntl
import os
import sys
import termios

from nornir_haupgrade.cli import main
from tests.end_to_end.compress import compress

if __name__ == "__main__":
    if sys.argv[1] == "--terminal":
        del sys.argv[1]
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    compress()
    main()
