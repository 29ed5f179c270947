"""Headlines to vectors as a run's models take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.embed.typed import encode_typed, readable
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
    return encode_typed(texts, run.settings.encoder, run.settings.pooling)
