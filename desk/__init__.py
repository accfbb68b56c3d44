"""The staff pages that span several apps."""
