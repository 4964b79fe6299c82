"""``python -m nornir_haupgrade`` is ``haupgrade``."""

from __future__ import annotations

from nornir_haupgrade.cli import main

if __name__ == "__main__":
    main()
