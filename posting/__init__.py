"""Getting it out: posts, their journal and the verbs that move them."""
