"""How long the headlines are, in characters and in an encoder's tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset

TOKEN_SAMPLE = 20_000
QUANTILES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class TokenCounter:
    """An encoder's name, how many tokens it reads, and a function from texts to their lengths in tokens.

    `count` must count what stands beyond the limit too, and the prefix and special tokens as the encoder does.
    """

    encoder: str
    limit: int
    count: Callable[[list[str]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Lengths:
    """How long the different headlines are: quantiles (level → value) in characters and in tokens.

    `tokens` is empty without a `TokenCounter`; else `counted` of `headlines` were measured, drawn at random,
    `cut` is the share of them that is longer than the encoder's `limit`, and `cut_rows` are their rows.
    """

    headlines: int
    characters: dict[float, int]
    tokens: dict[float, int]
    encoder: str = ""
    limit: int = 0
    counted: int = 0
    cut: float = 0.0
    cut_rows: tuple[int, ...] = ()


def measure_lengths(data: Dataset, counter: TokenCounter | None) -> Lengths:
    """Measure the different headlines in characters, and at most 20,000 of them in tokens."""
    texts = data.frame[["row", "headline"]].drop_duplicates("headline")
    characters = _quantiles(texts["headline"].str.len().to_numpy())
    if counter is None:
        return Lengths(len(texts), characters, {})
    sample = texts if len(texts) <= TOKEN_SAMPLE else texts.sample(TOKEN_SAMPLE, random_state=0).sort_index()
    tokens = counter.count(sample["headline"].tolist())
    cut = tokens > counter.limit
    rows = tuple(sample["row"].to_numpy()[cut].tolist())
    return Lengths(
        len(texts),
        characters,
        _quantiles(tokens),
        counter.encoder,
        counter.limit,
        len(sample),
        float(cut.mean()),
        rows,
    )


def _quantiles(values: np.ndarray) -> dict[float, int]:
    if not len(values):
        return {}
    found = np.quantile(values, QUANTILES, method="inverted_cdf")
    return {level: int(value) for level, value in zip(QUANTILES, found, strict=True)}
