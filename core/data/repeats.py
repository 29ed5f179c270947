"""Near-duplicate headlines: the same story told again, word for word or with small edits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

SIMILAR = 0.6
MOST_COMPARED = 200_000
_TAG = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|【[^【】]*】")


def key(headline: str) -> str:
    """Return the headline's letters, digits and Hanja alone, without bracketed tags such as [특징주]."""
    text = unicodedata.normalize("NFKC", headline).lower()
    bare = "".join(c for c in _TAG.sub("", text) if c.isalnum())
    return bare or "".join(text.split())


def stories(headlines: Sequence[str]) -> np.ndarray:
    """Number the near-duplicate groups, `(n,)` int64: equal numbers for the same or nearly the same headline.

    Two headlines are linked where the cosine of their TF-IDF vectors of character trigrams reaches `SIMILAR`;
    a group is a connected component of the links. Trigrams that many headlines share (a company's name, a
    usual phrase) weigh little, so it is the particular words that must agree. Above `MOST_COMPARED`
    different headlines only those with an equal `key` are grouped.
    """
    distinct: dict[str, int] = {}
    numbers = np.array([distinct.setdefault(key(text), len(distinct)) for text in headlines], np.int64)
    if not 2 <= len(distinct) <= MOST_COMPARED:
        return numbers
    return _linked(list(distinct))[numbers]


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
    return connected_components(links, directed=False)[1].astype(np.int64)
