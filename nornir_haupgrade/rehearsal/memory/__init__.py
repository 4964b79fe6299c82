"""One simulated pair without a network, on a clock of its own: an upgrade takes milliseconds.

The devices are the lab's, and everything above them is what works on real ones: drivers, parsers,
actions, the machine, the loop. Only what a ``World`` holds is put in its place.
"""
