"""The reference server of Bluesky, as a program of its own, and what tests need around it."""
