"""What came of it: how posts and accounts do, by their platforms' own figures."""
