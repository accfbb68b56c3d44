"""How to talk to a platform. Knows no post."""
