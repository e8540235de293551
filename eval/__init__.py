"""How good the retrieval is."""
