"""Near-duplicate headlines: the same story told again, word for word or with small edits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.parse.characters import compose

SIMILAR = 0.6
MOST_COMPARED = 100_000  # different headlines; 25 s on two cores
SAMPLE = 20_000
LARGEST_SHOWN = 20
_TAG = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|【[^【】]*】")
_NOT_WORD = re.compile(r"[\W_\u115f\u1160]+")  # Hangul fillers are letters without a shape


def key(headline: str) -> str:
    """Return the headline's letters, digits and Hanja alone, without bracketed tags such as [특징주]."""
    text = compose(headline, "NFKC").lower()
    return _NOT_WORD.sub("", _TAG.sub("", text)) or "".join(text.split())


def without_tags(headline: str) -> str:
    """Return the headline without bracketed tags such as [특징주]; as it is where nothing else is in it."""
    return _TAG.sub(" ", headline).strip() or headline


def stories(headlines: Sequence[str]) -> np.ndarray:
    """Number the near-duplicate groups, `(n,)` int64: equal numbers for the same or nearly the same headline.

    Two headlines are linked where the cosine of their TF-IDF vectors of character trigrams reaches `SIMILAR`;
    a group is a connected component of the links. Trigrams that many headlines share (a company's name, a
    usual phrase) weigh little, so it is the particular words that must agree. Above `MOST_COMPARED`
    different headlines only those with an equal `key` are grouped.
    """
    codes, distinct = pd.factorize(np.asarray(headlines, object))
    numbers, keys = pd.factorize(np.array([key(text) for text in distinct], object))
    if 2 <= len(keys) <= MOST_COMPARED:
        numbers = _linked(keys.tolist())[numbers]
    return np.asarray(numbers[codes], np.int64)


@dataclass(frozen=True, eq=False)
class Repeats:
    """How often headlines and stories return.

    `headlines` and `stories` count different ones; `repeated` the rows whose exact headline stands in an
    earlier row; `retold` the stories in more than one wording; `across` the stories of more than one outlet.
    `complete` is False where the table was too large to search for nearly equal headlines; then, of `sample`
    different headlines, at least the share `sample_share` is nearly equal to another. `largest` has the
    stories with the most rows: `story, headline` (the first), `rows, headlines, outlets, first, last`
    (sessions, NaT where unknown).
    """

    rows: int
    headlines: int
    stories: int
    repeated: int
    retold: int
    across: int
    largest: pd.DataFrame
    complete: bool = True
    sample: int = 0
    sample_share: float = 0.0


def describe_repeats(data: Dataset) -> Repeats:
    """Count repeated headlines and stories; estimate them from a sample where they were not searched."""
    frame = data.frame
    story = frame["story"].to_numpy()
    wordings = frame.drop_duplicates("headline")
    per_story = np.bincount(wordings["story"], minlength=story.max(initial=-1) + 1)
    outlets = _outlets_per_story(frame, len(per_story))
    found = int((per_story > 0).sum())
    complete = found <= MOST_COMPARED
    sample = np.zeros(0, np.int64) if complete else stories(_sample(wordings))
    return Repeats(
        rows=len(frame),
        headlines=len(wordings),
        stories=found,
        repeated=len(frame) - len(wordings),
        retold=int((per_story > 1).sum()),
        across=int((outlets > 1).sum()),
        largest=_largest(frame, per_story, outlets),
        complete=complete,
        sample=len(sample),
        sample_share=float((np.bincount(sample)[sample] > 1).mean()) if len(sample) else 0.0,
    )


def retold_rows(data: Dataset) -> np.ndarray:
    """Say which rows belong to a story that is told in more than one wording, `(rows,)` bool."""
    story = data.frame["story"].to_numpy()
    first = ~data.frame["headline"].duplicated().to_numpy()
    wordings = np.bincount(story[first], minlength=story.max(initial=-1) + 1)
    return np.asarray(wordings[story] > 1)


def _outlets_per_story(frame: pd.DataFrame, count: int) -> np.ndarray:
    pairs = frame.loc[frame["press"].notna(), ["story", "press"]].drop_duplicates()
    return np.bincount(pairs["story"], minlength=count)


def _sample(wordings: pd.DataFrame) -> list[str]:
    """Draw different headlines, whole sessions at a time where there are any: stories return within days."""
    together = wordings["session"] if wordings["session"].notna().any() else wordings["row"]
    code, values = pd.factorize(together, use_na_sentinel=False)
    order = np.random.default_rng(0).permutation(len(values))[code]
    return list(wordings["headline"].iloc[np.argsort(order, kind="stable")[:SAMPLE]])


def _largest(frame: pd.DataFrame, wordings: np.ndarray, outlets: np.ndarray) -> pd.DataFrame:
    rows = np.bincount(frame["story"], minlength=len(wordings))
    top = np.argsort(-rows, kind="stable")[:LARGEST_SHOWN]
    top = top[rows[top] > 1]
    groups = frame[frame["story"].isin(top)].groupby("story")
    table = groups.agg(headline=("headline", "first"), first=("session", "min"), last=("session", "max"))
    table = table.reindex(top).assign(rows=rows[top], headlines=wordings[top], outlets=outlets[top])
    columns = ["story", "headline", "rows", "headlines", "outlets", "first", "last"]
    return table.rename_axis("story").reset_index()[columns]


def _linked(keys: list[str]) -> np.ndarray:
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    padded = [f" {text} " for text in keys]
    trigrams = TfidfVectorizer(
        analyzer="char", ngram_range=(3, 3), binary=True, dtype=np.float32, lowercase=False
    )
    vectors = trigrams.fit_transform(padded)  # (keys, trigrams), rows of length 1
    links = sp_matmul_topn(vectors, vectors.T.tocsr(), top_n=50, threshold=SIMILAR, n_threads=2)
    return np.asarray(connected_components(links, directed=False)[1], np.int64)
