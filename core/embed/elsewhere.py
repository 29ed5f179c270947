"""Headlines embedded by other processes: what the store lacks goes out in batches, and vectors come back into it.

The store holds what this machine's encoder gives: its files and its number type. So others compute in that number type,
by the same files, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.embed.catalog import fetch, resolve
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.pipeline import Source, distinct_texts
from core.embed.runtime.encoder import load_encoder
from core.embed.store.vector_store import Space, VectorStore
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_

BATCH = 512  # texts


@dataclass(frozen=True)
class Missing:
    """The distinct texts that the store lacks of an encoder, in batches, each of about the same length of text."""

    encoder: str
    space: Space
    dtype: str
    batches: tuple[tuple[str, ...], ...]

    @property
    def texts(self) -> int:
        """How many texts are missing."""
        return sum(map(len, self.batches))

    def keep(self, batch: int, vectors: np.ndarray) -> None:
        """Save the vectors `(poolings, n, dim)` of a batch; raises `UserError` where they cannot be saved."""
        with VectorStore() as store:
            store.put(self.space, self.batches[batch], vectors)


def missing(texts: Sequence[str], encoder: str, poolings: Sequence[str], report: Report = silent) -> Missing:
    """Return what the store lacks of an encoder for these poolings; one that never ran here is loaded once.

    Raises `UserError` as `core.embed.embed` does.
    """
    card = fetch(encoder, report)
    ready_folder(card)
    source = Source.known(card)
    if source is None:
        report(0.0, N_("Loading the encoder {name}"), name=card.name)
        source = Source.of(load_encoder(card))
    wanted, _rows = distinct_texts(texts)
    lacking = sorted(_lacking(source, wanted, poolings), key=len, reverse=True)
    ends = [*range(0, len(lacking), BATCH), len(lacking)]
    batches = tuple(tuple(lacking[begin:end]) for begin, end in pairwise(ends))
    return Missing(encoder, source.space, source.dtype, batches)


def count_missing(texts: Sequence[str], encoder: str, poolings: Sequence[str]) -> int:
    """Return how many distinct texts the store lacks of an encoder for these poolings, without loading it.

    Raises `UserError` for an unknown encoder.
    """
    card = resolve(encoder)
    wanted, _rows = distinct_texts(texts)
    source = Source.known(card) if card.ready else None
    return len(wanted) if source is None else len(_lacking(source, wanted, poolings))


def encode_as(encoder: str, space: Space, dtype: str, texts: Sequence[str]) -> np.ndarray:
    """Return the vectors `(poolings, n, dim)` float32 of texts as the store of another process holds them.

    Raises `UserError` where the encoder is not on this machine, cannot be had, or is of other files.
    """
    loaded = load_encoder(fetch(encoder), dtype=dtype)
    if loaded.key != space.encoder:
        raise UserError(
            N_(
                "The encoder {name} has other files on a worker than on this machine, so its vectors would not be the "
                "same: copy the encoder's folder to the worker."
            ),
            name=space.name,
        )
    return loaded.encode(texts)


def _lacking(source: Source, texts: list[str], poolings: Sequence[str]) -> list[str]:
    found = np.ones(len(texts), bool)
    with VectorStore() as store:
        for pooling in poolings:
            found &= store.get(source.space, pooling, texts)[1]
    return [texts[i] for i in np.flatnonzero(~found)]
