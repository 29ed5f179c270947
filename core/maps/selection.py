"""What sets rows apart that a reader has selected on a map: their outcomes, their score, their words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.leave_out import without_rows
from core.data.near_duplicates import without_tags
from core.errors import UserError
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval
from core.evaluate.event_outcomes import EventOutcomes, told_rows
from core.evaluate.events import event_weights
from core.evaluate.ledger import any_sealed, sealed_among
from core.evaluate.ledger_rows import Rows
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import one_scale, scored_unit
from core.evaluate.settings import EvaluateSettings
from core.evaluate.slices import Slice, slices
from core.jobs import Report, silent
from core.locale import N_, P_
from core.train.features.morphemes import nouns

MOST_STORIES = 20_000  # of the selection, and of the rest, whose words are read
MOST_WORDS, FEWEST_STORIES, LEVEL = 20, 3, 0.05
_INSIDE, _OUTSIDE = "inside", "outside"
_NO_WORDS = pd.DataFrame(columns=["word", "count", "inside", "outside"])


@dataclass(frozen=True)
class Apart:
    """What happened in the selected events against all others: the share of a class, or the mean return (`label` None).

    `inside` and `outside` are the two, `difference` one less the other with an interval that is clustered by session;
    its bounds are NaN where a side has fewer than five clusters. `events` counts those inside and outside.
    """

    label: str | None
    inside: float
    outside: float
    difference: Interval
    events: tuple[int, int]


@dataclass(frozen=True, eq=False)
class TellingWords:
    """Words that are more frequent in a selection, and whether only some of the stories were read, `drawn` at random.

    The table's columns are `word`, `count` (selected stories that have it), `inside` and `outside` (shares of the stories).
    """

    table: pd.DataFrame
    drawn: bool


def outcomes_apart(data: Dataset, rows: np.ndarray, sealed: np.ndarray, horizon: int = 1) -> list[Apart]:
    """Compare what happened after the rows at these positions with what happened after all others.

    Events are compared, those with a selected row being inside. `sealed` positions and rows without an outcome stay
    out, in a dated table undated rows too. Of two classes the last is compared, of more all, the intervals holding together; nothing where a side is empty.
    """
    if not data.target_kind:
        return []
    positions = told_rows(data, sealed)
    task = "regress" if data.target_kind == "return" else "classify"
    outcome = data.outcome(task)[positions].astype(float)
    classes = data.classes[-1:] if len(data.classes) == 2 else data.classes
    labels: tuple[str | None, ...] = (None,) if task == "regress" else classes
    found = []
    for label in labels:
        number = None if label is None else data.classes.index(label)
        events = EventOutcomes.of(data, positions, outcome, horizon, number)
        inside = events.having(rows)
        if inside.all() or not inside.any():
            return []
        means = float(events.values[inside].mean()), float(events.values[~inside].mean())
        difference = events.difference(rows, len(labels))
        found.append(Apart(label, *means, difference, (int(inside.sum()), int((~inside).sum()))))
    return found


def scores_apart(
    predictions: Predictions, data: Dataset, settings: EvaluateSettings, rows: np.ndarray
) -> tuple[Slice, Slice] | None:
    """Return the main score of the tested rows among these positions, and that of all others, as slices are scored.

    None where the test has no row of one of the two.
    """
    test = predictions.test
    tested, y = test.positions(data), test.outcome
    inside = np.isin(tested, rows)
    if inside.all() or not inside.any():
        return None
    weights = event_weights(data, tested) if scored_unit(data, settings) == "event" else None
    blocks = Blocks.of(data, tested, y, settings.horizon)
    labels = {"selection": np.where(inside, _INSIDE, _OUTSIDE)}
    p, metric = one_scale(test[MEAN], test.fold), main_metric(settings.task)
    found = {made.label: made for made in slices(y, p, blocks, labels, metric, settings.seed, weights)}
    return found[_INSIDE], found[_OUTSIDE]


def telling_words(data: Dataset, rows: np.ndarray, report: Report = silent) -> TellingWords:
    """Return the nouns of the selected headlines that are clearly more frequent in them than in the others.

    At most 20, in the order of class-based TF-IDF: the word's share of the selection's words times ln(1 + words of a
    mean class / how often it stands in both) (Grootendorst 2022, arXiv:2203.05794). A word is listed where it stands in
    three selected stories and chance would hardly put so many of its stories into a selection of this size: the
    hypergeometric tail probability is below 5% after Holm's correction for all words of three stories, selected or not.
    A story counts once, and is selected where one of its rows is; of each side at most 20,000 are read.

    Of selections drawn at random at most 5% list a word: measured on 7,000 stories of six words with Zipf's frequencies,
    1 in 400 of 30 stories, 4 in 400 of 100 and of 300.
    """
    story = data.frame["story"].to_numpy()
    selected = np.isin(story, story[rows])
    first = ~data.frame["story"].duplicated().to_numpy()
    sides = np.flatnonzero(first & selected), np.flatnonzero(first & ~selected)
    inside, outside = (_some(side) for side in sides)
    drawn = any(len(side) > MOST_STORIES for side in sides)
    if not len(inside) or not len(outside):
        return TellingWords(_NO_WORDS, drawn)
    texts = [without_tags(data.headlines[row]) for row in (*inside, *outside)]
    sets = [set(words) for words in nouns(texts, report)]
    mine, all_stories = (Counter(chain.from_iterable(some)) for some in (sets[: len(inside)], sets))
    words = sorted(word for word, n in all_stories.items() if n >= FEWEST_STORIES)  # whichever is selected
    if not words:
        return TellingWords(_NO_WORDS, drawn)
    k, both = (np.array([counts[word] for word in words]) for counts in (mine, all_stories))
    weight = k / max(mine.total(), 1) * np.log1p(all_stories.total() / 2 / both)
    found = pd.DataFrame(
        {
            "word": words,
            "count": k,
            "inside": k / len(inside),
            "outside": (both - k) / len(outside),
            "weight": weight,
        }
    )[_more_frequent(k, both, len(inside), len(sets)) & (k >= FEWEST_STORIES)]
    ranked = found.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    return TellingWords(ranked[list(_NO_WORDS)].head(MOST_WORDS), drawn)


def _some(stories: np.ndarray) -> np.ndarray:
    if len(stories) <= MOST_STORIES:
        return stories
    return np.random.default_rng(0).choice(stories, MOST_STORIES, replace=False)


def _more_frequent(count: np.ndarray, both: np.ndarray, inside: int, all_stories: int) -> np.ndarray:
    from scipy.stats import hypergeom
    from statsmodels.stats.multitest import multipletests

    tail = hypergeom.sf(count - 1, all_stories, both, inside)
    sure: np.ndarray = multipletests(tail, LEVEL, method="holm")[0]
    return sure


def leave_out(data: Dataset, rows: np.ndarray, name: str) -> Dataset:
    """Return the dataset without these rows, in which what is sealed stays sealed; it is not saved.

    Raises `UserError` where no row would be left, and where a sealed row is among them or would not be known as sealed any more.
    """
    before = np.zeros(len(data), bool)
    if any_sealed():
        before = sealed_among(Rows.listed(data))
    if inside := int(before[rows].sum()):
        raise UserError(
            P_(
                "{n:,} of these rows lies in a sealed holdout, which has to stay whole: select other rows, or open that "
                "holdout first.",
                "{n:,} of these rows lie in a sealed holdout, which has to stay whole: select other rows, or open that "
                "holdout first.",
            ),
            n=inside,
        )
    made = without_rows(data, rows, name)
    if before.any() and not (sealed_among(Rows.listed(made)) >= np.delete(before, rows)).all():
        raise UserError(
            N_(
                "Without these rows the sealed holdout could not be told from other rows any more: open that holdout first."
            )
        )
    return made
