"""Vectors on disk, in the workspace."""

from core.embed.store.vector_file import Space
from core.embed.store.vector_store import EncoderSize, Pruned, VectorStore

__all__ = ["EncoderSize", "Pruned", "Space", "VectorStore"]
