"""How long headlines are for an encoder, without loading the encoder."""

from __future__ import annotations

import numpy as np

from core.data.quality import TokenCounter
from core.embed.catalog import resolve
from core.embed.checkpoint.loading import load_tokenizer


def token_counter(encoder_name: str) -> TokenCounter | None:
    """Return a counter of the encoder's tokens, prefix and special tokens included and nothing cut off.

    None where the encoder is not on this machine, or is the bundled one that was not unpacked yet. Raises `UserError` for an unknown encoder, and for a folder
    without a tokenizer.
    """
    card = resolve(encoder_name)
    if not card.ready:
        return None
    tokenizer = load_tokenizer(card)
    tokenizer.no_truncation()

    def count(texts: list[str]) -> np.ndarray:
        return np.array([len(e.ids) for e in tokenizer.encode_batch([card.prefix + text for text in texts])])

    return TokenCounter(card.name, card.max_length, count)
