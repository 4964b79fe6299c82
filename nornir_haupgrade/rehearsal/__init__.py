"""Simulated twins of an inventory's pairs, and the procedure rehearsed on them.

Above the engines and the lab, which know nothing of each other.
"""
