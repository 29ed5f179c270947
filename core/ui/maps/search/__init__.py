"""Finding headlines on a map, and placing new ones."""
