"""Vectors and columns to features, a split, fitted models and scores: a `Run`."""
