"""Models that learned nothing from headlines: refitted on outcomes that were dealt to other sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.events import event_numbers
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.context import TrainingContext
from core.train.features.preparation import Preparation
from core.train.models.ensemble import fit_models, predict_all
from core.train.models.tuning import parameters
from core.train.run import Run
from core.train.splits.plan import plan_splits

Predict = Callable[[np.ndarray], dict[str, np.ndarray]]


def dealt_rows(
    event: np.ndarray, session: np.ndarray, rng: np.random.Generator, length: int = 1
) -> np.ndarray:
    """Return for each row `(n,)` the row whose outcome it is dealt.

    `event (n,)` numbers what shares an outcome, `session (n,)` the sessions in order of time. Whole blocks of `length`
    sessions are laid one after another in a random order, and their events read off by the events in their own order:
    the rows of an event still share an outcome, and the events of a session still move together.
    """
    first, number = np.unique(event, return_index=True, return_inverse=True)[1:]
    order = np.argsort(session[first], kind="stable")
    block = session[first][order] // length
    blocks = rng.permutation(np.unique(block))
    laid = np.concatenate([order[block == one] for one in blocks])
    given = np.empty_like(order)
    given[order] = laid
    result: np.ndarray = first[given[number]]
    return result


def dealt_refits(
    run: Run,
    dataset: Dataset,
    vectors: np.ndarray | None,
    said: Callable[[Preparation, Predict], dict[str, np.ndarray]],
    refits: int,
    report: Report = silent,
) -> list[dict[str, np.ndarray]]:
    """Refit a run's models `refits` times on dealt outcomes, and return what is `said` with each.

    A row keeps its headline and its outlet, and gets the numbers and the outcome of another session's row, so that the
    numbers say what they said and the headline nothing. No outcome of a test is looked at. Raises `UserError` where the
    table cannot be split as the run says any more, and whatever `report` raises.
    """
    plan = plan_splits(dataset, run.settings, recorded=True)
    train = plan.holdout.train
    context = TrainingContext.of(dataset, vectors, plan.outcome, run.settings, part(report, 0, 0.05))
    context = replace(context, parameters=parameters(run.tuned))
    event = event_numbers(dataset, train)
    blocks = Blocks.of(dataset, train, plan.outcome[train], run.settings.horizon)
    found = []
    for number in range(refits):
        begin, end = (0.05 + 0.95 * (number + more) / refits for more in (0, 1))
        report(begin, N_("Learning from dealt outcomes: {done} of {total}"), done=number + 1, total=refits)
        rng = np.random.default_rng([run.settings.seed, number])
        donor = train[dealt_rows(event, blocks.ids, rng, blocks.length)]
        preparation, sample = _dealt(context, train, donor).prepare(train)
        models, _seconds = fit_models(sample, part(report, begin, end))
        found.append(said(preparation, partial(predict_all, models)))
    return found


def _dealt(context: TrainingContext, train: np.ndarray, donor: np.ndarray) -> TrainingContext:
    """Return the context in which the rows at `train` have the numbers and outcomes of those at `donor`."""
    from_row = np.arange(len(context.outcome))
    from_row[train] = donor
    features = context.inputs.features.iloc[from_row].set_axis(context.inputs.features.index)
    return replace(
        context, inputs=context.inputs._replace(features=features), outcome=context.outcome[from_row]
    )
