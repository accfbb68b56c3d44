"""The API of posts and of their times.

It stands here and not beside the posts themselves, because a post may be made together with its
time, and scheduling may know posting but not the other way round.
"""
