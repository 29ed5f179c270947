"""A second file joined to the headlines."""
