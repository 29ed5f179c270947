"""How long headlines are for an encoder, without loading the encoder."""

from __future__ import annotations

import numpy as np

from core.data.quality import TokenCounter
from core.embed.catalog import resolve


def token_counter(encoder_name: str) -> TokenCounter | None:
    """Return a counter of the encoder's tokens, prefix and special tokens included and nothing cut off.

    None where the encoder's folder has no `tokenizer.json`. Raises `UserError` for an unknown encoder.
    """
    from tokenizers import Tokenizer

    card = resolve(encoder_name)
    file = card.ready_folder() / "tokenizer.json"
    if not file.is_file():
        return None
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: list[str]) -> np.ndarray:
        return np.array([len(e.ids) for e in tokenizer.encode_batch([card.prefix + text for text in texts])])

    return TokenCounter(card.name, card.max_length, count)
