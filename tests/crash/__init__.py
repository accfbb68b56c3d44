"""Crashes with real processes, and the sandbox's ledger as referee.

`make crashtest` deals every blow once, `make crashtest-long MINUTES=5` deals them at random:

- `storm`: starts the product, makes posts, deals blows, waits until it is quiet, and judges
- `blows`: what is done to the product
- `product`: two sending workers, two clock workers and two beats, started again when they end
- `servers`: a PostgreSQL and a Redis of the storm's own, or a file and a folder
- `load`: posts in all shapes, and platforms with bad days
- `evidence`: what the rows, the ledger and the platforms' request log say
- `verdict`: what that means: duplicates, losses, and unknown outcomes that nothing explains
- `armed`: runs a module of the product in which a crash can be ordered at any failpoint
"""
