"""What a training saw, to be written beside its weights."""

from __future__ import annotations

import numpy as np

from core.embed.seen import Seen, seen_of
from core.tune.examples import Examples, Parts


def seen_of_training(examples: Examples, parts: Parts, encoder: str) -> Seen:
    """Return the texts and sessions that taught or chose the epoch, and those that the encoder had seen before.

    `encoder` is the id of the one that was tuned: where it had been tuned here, what it saw is inherited.
    """
    rows = np.concatenate([parts.train, parts.valid])
    texts = [texts[i] for texts in examples.columns for i in rows]
    return Seen.of(texts, examples.session.iloc[rows]).with_(seen_of(encoder))
