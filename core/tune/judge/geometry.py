"""Where the test texts lie before and after: cosines within and between classes, and neighbours that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.maps.nearest import nearest
from core.tune.examples import Examples, Parts
from core.tune.judge.metrics import unit
from core.tune.judge.scores import belong_together

BINS = 200  # from -1 to 1; many encoders use a small part of that
NEIGHBOURS = 10
SHOWN = 20  # texts whose nearest text changed
MOST = 5_000  # texts that are compared with each other
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Similarity:
    """Cosines of the test texts by one encoder.

    `matrix` is the mean cosine of two texts by their classes, a row and a column for each class (NaN as None where
    there is no pair; empty for pairs of texts). `within` and `between` count the cosines in each bin, of two texts of
    one class and of two classes, or of pairs that belong together and of others. `agreeing` is the share of the nearest
    texts that have the class of the text itself, None without classes of single texts.
    """

    matrix: tuple[tuple[float | None, ...], ...]
    within: tuple[int, ...]
    between: tuple[int, ...]
    agreeing: float | None


@dataclass(frozen=True)
class Changed:
    """A text whose nearest text is another one now, with the labels of all three ("" where they have none)."""

    text: str
    label: str
    old: str
    old_label: str
    new: str
    new_label: str


@dataclass(frozen=True)
class Geometry:
    """The similarities before and after, and which neighbours changed.

    `edges` are those of the bins; `texts` were compared; `neighbours_changed` is the share of the `neighbours` nearest
    texts that are not among the nearest any more; `changed` are some texts whose nearest one changed, drawn at random.
    """

    classes: tuple[str, ...]
    edges: tuple[float, ...]
    before: Similarity
    after: Similarity
    texts: int
    neighbours: int
    neighbours_changed: float
    changed: tuple[Changed, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Geometry:
        """Make what `as_dict` took apart, also after a way through JSON."""
        return cls(
            **{
                **plain,
                "classes": tuple(plain["classes"]),
                "edges": tuple(plain["edges"]),
                "before": _similarity_of(plain["before"]),
                "after": _similarity_of(plain["after"]),
                "changed": tuple(Changed(**each) for each in plain["changed"]),
            }
        )


def geometry(examples: Examples, parts: Parts, old: np.ndarray, new: np.ndarray, seed: int = 0) -> Geometry:
    """Compare the test texts' cosines by both encoders; `old` and `new` `(n, dim)`, of pairs `(n, 2, dim)`.

    Of more than `MOST` test texts that many are drawn.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(parts.test)[:MOST])
    paired = len(examples.columns) > 1
    texts, label, places = _texts(examples, rows)
    before, after = (unit(v[rows]) for v in (old, new))
    flat = [v.reshape(-1, v.shape[-1])[places] for v in (before, after)]
    count = min(NEIGHBOURS, len(texts) - 1)
    near = [nearest(v, count, lambda share: None)[0] for v in flat] if count > 0 else []
    kept = [len(np.intersect1d(a, b)) / count for a, b in zip(*near, strict=True)] if near else [1.0]
    similarities = []
    for number, vectors in enumerate((before, after)):
        known = near[number] if near else None
        labels = examples.labels[rows]
        similarities.append(
            _of_pairs(vectors, belong_together(examples, rows))
            if paired
            else _of_texts(vectors, labels, len(examples.classes), known)
        )
    return Geometry(
        classes=examples.classes,
        edges=tuple(np.linspace(-1, 1, BINS + 1).round(6).tolist()),
        before=similarities[0],
        after=similarities[1],
        texts=len(texts),
        neighbours=count,
        neighbours_changed=1 - float(np.mean(kept)),
        changed=_changed(texts, label, near, rng) if near else (),
    )


def class_matrix(vectors: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the mean cosine of two different texts by their classes, `(classes, classes)`, NaN where there are none.

    `vectors (n, dim)` of length 1, `labels (n,)` class numbers.
    """
    member = np.eye(classes)[labels.astype(int)]  # (n, classes)
    sums, counts = member.T @ vectors.astype(np.float64), member.sum(axis=0)
    itself = np.diag(member.T @ np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    pairs = np.outer(counts, counts) - np.diag(counts)
    result: np.ndarray = np.divide(
        sums @ sums.T - itself, pairs, out=np.full((classes, classes), np.nan), where=pairs > 0
    )
    return result


def _of_texts(vectors: np.ndarray, labels: np.ndarray, classes: int, near: np.ndarray | None) -> Similarity:
    counts = np.zeros((2, BINS), int)
    for start in range(0, len(vectors), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        one = np.arange(len(vectors))[some, None]
        upper = one < np.arange(len(vectors))[None]
        alike = labels[some, None] == labels[None]
        cosines = vectors[some] @ vectors.T
        counts += np.stack([_counted(cosines[upper & alike]), _counted(cosines[upper & ~alike])])
    matrix = class_matrix(vectors, labels, classes)
    plain = tuple(tuple(None if np.isnan(v) else float(v) for v in row) for row in matrix)
    agreeing = None if near is None else float((labels[near] == labels[:, None]).mean())
    return Similarity(plain, tuple(counts[0].tolist()), tuple(counts[1].tolist()), agreeing)


def _of_pairs(vectors: np.ndarray, together: np.ndarray) -> Similarity:
    cosines = np.einsum("nd,nd->n", vectors[:, 0], vectors[:, 1])
    within, between = _counted(cosines[together]), _counted(cosines[~together])
    return Similarity((), tuple(within.tolist()), tuple(between.tolist()), None)


def _counted(cosines: np.ndarray) -> np.ndarray:
    return np.histogram(cosines.clip(-1, 1), BINS, (-1, 1))[0]


def _texts(examples: Examples, rows: np.ndarray) -> tuple[list[str], list[str], np.ndarray]:
    """Return the texts of these rows, the label of each, and where their vectors stand; of pairs each text once."""
    names = [examples.classes[int(examples.labels[row])] if examples.classes else "" for row in rows]
    if len(examples.columns) == 1:
        return [examples.texts[row] for row in rows], names, np.arange(len(rows))
    flat = [column[row] for row in rows for column in examples.columns]
    first = np.fromiter({text: place for place, text in reversed(list(enumerate(flat)))}.values(), int)
    return [flat[place] for place in np.sort(first)], [""] * len(first), np.sort(first)


def _changed(
    texts: Sequence[str], label: Sequence[str], near: Sequence[np.ndarray], rng: np.random.Generator
) -> tuple[Changed, ...]:
    old, new = near[0][:, 0], near[1][:, 0]
    drawn = np.sort(rng.permutation(np.flatnonzero(old != new))[:SHOWN])
    return tuple(
        Changed(texts[k], label[k], texts[old[k]], label[old[k]], texts[new[k]], label[new[k]]) for k in drawn
    )


def _similarity_of(plain: Mapping[str, Any]) -> Similarity:
    return Similarity(
        tuple(tuple(row) for row in plain["matrix"]),
        tuple(plain["within"]),
        tuple(plain["between"]),
        plain["agreeing"],
    )
