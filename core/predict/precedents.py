"""The most similar earlier headlines, and what really followed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.parse.cells import plain_text
from core.evaluate.bootstrap import Interval
from core.evaluate.event_outcomes import EventOutcomes
from core.evaluate.ledger import sealed_positions
from core.predict.background import LEVEL, Background

MOST = 30  # precedents of one headline


@dataclass(frozen=True)
class Precedent:
    """An earlier headline: how similar it is, its row in the file and its position in the table, and what followed.

    `similarity` is the cosine, `share` the share of random pairs of the table that are less similar.
    """

    similarity: float
    share: float
    position: int
    row: int
    headline: str
    press: str | None
    company: str | None
    session: pd.Timestamp | None
    target: float | str | None


@dataclass(frozen=True)
class Precedents:
    """The precedents of a headline, the nearest first; where `found` has none, the `nearest` says how far off it was.

    `nearest` is None where the table has no earlier headline with an outcome. A precedent is nearer than the share
    `needed` of the table's random pairs: with multilingual-e5-small, 30 texts that are no news (emoji, everyday
    Korean, English) have none at this level in the sample and in a table of one company, and of 20 news headlines
    which are not in the table 18 and 16 have one. At 95% one of the former has, at 99% only 7 and 12 of the latter.
    """

    found: tuple[Precedent, ...]
    nearest: Precedent | None
    needed: float = LEVEL

    def followed(self, outcomes: EventOutcomes) -> Interval:
        """Return the mean of what followed, of each event once, with its 95% interval (NaN where too few).

        `outcomes` are those of the precedents' table.
        """
        return outcomes.mean(np.array([one.position for one in self.found], int))

    def events(self, outcomes: EventOutcomes) -> int:
        """Return how many events the precedents are of."""
        return int(outcomes.having(np.array([one.position for one in self.found], int)).sum())

    def outcomes(self) -> dict[str, int]:
        """Return how many precedents each outcome followed: a class, or the sign of a return ("+", "-" or "0")."""
        return dict(Counter(_outcome(precedent.target) for precedent in self.found).most_common())


def precedents(
    data: Dataset,
    vectors: np.ndarray,
    vector: np.ndarray,
    against: Background,
    headline: str = "",
    before: pd.Timestamp | None = None,
    most: int = MOST,
    sealed: np.ndarray | None = None,
    story: int | None = None,
) -> Precedents:
    """Return the headlines nearest to `vector` `(1, dim)` by cosine, at most one of each story.

    They have to be near `against` the background of the table's random pairs. The headline itself does not count, nor
    does any row of its own `story`, where one is given.
    Only rows with a known outcome do, and where `before` is given only those of strictly earlier sessions. What
    followed a row of a sealed holdout is not told; `sealed` are the positions of these, where the caller has asked
    the ledger already.
    """
    frame = data.frame
    allowed = frame["target"].notna().to_numpy()
    allowed = allowed & (frame["headline"] != plain_text(headline)).to_numpy()
    if before is not None:
        allowed = allowed & (frame["session"] < before).to_numpy()
    if story is not None:
        allowed = allowed & (frame["story"] != story).to_numpy()
    allowed[sealed_positions(data) if sealed is None else sealed] = False
    if not allowed.any():
        return Precedents((), None)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors) * (vector[0] @ vector[0]))
    cosine = np.where(allowed, vectors @ vector[0] / np.maximum(lengths, 1e-12), -np.inf)
    nearest = np.argsort(-cosine, kind="stable")[: int(allowed.sum())]
    stories = frame["story"].to_numpy()[nearest]
    first = np.sort(np.unique(stories, return_index=True)[1])[:most]
    places = nearest[first]
    shares = [against.share(float(cosine[place])) for place in places]
    count = max(sum(share >= LEVEL for share in shares), 1)
    rows = frame.iloc[places[:count]].to_dict("records")
    closest = tuple(
        _precedent(row, int(place), float(cosine[place]), share)
        for row, place, share in zip(rows, places, shares, strict=False)
    )
    return Precedents(closest if shares[0] >= LEVEL else (), closest[0])


def _outcome(target: float | str | None) -> str:
    if isinstance(target, str):
        return target
    rounded = round(float(target or 0), 4)  # as it is printed
    return "+" if rounded > 0 else "-" if rounded < 0 else "0"


def _precedent(row: Mapping[Hashable, Any], position: int, similarity: float, share: float) -> Precedent:
    known = {
        name: None if pd.isna(row[name]) else row[name] for name in ("press", "company", "session", "target")
    }
    return Precedent(
        similarity=similarity,
        share=share,
        position=position,
        row=int(row["row"]),
        headline=row["headline"],
        press=known["press"],
        company=known["company"],
        session=known["session"],
        target=known["target"],
    )
