"""A small world in which any history can happen: `tests/engine/test_any_history.py` tells them.

The database, the journal, the claims and the sockets are real. Simulated are the clocks, the death
of a process and the loss of a connection, so that each can fall between any two steps.
"""
