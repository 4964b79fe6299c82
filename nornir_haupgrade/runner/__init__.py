"""The Nornir runner ``ha_pairs``: pairs in parallel, the members of a pair in their order."""

from nornir_haupgrade.runner.ha_pairs import HAPairs

__all__ = ["HAPairs"]
