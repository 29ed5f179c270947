"""A dataset without some of its rows."""

from __future__ import annotations

import numpy as np

from core.data.build import content_id
from core.data.dataset import Dataset, Problem
from core.data.plan import Plan
from core.errors import Message, UserError
from core.locale import N_

CODE = "left_out"


def without_rows(data: Dataset, positions: np.ndarray, name: str) -> Dataset:
    """Return a dataset of its own, under a name, without the rows at these positions of the frame.

    The others keep their row numbers, stories and sessions. What was left out stands in its `problems`. Raises
    `UserError` where no row is left.
    """
    keep = np.ones(len(data), bool)
    keep[positions] = False
    if not keep.any():
        raise UserError(N_("No row would be left. Select fewer."))
    frame = data.frame[keep].reset_index(drop=True)
    numbers = tuple(data.frame["row"].to_numpy()[~keep].tolist())
    problem = Problem(CODE, Message(N_("Rows that were selected on the map were left out.")), numbers)
    made = content_id(frame, data.plan or Plan(data.roles))
    problems = (*data.problems, problem)
    return Dataset(made, name, data.roles, frame, data.target_kind, problems, data.plan)
