"""Headlines to vectors as a run's models take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.parse.cells import plain_text
from core.embed import resolve
from core.embed.pipeline import canonical
from core.embed.pooling import pooling_row
from core.embed.runtime.encoder import load_encoder
from core.errors import UserError
from core.locale import N_
from core.train.run import Run


def encode_headlines(run: Run, headlines: Sequence[str]) -> np.ndarray:
    """Return the vectors `(n, dim)` of a few headlines, as they are typed, by the run's encoder and pooling.

    Raises `UserError` where a headline is empty, and as `encode_texts` does.
    """
    return encode_texts(run, [readable(headline) for headline in headlines])


def encode_texts(run: Run, texts: Sequence[str]) -> np.ndarray:
    """Return the vectors `(n, dim)` of a few texts that have been cleaned, not through the store.

    Raises `UserError` where the run's encoder is not on this machine any more.
    """
    encoder = load_encoder(resolve(run.settings.encoder))
    poolings: np.ndarray = encoder.encode([canonical(text) for text in texts])  # (poolings, n, dim)
    result: np.ndarray = poolings[pooling_row(run.settings.pooling)]
    return result


def readable(headline: str) -> str:
    """Return a typed headline as an encoder reads it; raises `UserError` where nothing is left of it."""
    text = canonical(plain_text(headline))
    if not text:
        raise UserError(N_("The headline is empty. Type one."))
    return text
