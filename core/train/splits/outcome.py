"""What happened, as far as it is known and can be learned."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.locale import N_
from core.train.settings import TrainSettings
from core.train.splits.split import require_outcomes, require_sessions


def known_outcome(dataset: Dataset, settings: TrainSettings) -> np.ndarray:
    """Return what happened, `(rows,)`, NaN where unknown; raises `UserError` where nothing can be learned."""
    if not dataset.target_kind:
        raise UserError(
            N_("The table has no target: choose the column with the return or the 승/패 on the data page.")
        )
    if settings.task == "regress" and dataset.target_kind != "return":
        raise UserError(
            N_("The target holds labels, not returns: choose classification, or a column of returns.")
        )
    outcome = dataset.outcome(settings.task)
    if settings.split == "time" and dataset.has_sessions:
        require_sessions(dataset, np.flatnonzero(~np.isnan(outcome)))
    require_outcomes(outcome, dataset.classes if settings.task == "classify" else ())
    return outcome
