"""Nornir tasks for one device, usable alone."""
