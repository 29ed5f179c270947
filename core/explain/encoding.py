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
    """Return the vectors `(n, dim)` of a few headlines by the run's encoder and pooling.

    Raises:
        UserError: where a headline is empty or the encoder is not on this machine any more.
    """
    texts = [readable(headline) for headline in headlines]
    poolings: np.ndarray = load_encoder(resolve(run.settings.encoder)).encode(texts)  # (poolings, n, dim)
    result: np.ndarray = poolings[pooling_row(run.settings.pooling)]
    return result


def readable(headline: str) -> str:
    """Return a headline as an encoder reads it; raises `UserError` where nothing is left of it."""
    text = canonical(plain_text(headline))
    if not text:
        raise UserError(N_("The headline is empty. Type one."))
    return text
