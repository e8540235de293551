"""One module a format: a file's text becomes a list of blocks."""
