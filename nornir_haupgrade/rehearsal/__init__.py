"""Whole procedures on simulated pairs: the engines and the lab, joined."""
