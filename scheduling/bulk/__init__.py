"""Giving many posts their times at once: proposed, looked at, put right, confirmed, undone.

`ways` holds the ways of finding times, `board` what they look at, `proposing` writes down what they
found and changes it, `looking` says what speaks against it, and `confirming` makes it so or takes
it back. Nothing but `confirming` touches a post.
"""
