"""Pages of writing: what is to be written, how far it is, and the prompts."""
