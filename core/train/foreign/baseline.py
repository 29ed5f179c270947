"""What the table alone would have predicted of rows that somebody else predicted, walking forward in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN, Predictions
from core.jobs import Report, part
from core.locale import N_
from core.train.context import TrainingContext
from core.train.models.baselines import average_return, class_shares
from core.train.settings import TrainSettings
from core.train.splits.partition import Split, apart, numbered
from core.train.splits.split import FEWEST_ROWS, rows_to_split

FEWEST_SESSIONS = 10
TABLE = "table_only"


@dataclass(frozen=True, eq=False)
class Baselined:
    """Predictions with columns of baselines added, of the rows that they could be made for.

    `fold` counts the stretches of time that one fit of the baselines predicts, apart in each fold of the file:
    scores are means over them, as predictions of different fits are not on one scale. `names` are the baselines,
    empty where there are none, for the reason `why`.
    """

    predictions: Predictions
    names: tuple[str, ...] = ()
    why: Message | None = None


def with_baselines(
    predictions: Predictions, dataset: Dataset, settings: TrainSettings, report: Report
) -> Baselined:
    """Fit the models on the table's numbers and outlets alone, each time on the sessions before those predicted.

    The first stretch begins where at least `FEWEST_SESSIONS` sessions lie before it, and each is half as long as
    what it learns from, less the horizon; near-duplicates of its headlines are left out of its training. So a test
    that is the last fifth of a table is one stretch. Raises whatever `report` raises.
    """
    none = predictions.where(np.zeros(len(predictions), bool))
    if not dataset.has_sessions:
        return Baselined(
            none,
            why=Message(
                N_("The table has no dates, so no baseline can learn from earlier sessions to compare with.")
            ),
        )
    outcome = dataset.outcome(settings.task)
    positions = predictions.positions(dataset)
    context = TrainingContext.of(dataset, None, outcome, settings, part(report, 0, 0))
    splits = list(_stretches(dataset, outcome, positions, settings.horizon, context.classes))
    if not splits:
        return Baselined(
            none,
            why=Message(
                N_(
                    "Too few sessions lie before the first prediction for the table alone to learn from ({sessions} are "
                    "needed), so what the predictions add to it cannot be said."
                ),
                {"sessions": FEWEST_SESSIONS},
            ),
        )
    place = np.full(len(dataset), -1)
    place[positions] = np.arange(len(positions))
    made: dict[str, np.ndarray] = {}
    stretch = np.full(len(predictions), -1)
    why = None
    for number, split in enumerate(splits):
        rows = place[split.test]
        stretch[rows] = number
        share = part(report, number / len(splits), (number + 1) / len(splits))
        found, why = _predicted(context, split, share)
        for name, p in found.items():
            made.setdefault(name, np.full((len(predictions), *p.shape[1:]), np.nan))[rows] = p
    known = stretch >= 0
    added = predictions.replace(**made).where(known)
    together = np.unique(np.column_stack([predictions.fold, stretch])[known], axis=0, return_inverse=True)[1]
    return Baselined(
        Predictions(added.table.assign(fold=together.ravel()), predictions.classes), tuple(made), why
    )


def _predicted(
    context: TrainingContext, split: Split, report: Report
) -> tuple[dict[str, np.ndarray], Message | None]:
    """Return the baselines' predictions of a stretch, and why the table alone has none where that is so."""
    y, rows = context.outcome[split.train], len(split.test)
    guess = class_shares(y, len(context.classes), rows) if context.classes else average_return(y, rows)
    made = {"majority" if context.classes else "average": guess}
    try:
        learned = context.learn(split.train, report)
    except UserError:
        return made, Message(
            N_(
                "The table has no number and no outlet to learn from, so the predictions are compared with chance alone."
            )
        )
    return {TABLE: learned.predict(context.inputs.take(split.test))[MEAN]} | made, None


def _stretches(
    dataset: Dataset, outcome: np.ndarray, positions: np.ndarray, horizon: int, classes: tuple[str, ...]
) -> Iterator[Split]:
    """Yield rows to learn from and rows to predict, positions in the dataset's frame, in order of time."""
    known = np.flatnonzero(~np.isnan(outcome) & dataset.frame["session"].notna().to_numpy())
    frame = rows_to_split(dataset, known)
    number, _sessions = numbered(frame)
    wanted = np.isin(known, positions)
    begin = 0
    while (ahead := number[wanted & (number >= begin)]).size:
        cut = int(ahead.min())
        train = np.flatnonzero(number < cut - horizon)
        enough = len(np.unique(number[train])) >= FEWEST_SESSIONS and len(train) >= FEWEST_ROWS
        if not enough or any(not (outcome[known[train]] == k).any() for k in range(len(classes))):
            begin = cut + 1
            continue
        begin = cut + max(1, (cut - horizon) // 2)
        test = np.flatnonzero(wanted & (number >= cut) & (number < begin))
        train, grouped = apart(frame, train, test)
        if len(train) >= FEWEST_ROWS:
            yield Split(known[train], known[test], grouped=known[grouped])
