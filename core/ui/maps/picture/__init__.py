"""The picture of a map: points, colours, marks, and what a reader selects on it."""
