"""Topics: clusters of headlines by what the encoder and their words say, with Korean keywords.

Two headlines are alike where their vectors are and where they share rare words, half each: vectors less the mean of
their company, so that a topic is not a company, reduced by PCA, and TF-IDF of morphemes reduced by a singular value
decomposition (latent semantic analysis: Deerwester et al. 1990), each of length 1; then k-means, one headline a story,
and the stories between two clusters are sorted by their words.

The number of topics is the one at which two halves of the headlines, each clustered alone, agree best (Lange et al.
2004, "Stability-based validation of clustering solutions"; the agreement is the adjusted Rand index of Hubert & Arabie
1985). Where they agree on no number, there are ten with soft borders, if halves agree on them more than those
of a table whose columns are shuffled, and else none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import without_tags
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.features.morphemes import morphemes, nouns

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.cluster import KMeans

COUNTS = range(5, 21)  # topics that are tried: fewer are stable where there is nothing but a direction
STABLE = 0.8  # agreement of two halves
USUAL, MORE = (
    10,
    0.15,
)  # topics where no number is stable, if the agreement is so much above that of shuffled ones
FEWEST = 200  # stories
_HALVINGS, _MOST, _DIMENSIONS = 5, 4_000, 20
_FOLDS, _SMOOTHING = 5, 0.1  # of naive Bayes
_KEYWORDS, _TYPICAL, _NEAREST = 6, 5, 10
_OFTENER = 1.5  # than elsewhere is a keyword in its topic, at least


@dataclass(frozen=True, eq=False)
class Topics:
    """The topics of a dataset.

    `topic (rows,)` is each row's, from 0 on, the largest topic first; `keywords` are each topic's words and `typical`
    positions of headlines in the middle of it. `stability` is the mean agreement of two halves on this number of
    topics: 1 is the same, 0 chance.
    """

    topic: np.ndarray
    keywords: tuple[tuple[str, ...], ...]
    typical: tuple[tuple[int, ...], ...]
    stability: float

    def __len__(self) -> int:
        return len(self.keywords)

    @property
    def stable(self) -> bool:
        """Whether two halves of the headlines agree on these topics."""
        return self.stability >= STABLE

    def of_vectors(self, vectors: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Return the topic of new headlines, `(n,)`: that of most of their ten nearest in `vectors (rows, dim)`."""
        known, asked = (
            one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-12) for one in (vectors, new)
        )
        nearest = np.argsort(-(asked @ known.T), axis=1, kind="stable")[:, :_NEAREST]
        counts = [np.bincount(self.topic[places], minlength=len(self)) for places in nearest]
        return np.array([int(count.argmax()) for count in counts], int)


def find_topics(data: Dataset, vectors: np.ndarray, count: int = 0, report: Report = silent) -> Topics | None:
    """Cluster the headlines of a dataset by their `vectors (rows, dim)` and words; `count` 0 chooses the number.

    None where there are too few headlines, or where `count` is 0 and they have no topics.
    """
    first, story = np.unique(data.frame["story"].to_numpy(), return_index=True, return_inverse=True)[1:]
    if len(first) < max(FEWEST, 2 * count):
        return None
    read, halve, end = part(report, 0, 0.4), part(report, 0.4, 0.95), part(report, 0.95, 1)
    stories = data.frame.iloc[first]
    names = _names(data.frame)
    texts = [without_tags(text) for text in stories["headline"]]
    of_words = _of_words(texts, names, read)
    space = _space(stories["company"].fillna("").to_numpy(), np.asarray(vectors[first], np.float32), of_words)
    counts = (count,) if count else COUNTS
    agreed = {}
    for number, k in enumerate(counts):
        halve(number / len(counts), N_("Comparing {k} topics in two halves of the headlines"), k=k)
        agreed[k] = _agreement(space, k)
    stable = [k for k, value in agreed.items() if count or value >= STABLE]
    if not stable and agreed[USUAL] < _agreement(_shuffled(space), USUAL) + MORE:
        return None
    end(0.0, N_("Naming the topics"))
    k = max(stable, key=agreed.__getitem__, default=USUAL)
    topic = _by_words(_clusters(space, k, seed=0, starts=10).labels_, of_words)
    sizes = np.bincount(topic[story], minlength=k)
    topic = np.argsort(np.argsort(-sizes, kind="stable"))[topic]
    words = [tuple(word for word in found if word not in names) for found in nouns(texts)]
    typical = tuple(tuple(first[near].tolist()) for near in _typical(space, topic, k))
    return Topics(topic[story], _keywords(words, topic, k), typical, agreed[k])


def _names(frame: pd.DataFrame) -> frozenset[str]:
    """Return the words of companies and outlets: they name a topic's actors, not the topic."""
    known = [str(name) for role in ("company", "press") for name in frame[role].dropna().unique()]
    found = {word for read in (morphemes(known), nouns(known)) for words in read for word in words}
    return frozenset(found | {name.lower() for name in known})


def _of_words(texts: list[str], names: frozenset[str], report: Report) -> csr_matrix | None:
    """Return the TF-IDF of each text's morphemes, `(texts, words)`; None where no word is in five of them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    read = [[word for word in found if word not in names] for found in morphemes(texts, report)]
    weigh = TfidfVectorizer(analyzer=lambda words: words, min_df=5, max_df=0.3, sublinear_tf=True)
    try:
        return weigh.fit_transform(read)
    except ValueError:
        return None


def _space(company: np.ndarray, vectors: np.ndarray, of_words: csr_matrix | None) -> np.ndarray:
    """Return what is clustered, `(stories, 40)` at most."""
    from sklearn.decomposition import PCA, TruncatedSVD

    frame = pd.DataFrame(vectors)
    means = frame.groupby(company).transform("mean")
    rare = (pd.Series(company).map(pd.Series(company).value_counts()) < _DIMENSIONS).to_numpy()
    means.loc[rare] = vectors.mean(axis=0)
    centred = (frame - means).to_numpy(np.float32)
    reduced = _of_length_1(PCA(min(_DIMENSIONS, *centred.shape), random_state=0).fit_transform(centred))
    if of_words is None:
        return reduced
    latent = TruncatedSVD(min(_DIMENSIONS, of_words.shape[1]), random_state=0).fit_transform(of_words)
    return np.hstack([reduced, _of_length_1(latent)])


def _by_words(topic: np.ndarray, of_words: csr_matrix | None) -> np.ndarray:
    """Return the topic of each story as its words have it by naive Bayes, learned from the other stories' topics.

    Two rounds of the hard form of Nigam et al. (2000), "Text classification from labeled and unlabeled documents using
    EM"; a story is never among those that its topic is learned from. Where words and clusters do not agree (an adjusted
    Rand index below `STABLE`), the clusters stand.
    """
    from sklearn.metrics import adjusted_rand_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.naive_bayes import MultinomialNB

    if of_words is None or np.bincount(topic).min() < _FOLDS:
        return topic
    moved = topic
    for _round in range(2):
        moved = cross_val_predict(MultinomialNB(alpha=_SMOOTHING), of_words, moved, cv=_FOLDS)
        if len(np.unique(moved)) < len(np.unique(topic)) or adjusted_rand_score(topic, moved) < STABLE:
            return topic
    return moved


def _of_length_1(rows: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 1e-9, lengths, 1)


def _clusters(space: np.ndarray, k: int, seed: int, starts: int) -> KMeans:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed).fit(space)


def _shuffled(space: np.ndarray) -> np.ndarray:
    """Return the rows with each column shuffled for itself: the same spread, and no groups."""
    drawn = np.random.default_rng(0)
    return np.column_stack([drawn.permutation(column) for column in space.T])


def _agreement(space: np.ndarray, k: int) -> float:
    """Return how far two halves of the rows, each clustered alone, agree on one of them, over several halvings."""
    from sklearn.metrics import adjusted_rand_score

    found = []
    for seed in range(_HALVINGS):
        drawn = np.random.default_rng(seed).permutation(len(space))[:_MOST]
        one, other = (space[half] for half in np.array_split(drawn, 2))
        mine, theirs = (_clusters(half, k, seed, starts=2) for half in (one, other))
        found.append(adjusted_rand_score(theirs.labels_, mine.predict(other)))
    return float(np.mean(found))


def _keywords(words: list[tuple[str, ...]], topic: np.ndarray, k: int) -> tuple[tuple[str, ...], ...]:
    """Return the words of most weight in each topic by class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794).

    A word's share of the topic's words, times ln(1 + words of a mean topic / how often it stands in all of them).
    Words that are hardly more frequent in the topic than elsewhere are left out.
    """
    table = pd.DataFrame({"word": words, "topic": topic}).explode("word").dropna()
    counts = table.groupby(["topic", "word"]).size()
    everywhere = counts.groupby(level="word").transform("sum")
    weight = np.log1p(len(table) / k / everywhere)
    share = counts / counts.groupby(level="topic").transform("sum")
    telling = (counts >= 2) & (share >= _OFTENER * everywhere / len(table))
    ranked = (
        (share * weight)[telling].sort_values(ascending=False, kind="stable").rename("weight").reset_index()
    )
    return tuple(tuple(ranked.loc[ranked["topic"] == number, "word"].head(_KEYWORDS)) for number in range(k))


def _typical(space: np.ndarray, topic: np.ndarray, k: int) -> list[np.ndarray]:
    """Return the numbers of the stories nearest the middle of each topic."""
    found = []
    for number in range(k):
        mine = np.flatnonzero(topic == number)
        away = np.linalg.norm(space[mine] - space[mine].mean(axis=0), axis=1)
        found.append(mine[np.argsort(away, kind="stable")][:_TYPICAL])
    return found
