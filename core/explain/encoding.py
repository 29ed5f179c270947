"""Headlines to vectors as a run's models take them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.embed import resolve, space_key
from core.embed.runtime.encoder import load_encoder
from core.embed.typed import encode_typed, readable
from core.train.run import Run


def encode_headlines(run: Run, headlines: Sequence[str]) -> np.ndarray:
    """Return the vectors `(n, dim)` of a few headlines, as they are typed, by the run's encoder and pooling.

    They are `(n, 0)` where the run reads no headline. Raises `UserError` where a headline is empty, and as `encode_texts` does.
    """
    return encode_texts(run, [readable(headline) for headline in headlines])


def encode_texts(run: Run, texts: Sequence[str]) -> np.ndarray:
    """Return the vectors `(n, dim)`, read-only, of a few texts that have been cleaned, not through the store.

    Those of the last few lists are cached: where only the numbers beside a headline change, it is asked for again, and
    so are its parts. A run that reads no headline needs no encoder: then they are `(n, 0)`. Raises `UserError` where the
    run's encoder is not on this machine any more.
    """
    settings = run.settings
    if not settings.reads_headline:
        return np.zeros((len(texts), 0), np.float32)
    load_encoder(resolve(settings.encoder))  # the bundled one is unpacked only now, and has no key before
    return _encoded(tuple(texts), settings.encoder, settings.pooling, space_key(settings.encoder))


@lru_cache(maxsize=32)
def _encoded(texts: tuple[str, ...], encoder: str, pooling: str, space: str) -> np.ndarray:
    """Return the vectors; `space` changes with the encoder's content."""
    vectors = encode_typed(texts, encoder, pooling)
    vectors.flags.writeable = False
    return vectors
