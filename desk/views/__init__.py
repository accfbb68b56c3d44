"""The staff pages. Nouns are classes, verbs are functions."""
