"""The demo brand: a small bookshop, so that a fresh copy has something to show and to send."""
