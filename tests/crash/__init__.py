"""Crashes with real processes, and the sandbox's ledger as referee.

- `armed`: runs a module of the product in which a crash can be ordered at any failpoint
"""
