"""A simulated pair of Linux firewalls: the platform ``linux_ha``, which speaks ``fwctl``.

The real pair of the same contract is in ``lab/linux``.
"""
