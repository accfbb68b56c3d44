"""The engine against the sandbox: real sockets, real processes, and the ledger as referee."""
