"""Two questions compared: what differs between them, and what that did to the predictions and their reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.data.parse.cells import plain_text
from core.evaluate.predictions import MEAN
from core.explain import Contributions, explained_class
from core.predict.live import Prediction
from core.predict.question import Question
from core.train.run import Run

HEADLINE, PRESS, COMPANY, TIME, FEATURE = "headline", "press", "company", "time", "feature"

Value = str | float | datetime | None


@dataclass(frozen=True)
class Changed:
    """One thing that differs between two questions; `name` is the feature's. None stands for what is not known."""

    kind: str
    before: Value
    after: Value
    name: str = ""


def changed(before: Question, after: Question) -> tuple[Changed, ...]:
    """Return what differs between two questions: headline, outlet, company, time, then the features in their order."""
    pairs: list[Changed] = [
        Changed(HEADLINE, plain_text(before.headline), plain_text(after.headline)),
        Changed(PRESS, before.press, after.press),
        Changed(COMPANY, before.company, after.company),
        Changed(TIME, before.time, after.time),
    ]
    for name in dict.fromkeys([*after.features, *before.features]):
        pairs.append(
            Changed(FEATURE, _known(before.features.get(name)), _known(after.features.get(name)), name)
        )
    return tuple(pair for pair in pairs if pair.before != pair.after)


def moves(
    run: Run, before: Prediction, after: Prediction, explained: int = -1
) -> dict[str, tuple[float, float]]:
    """Return the numbers before and after of the ensemble and of each model, as the page shows them."""
    at = explained_class(run, explained)
    return {
        name: (float(before.values[name][at]), float(after.values[name][at])) for name in (MEAN, *run.models)
    }


def way(before: Contributions, after: Contributions) -> Contributions:
    """Return what each group changed, as the way of the ensemble from one prediction to the other.

    The contributions of both begin at the same average, so their differences lead from `before` to `after` (both are
    before calibration).
    """
    return Contributions(
        groups=after.groups,
        values={MEAN: after.values[MEAN][:1] - before.values[MEAN][:1]},
        base={MEAN: float(before.prediction[MEAN][0])},
        prediction={MEAN: after.prediction[MEAN][:1]},
        rows=np.arange(1),
        label=after.label,
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
