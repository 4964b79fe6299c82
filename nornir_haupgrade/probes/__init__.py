"""Probes: measured from outside the pair."""
