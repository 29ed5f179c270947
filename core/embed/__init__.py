"""Stage 2: headlines to vectors."""

from core.embed.catalog import cards, fetch, resolve
from core.embed.encoder_card import EncoderCard
from core.embed.pipeline import Embedding, embed, space_key, vectors_if_stored
from core.embed.pooling import POOLINGS, Pooling

__all__ = [
    "POOLINGS",
    "Embedding",
    "EncoderCard",
    "Pooling",
    "cards",
    "embed",
    "fetch",
    "resolve",
    "space_key",
    "vectors_if_stored",
]
