"""What we say: pieces, their versions, pictures."""
