"""The media library: its list, the page of an asset, and the choice of one for a post."""
