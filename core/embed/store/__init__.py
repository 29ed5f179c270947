"""Vectors on disk, in the workspace."""
