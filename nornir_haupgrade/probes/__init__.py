"""Measurement from outside: does a service answer, is a rebooting member's port open again?"""
