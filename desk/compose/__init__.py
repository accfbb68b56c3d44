"""The composer: what is filled in, what it comes to, and how it leaves."""
