"""From a report file to a searchable index."""
