"""Nearest and farthest headlines: what shows that vectors were made with a wrong pooling, prefix or encoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import Message
from core.locale import N_

SAMPLE = 2_000  # distinct headlines that are compared with each other
NEAREST, FARTHEST = 5, 3
ALIKE = 0.005  # a spread of cosines below which a pooling tells no headlines apart; multilingual-e5-small has 0.012 to 0.019
CUT = 0.05  # a share of headlines cut off that is worth a word
ENOUGH = 10  # headlines below which a spread says nothing
SAME = 0.01  # a share of headlines with another one's vector that is worth a word
_AT_ONCE = 10_000  # rows compared in one go


@dataclass(frozen=True)
class Pair:
    """Two headlines and the cosine of their vectors."""

    cosine: float
    one: str
    other: str


@dataclass(frozen=True)
class Neighbours:
    """Which headlines lie near each other, and how crowded the vectors are.

    `nearest` and `farthest` are pairs among `texts` headlines drawn from the `distinct` ones; `mean_cosine` is
    the average cosine of two of those, which is 0 for vectors that point everywhere alike and near 1 for ones
    in a narrow cone (anisotropy: Ethayarajh 2019, "How Contextual are Contextualized Word Representations?",
    section 3.3, doi:10.18653/v1/D19-1006), and `spread` the standard deviation of these cosines; both are NaN
    where fewer than two headlines have a vector. `same` of the `texts` have exactly the vector of another text.
    `broken` is the share of the distinct headlines whose vector is zero or not finite. `truncated` is the share
    of them longer than `max_length` tokens, `median_tokens` and `longest_tokens` are lengths; all are None where
    the tokens were not counted.
    """

    nearest: tuple[Pair, ...]
    farthest: tuple[Pair, ...]
    texts: int
    distinct: int
    mean_cosine: float
    spread: float
    same: int
    broken: float
    truncated: float | None = None
    median_tokens: float | None = None
    longest_tokens: int | None = None
    max_length: int | None = None

    def concerns(self) -> list[Message]:
        """Return a sentence for each thing that looks wrong, and what to do about it; the gravest first."""
        found = []
        if self.broken:
            found.append(
                Message(
                    N_(
                        "{share:.1%} of the vectors are zero or hold no numbers. Remove this encoder's vectors "
                        "from the store and embed again. If that does not help, choose another encoder."
                    ),
                    {"share": self.broken},
                )
            )
        if self.same > SAME * self.texts:
            found.append(
                Message(
                    N_(
                        "{count:,} of {texts:,} different headlines have exactly the same vector as another: the "
                        "encoder's tokenizer does not know the characters in which they differ. Choose an encoder"
                        " made for Korean."
                    ),
                    {"count": self.same, "texts": self.texts},
                )
            )
        if self.spread < ALIKE and self.texts >= ENOUGH:
            found.append(
                Message(
                    N_(
                        "All headlines look alike in this pooling: their cosines lie around {mean:.3f}, with a "
                        "standard deviation of only {spread:.4f}. Choose another pooling, or an encoder trained "
                        "on whole sentences."
                    ),
                    {"mean": self.mean_cosine, "spread": self.spread},
                )
            )
        if self.truncated is not None and self.truncated > CUT:
            found.append(
                Message(
                    N_(
                        "{share:.0%} of the headlines are longer than the {limit:,} tokens that the encoder "
                        "reads: their ends are ignored. Shorten them, or choose an encoder that reads more."
                    ),
                    {"share": self.truncated, "limit": self.max_length},
                )
            )
        return found


def find_neighbours(
    texts: Sequence[str],
    vectors: np.ndarray,
    tokens: np.ndarray | None = None,
    max_length: int | None = None,
    seed: int = 0,
) -> Neighbours:
    """Compare the vectors `(n, dim)` of n texts with each other; a text that is repeated counts once.

    `tokens` `(n,)` are the texts' lengths as `core.embed.tokens.token_counter` counts them, `max_length` how many
    of them the encoder reads. The same seed draws the same headlines.

    Raises `ValueError` where texts, vectors and tokens are not equally many.
    """
    if len(texts) != len(vectors) or (tokens is not None and len(tokens) != len(texts)):
        raise ValueError(
            f"{len(texts)} texts, {len(vectors)} vectors and {tokens if tokens is None else len(tokens)} "
            "token counts must be equally many"
        )
    rows = _first_rows(texts)
    sound = rows[_sound(vectors, rows)]
    drawn = np.sort(np.random.default_rng(seed).permutation(sound)[:SAMPLE])
    chosen = np.asarray(vectors[drawn], np.float32)
    nearest, farthest, mean, spread = _pairs([texts[row] for row in drawn], chosen)
    lengths = None if tokens is None or not len(rows) else np.asarray(tokens)[rows]
    return Neighbours(
        nearest=nearest,
        farthest=farthest,
        texts=len(drawn),
        distinct=len(rows),
        mean_cosine=mean,
        spread=spread,
        same=_same(chosen),
        broken=1 - len(sound) / len(rows) if len(rows) else 0.0,
        truncated=None if lengths is None or max_length is None else float((lengths > max_length).mean()),
        median_tokens=None if lengths is None else float(np.median(lengths)),
        longest_tokens=None if lengths is None else int(lengths.max()),
        max_length=max_length,
    )


def _first_rows(texts: Sequence[str]) -> np.ndarray:
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    return np.fromiter(first.values(), np.int64, len(first))


def _sound(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return which of the rows have a finite vector that is not zero, `(rows,)` bool."""
    sound = np.zeros(len(rows), bool)
    for start in range(0, len(rows), _AT_ONCE):
        some = vectors[rows[start : start + _AT_ONCE]]
        sound[start : start + _AT_ONCE] = np.isfinite(some).all(1) & some.any(1)
    return sound


def _pairs(texts: list[str], vectors: np.ndarray) -> tuple[tuple[Pair, ...], tuple[Pair, ...], float, float]:
    """Return the nearest and the farthest pairs, and mean and standard deviation of all cosines."""
    if len(texts) < 2:
        return (), (), math.nan, math.nan
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    one, other = np.triu_indices(len(texts), 1)
    cosines = (unit @ unit.T)[one, other].clip(-1, 1)  # (texts · (texts − 1) / 2,)

    def taken(order: np.ndarray) -> tuple[Pair, ...]:
        return tuple(Pair(float(cosines[k]), texts[one[k]], texts[other[k]]) for k in order)

    nearest, farthest = _smallest(-cosines, NEAREST), _smallest(cosines, FARTHEST)
    return (
        taken(nearest),
        taken(farthest),
        float(cosines.mean(dtype=np.float64)),
        float(cosines.std(dtype=np.float64)),
    )


def _smallest(values: np.ndarray, count: int) -> np.ndarray:
    few = np.argpartition(values, min(count, len(values)) - 1)[:count]
    return few[np.argsort(values[few], kind="stable")]


def _same(vectors: np.ndarray) -> int:
    """Return how many vectors occur more than once."""
    _values, counts = np.unique(vectors, axis=0, return_counts=True)
    return int(counts[counts > 1].sum())
