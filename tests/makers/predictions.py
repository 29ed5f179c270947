"""Made-up out-of-sample predictions of a made-up dataset, for the tests of evaluation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from tests.makers.train_tables import make_dataset

DAYS, A_DAY, COMPANIES = 30, 12, 6

Evaluated = tuple[Predictions, Dataset, EvaluateSettings]


def made_up(
    task: str = "regress",
    companies: int = COMPANIES,
    dated: bool = True,
    folds: int = 0,
    sealed: bool = False,
    **settings: object,
) -> Evaluated:
    """Return predictions with some skill, their dataset of two headlines an event, and settings.

    With folds, the first two thirds of the days are the tests of a walk-forward; `sealed` leaves out the holdout.
    """
    rng = np.random.default_rng(0)
    n = DAYS * A_DAY
    day, company = np.repeat(np.arange(DAYS), A_DAY), np.tile(np.arange(A_DAY) % companies, DAYS)
    event = day * companies + company
    target = 0.01 * rng.normal(size=event.max() + 1)[event]
    data = make_dataset(
        target, day if dated else None, press=np.array(["가일보", "나일보", None])[rng.integers(0, 3, n)]
    )
    data = replace(
        data, frame=data.frame.assign(company=pd.Series([f"회사{c}" for c in company], dtype="str"))
    )
    score = target / 0.01 + rng.normal(size=n)
    p = 1 / (1 + np.exp(-score))
    made = 0.01 * score if task == "regress" else np.column_stack([1 - p, p])
    fold = np.select([day >= 20, day >= 10], [0, 2], 1) if folds else np.zeros(n, int)
    classes = ("패", "승") if task == "classify" else ()
    table = Predictions.of(data, np.arange(n), fold, data.outcome(task), {"mean": made}, classes)
    shown = table.where(fold > 0) if sealed else table
    return shown, data, EvaluateSettings(task, **settings)
