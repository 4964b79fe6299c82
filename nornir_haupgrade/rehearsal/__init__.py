"""Whole procedures on simulated pairs: twins of an inventory's pairs, and pairs in memory.

Above the engines and the lab, which know nothing of each other.
"""
