"""Texts as rows of token numbers, made once and cut to each batch's longest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

_AT_ONCE = 4_096  # texts handed to the tokenizer


@dataclass(frozen=True, eq=False)
class Tokens:
    """`ids` `(n, longest)` int32, padded on the right, and the `lengths` `(n,)` in tokens."""

    ids: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, rows: np.ndarray, device: str) -> dict[str, Tensor]:
        """Return `input_ids` and `attention_mask` `(b, tokens)` of some rows, padded to their own longest."""
        import torch

        lengths = self.lengths[rows]
        longest = int(lengths.max())
        ids = torch.from_numpy(self.ids[rows, :longest].astype(np.int64))
        mask = torch.from_numpy((np.arange(longest) < lengths[:, None]).astype(np.int64))
        if device == "cuda":
            ids, mask = ids.pin_memory(), mask.pin_memory()
        return {
            "input_ids": ids.to(device, non_blocking=True),
            "attention_mask": mask.to(device, non_blocking=True),
        }


def tokenise(tokenizer: Any, texts: Sequence[str], prefix: str, pad: int) -> Tokens:
    """Return the token numbers of texts, each after the encoder's prefix, cut as the tokenizer is set to."""
    ids: list[np.ndarray] = []
    for start in range(0, len(texts), _AT_ONCE):
        encodings = tokenizer.encode_batch([prefix + text for text in texts[start : start + _AT_ONCE]])
        ids += [np.array(encoding.ids, np.int32) for encoding in encodings]
    lengths = np.array([len(one) for one in ids], np.int64)
    padded = np.full((len(ids), int(lengths.max(initial=1))), pad, np.int32)
    for row, one in enumerate(ids):
        padded[row, : len(one)] = one
    return Tokens(padded, lengths)
