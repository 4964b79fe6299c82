"""Nornir tasks: what the procedure runs on one host."""
