"""A few texts to vectors, as they are typed: not through the store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.parse.cells import plain_text
from core.embed.catalog import resolve
from core.embed.pipeline import canonical
from core.embed.pooling import pooling_row
from core.embed.runtime.encoder import load_encoder
from core.errors import UserError
from core.locale import N_


def encode_typed(texts: Sequence[str], encoder_name: str, pooling: str) -> np.ndarray:
    """Return the vectors `(n, dim)` of a few texts that have been cleaned.

    Raises `UserError` where the encoder is not on this machine any more.
    """
    encoder = load_encoder(resolve(encoder_name))
    poolings: np.ndarray = encoder.encode([canonical(text) for text in texts])  # (poolings, n, dim)
    result: np.ndarray = poolings[pooling_row(pooling)]
    return result


def readable(headline: str) -> str:
    """Return a typed headline as an encoder reads it; raises `UserError` where nothing is left of it."""
    text = canonical(plain_text(headline))
    if not text:
        raise UserError(N_("The headline is empty. Type one."))
    return text


def unread_end(text: str, encoder_name: str) -> str:
    """Return the end of a cleaned text that the encoder does not read, "" where it reads all of it."""
    return text[load_encoder(resolve(encoder_name)).characters_read(text) :].strip()
