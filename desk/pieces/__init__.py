"""The page of a piece, its versions, and what is done to both."""
