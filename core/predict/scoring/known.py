"""What a run and its table know, laid out once so that the warnings about a row are found in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.library import saved_plan
from core.data.parse.cells import plain_text
from core.data.plan import Exchange
from core.embed import vectors_if_stored
from core.embed.encoder_card import EncoderCard
from core.embed.pipeline import canonical
from core.errors import UserError
from core.evaluate.ledger import sealed_positions
from core.jobs import Report, silent
from core.locale import N_
from core.predict.background import Background, background
from core.predict.scoring.ranges import Range
from core.predict.scoring.wordings import Wordings
from core.train.prepared import prepared_vectors
from core.train.run import Run
from core.train.splits.outcome import known_outcome
from core.train.splits.split import make_split

_AT_ONCE = 2**23  # similarities held in memory


@dataclass(frozen=True, eq=False)
class Past:
    """The rows of a table that can be a precedent: those with a known outcome that is not sealed.

    `vectors (rows, dim)` are of every row of the table, `usable (rows,)` says which ones can be; `sessions (rows,)` are
    NaT where unknown, and `texts` number the headlines, `number (rows,)` of each row.
    """

    vectors: np.ndarray
    lengths: np.ndarray
    usable: np.ndarray
    sessions: np.ndarray
    texts: pd.Index
    number: np.ndarray
    against: Background

    @classmethod
    def of(cls, data: Dataset, vectors: np.ndarray) -> Past:
        """Return the past that the table `data` is, whose vectors are `(rows, dim)`."""
        usable = data.frame["target"].notna().to_numpy(bool, copy=True)
        usable[sealed_positions(data)] = False
        number, texts = pd.factorize(data.frame["headline"])
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        sessions = data.frame["session"].to_numpy("datetime64[s]")
        return cls(vectors, lengths, usable, sessions, texts, number, background(data, vectors))

    def has_precedent(
        self, headlines: Sequence[str], sessions: np.ndarray, vectors: np.ndarray, report: Report = silent
    ) -> np.ndarray:
        """Say which headlines `(n,)` have a precedent, `(n,)` bool: a near one of a strictly earlier session.

        `sessions (n,)` are NaT where unknown: then every session counts. `vectors` are `(n, dim)`. As in
        `precedents`, the headline itself does not count. A headline of one session is looked up once.
        """
        number = self.texts.get_indexer(pd.Index(headlines))
        text = pd.factorize(np.asarray(headlines, object))[0]
        asked = np.stack([text, sessions.astype("datetime64[s]").astype(np.int64)])
        _asked, first, code = np.unique(asked, axis=1, return_index=True, return_inverse=True)
        near = np.zeros(len(first), bool)
        step = max(_AT_ONCE // max(len(self.vectors), 1), 1)
        for start in range(0, len(first), step):
            report(start / len(first), N_("Looking for precedents of {n:,} headlines"), n=len(first))
            some = first[start : start + step]
            best = self._highest(vectors[some], sessions[some], number[some])
            near[start : start + step] = self.against.near(best)
        return near[code]

    def _highest(self, vectors: np.ndarray, before: np.ndarray, number: np.ndarray) -> np.ndarray:
        """Return the highest cosine of each vector `(n, dim)` with a row that counts, `(n,)`; -inf where none does."""
        if not self.usable.any():
            return np.full(len(vectors), -np.inf)
        cosine = vectors @ self.vectors.T
        cosine /= np.maximum(self.lengths, 1e-12)
        cosine[:, ~self.usable] = -np.inf
        dated = ~np.isnat(before)
        if dated.any() and not (self.sessions < before[dated].min()).all():
            cosine[dated] = np.where(self.sessions < before[dated, None], cosine[dated], -np.inf)
        for place in np.flatnonzero(number >= 0):
            cosine[place, self.number == number[place]] = -np.inf
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        return np.asarray(cosine.max(axis=1) / np.maximum(lengths, 1e-12))


@dataclass(frozen=True, eq=False)
class Known:
    """What a run and its table know.

    `ranges` are those of the run's features over its training rows. Of the distinct `wordings` of the table, `learned
    (wordings,)` are in training rows. `past` is None where the table or its vectors are not on this machine, and
    `card`, the encoder's, where that is not, and both where the run reads no headline; without the table `ranges` and `wordings` are empty. `exchange` is the one
    that the table's sessions are of.
    """

    run: Run
    ranges: Mapping[str, Range]
    wordings: Wordings
    learned: np.ndarray
    past: Past | None
    card: EncoderCard | None
    exchange: Exchange

    @classmethod
    def of(cls, run: Run, data: Dataset | None, vectors: np.ndarray | None = None) -> Known:
        """Lay out what a run knows of its table and the table's vectors `(rows, dim)`, by default those stored.

        It takes about a second for 50,000 rows; make it once per run. Nothing in it changes afterwards.
        """
        card, plan = _card(run), saved_plan(run.dataset_id)
        exchange = plan.exchange if plan else Exchange()
        if data is None:
            return cls(run, {}, Wordings.of([]), np.zeros(0, bool), None, card, exchange)
        train = training_rows(run, data)
        features = data.features.iloc[train]
        wordings = Wordings.of(data.headlines)
        learned = np.zeros(len(wordings.texts), bool)
        learned[wordings.numbers([data.headlines[row] for row in train])] = True
        if vectors is None or not run.settings.reads_headline:
            vectors = table_vectors(run, data)
        return cls(
            run,
            {name: Range.of(features[name]) for name in run.preparation.features if name in features},
            wordings,
            learned,
            None if vectors is None else Past.of(data, vectors),
            card,
            exchange,
        )

    def learned_from(self, headline: str) -> bool:
        """Say whether the models learned from this headline, or from nearly the same one."""
        _place, wording = self.wordings.alike([canonical(plain_text(headline))])
        return bool(self.learned[wording].any())


def training_rows(run: Run, data: Dataset) -> np.ndarray:
    """Return the positions in the dataset's frame of the rows that the run's models learned from, `(n,)`.

    Where the table cannot be split any more as the run says, they are all rows but those of its holdout.
    """
    try:
        outcome = known_outcome(data, run.settings)
        return make_split(data, run.settings, ~np.isnan(outcome)).train
    except (UserError, ValueError):
        held = run.predictions.holdout.positions(data)
        return np.setdiff1d(np.arange(len(data)), held)


def table_vectors(run: Run, data: Dataset) -> np.ndarray | None:
    """Return the vectors `(rows, dim)` of a table for the run's encoder and pooling.

    None where they are not stored, or the run reads no headline.
    """
    if not run.settings.reads_headline:
        return None
    encoder, pooling = run.settings.encoder, run.settings.pooling
    found = prepared_vectors(data.id, encoder, pooling)
    if found is not None:
        return found
    try:
        return vectors_if_stored(data.headlines, encoder, pooling)
    except UserError:
        return None


def _card(run: Run) -> EncoderCard | None:
    from core.embed import resolve

    if not run.settings.reads_headline:
        return None
    try:
        card = resolve(run.settings.encoder)
    except UserError:
        return None
    return card if card.ready else None
