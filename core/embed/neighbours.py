"""Nearest and farthest headlines: what shows that vectors were made with a wrong pooling, prefix or encoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import Message
from core.locale import N_

SAMPLE = 2_000  # distinct headlines that are compared with each other
NEAREST, FARTHEST = 5, 3
ALIKE = 0.005  # a spread of cosines below which a pooling tells no headlines apart; multilingual-e5-small has 0.012 to 0.019
TOGETHER = 0.95  # of random pairs, the share that two wordings of one story have to beat
CUT = 0.05  # a share of headlines cut off that is worth a word
ENOUGH = 10  # headlines, or retold stories, below which a number says nothing
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

    `nearest` and `farthest` are pairs among `texts` headlines, each of another story, drawn from the `distinct`
    ones; `mean_cosine` is the average cosine of two of those, which is 0 for vectors that point everywhere alike
    and near 1 for ones in a narrow cone (anisotropy: Ethayarajh 2019, "How Contextual are Contextualized Word
    Representations?", section 3.3, doi:10.18653/v1/D19-1006), `spread` the standard deviation of these cosines
    and `usual` the range of the middle 95% of them; all are NaN where fewer than two headlines have a vector.
    `same` of the `texts` have exactly the vector of another text. `retold` is the median cosine of two wordings
    of one story, over `retellings` stories, and `retold_above` the share of random pairs that it beats; both are
    NaN where no story has two wordings. `broken` is the share of the distinct headlines whose vector is zero or not finite. `truncated` is the share
    of them longer than `max_length` tokens, `median_tokens` and `longest_tokens` are lengths; all are None where
    the tokens were not counted.
    """

    nearest: tuple[Pair, ...]
    farthest: tuple[Pair, ...]
    texts: int
    distinct: int
    mean_cosine: float
    spread: float
    usual: tuple[float, float]
    same: int
    broken: float
    retold: float = math.nan
    retold_above: float = math.nan
    retellings: int = 0
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
                        "{count:,} of {texts:,} headlines of different stories have exactly the same vector as "
                        "another: the encoder's tokenizer does not know the characters in which they differ. "
                        "Choose an encoder made for Korean."
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
        if self.retellings >= ENOUGH and self.retold_above < TOGETHER:
            found.append(
                Message(
                    N_(
                        "Two wordings of one story lie hardly nearer (cosine {retold:.3f}) than two random headlines "
                        "({mean:.3f}). Choose another pooling, or an encoder made for Korean."
                    ),
                    {"retold": self.retold, "mean": self.mean_cosine},
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
    stories: np.ndarray | None = None,
) -> Neighbours:
    """Compare the vectors `(n, dim)` of n texts with each other; a text that is repeated counts once.

    `tokens` `(n,)` are the texts' lengths as `core.embed.tokens.token_counter` counts them, `max_length` how many
    of them the encoder reads. `stories` `(n,)` number the near-duplicates: texts of one story differ in a mark or
    two, so only the first of each is compared with others. The same seed draws the same headlines.

    Raises `ValueError` where texts, vectors, tokens and stories are not equally many.
    """
    for other in (vectors, tokens, stories):
        if other is not None and len(other) != len(texts):
            raise ValueError(
                f"{len(texts)} texts with {len(other)} vectors, tokens or stories: not equally many"
            )
    rows = _first_rows(texts)
    sound = rows[_sound(vectors, rows)]
    told = np.arange(len(sound)) if stories is None else np.asarray(stories)[sound]
    first = sound[np.sort(np.unique(told, return_index=True)[1])]
    drawn = np.sort(np.random.default_rng(seed).permutation(first)[:SAMPLE])
    chosen = np.asarray(vectors[drawn], np.float32)
    one, other_one, cosines = _cosines(chosen)
    retellings = _retellings(vectors, sound, told)
    lengths = None if tokens is None or not len(rows) else np.asarray(tokens)[rows]

    def pairs(order: np.ndarray) -> tuple[Pair, ...]:
        return tuple(Pair(float(cosines[k]), texts[drawn[one[k]]], texts[drawn[other_one[k]]]) for k in order)

    return Neighbours(
        nearest=pairs(_smallest(-cosines, NEAREST)),
        farthest=pairs(_smallest(cosines, FARTHEST)),
        texts=len(drawn),
        distinct=len(rows),
        **_background(cosines, retellings),
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


def _cosines(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return both places and the cosine of each pair of the vectors `(n, dim)`, each `(n (n − 1) / 2,)`."""
    one, other = np.triu_indices(len(vectors), 1)
    if not len(one):
        return one, other, np.zeros(0, np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return one, other, (unit @ unit.T)[one, other].clip(-1, 1)


def _retellings(vectors: np.ndarray, rows: np.ndarray, story: np.ndarray) -> np.ndarray:
    """Return the cosine of the first two wordings of each story that has two, `(stories,)`, at most `SAMPLE`."""
    order = np.argsort(story, kind="stable")
    _numbers, start, count = np.unique(story[order], return_index=True, return_counts=True)
    first = start[count > 1][:SAMPLE]
    one, other = (np.asarray(vectors[rows[order[at]]], np.float64) for at in (first, first + 1))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines: np.ndarray = np.einsum("nd,nd->n", one, other) / lengths
    return cosines


def _background(cosines: np.ndarray, retellings: np.ndarray) -> dict[str, Any]:
    """Return what the cosines of random pairs are like, and how those of two wordings of a story stand out."""
    nan = math.nan
    if not len(cosines):
        return {"mean_cosine": nan, "spread": nan, "usual": (nan, nan)}
    low, high = np.quantile(cosines, [0.025, 0.975])
    retold = float(np.median(retellings)) if len(retellings) else nan
    return {
        "mean_cosine": float(cosines.mean(dtype=np.float64)),
        "spread": float(cosines.std(dtype=np.float64)),
        "usual": (float(low), float(high)),
        "retold": retold,
        "retold_above": float((cosines < retold).mean()) if len(retellings) else nan,
        "retellings": len(retellings),
    }


def _smallest(values: np.ndarray, count: int) -> np.ndarray:
    if not len(values):
        return np.zeros(0, np.int64)
    few = np.argpartition(values, min(count, len(values)) - 1)[:count]
    return few[np.argsort(values[few], kind="stable")]


def _same(vectors: np.ndarray) -> int:
    """Return how many vectors occur more than once."""
    _values, counts = np.unique(vectors, axis=0, return_counts=True)
    return int(counts[counts > 1].sum())
