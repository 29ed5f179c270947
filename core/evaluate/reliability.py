"""Do probabilities come true? The reliability curve with its calibration error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import BLOCK_UNITS, Blocks
from core.evaluate.bootstrap import Interval, agreeing, bounds, draws
from core.evaluate.calibration_test import CalibrationTest, calibration_test
from core.evaluate.metrics import BINS, METRICS, bins_for
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings
from core.evaluate.weighted import ratio
from core.locale import N_

_TOO_LOW, _TOO_HIGH = N_("too low"), N_("too high")
_TOO_CLOSE, _TOO_FAR = (
    N_("too close together: what came true differs more from row to row than they do"),
    N_("too far apart: what came true differs less from row to row than they do"),
)


@dataclass(frozen=True)
class Bin:
    """A bin of the reliability curve: the mean probability, the share of rows that came true, and how many."""

    predicted: float
    observed: Interval
    rows: int
    sessions: int


def reliability(
    came: np.ndarray,
    probability: np.ndarray,
    blocks: Blocks,
    seed: int,
    bins: int = BINS,
    weights: np.ndarray | None = None,
) -> list[Bin]:
    """Return the reliability curve over at most `bins` bins of equal weight, each with n and 95% interval.

    `came (n,)` bool: whether the class came true; `probability (n,)` of it; `blocks` over which the
    interval is resampled (`core.evaluate.bootstrap`): rows of one session come true together.
    DeGroot & Fienberg, "The comparison and evaluation of forecasters" (1983).
    """
    weights = np.ones(len(came)) if weights is None else weights
    number = _bin_numbers(probability, weights, bins)
    inside = number[:, None] == np.unique(number)  # (n, bins that hold rows)
    shares = np.concatenate(
        [ratio(w @ (inside * came[:, None]), w @ inside) for w in draws(blocks, seed, weights=weights)]
    )
    curve = []
    for k, rows in enumerate(inside.T):
        part = blocks.take(rows)
        observed = float(np.average(came[rows], weights=weights[rows]))
        curve.append(
            Bin(
                float(np.average(probability[rows], weights=weights[rows])),
                agreeing(Interval(observed, *bounds(shares[:, k], part.count, part.widening)), part.count),
                int(rows.sum()),
                part.sessions,
            )
        )
    return curve


@dataclass(frozen=True)
class Reliability:
    """The reliability curve with its mean miss `ece`, a share; `label` is the class.

    `predicted` and `observed` are the mean probability and the share that came true over all `rows`. `test` says
    whether they differ by more than chance, all bins taken together: of ten intervals one leaves its promise out
    in a good part of well calibrated tables. `enough` says whether there are enough blocks for intervals.
    """

    curve: tuple[Bin, ...]
    ece: float
    label: str
    predicted: float
    observed: float
    rows: int
    sessions: int
    unit: str
    test: CalibrationTest
    horizon: int = 1
    enough: bool = True

    def sentence(self) -> Message:
        """Say in plain words whether the probabilities can be taken at their word."""
        params = {
            "ece": _points(self.ece),
            "predicted": f"{self.predicted:.0%}",
            "observed": f"{self.observed:.0%}",
            "sessions": self.sessions,
            "unit": Message(BLOCK_UNITS[self.unit]),
            "horizon": self.horizon,
            "height": Message(_TOO_LOW if self.test.shift > 0 else _TOO_HIGH),
            "distance": Message(_TOO_CLOSE if self.test.slope > 0 else _TOO_FAR),
        }
        return Message(self._template(), params)

    def _template(self) -> str:
        if not self.test.judged and self.horizon > 1:
            return N_(
                "Too few {unit} to judge the probabilities, as outcomes over {horizon} sessions overlap: on average "
                "they promised {predicted}, and {observed} came true."
            )
        if not self.test.judged:
            return N_(
                "Too few {unit} to judge the probabilities: on average they promised {predicted}, and {observed} came true."
            )
        if self.test.shifted and self.test.sloped:
            return N_(
                "Do not take the probabilities at their word: they miss what came true by {ece} percentage points "
                "on average. They are {height} and lie {distance}. On average they promised {predicted}, and "
                "{observed} came true."
            )
        if self.test.shifted:
            return N_(
                "Do not take the probabilities at their word: they miss what came true by {ece} percentage points "
                "on average. They are {height}: on average they promised {predicted}, and {observed} came true."
            )
        if self.test.sloped:
            return N_(
                "Do not take the probabilities at their word: they miss what came true by {ece} percentage points "
                "on average. They lie {distance}. On average they promised {predicted}, and {observed} came true."
            )
        return N_(
            "No evidence that the probabilities are wrong: they miss what came true by {ece} percentage points "
            "on average, which {sessions:,} {unit} bring about by chance too. In all they promised {predicted}, and "
            "{observed} came true."
        )


def reliability_of(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    model: str = MEAN,
    target: int = -1,
) -> Reliability | Message:
    """Compare the test's probabilities of the class number `target` (by default the last) with what came true.

    Of three or more classes it is that one against the rest.
    """
    if not predictions.classes:
        return Message(N_("Only probabilities can be calibrated; this run predicts returns."))
    test = Scored.of(predictions.test, dataset, settings, [model])
    target = range(len(predictions.classes))[target]
    sure, came = test.predictions[model][:, target], test.y == target
    error = METRICS["ece"] if len(np.unique(test.fold)) == 1 else mean_over(test.fold, METRICS["ece"])
    both = np.stack([1 - sure, sure], axis=1)
    return Reliability(
        tuple(reliability(came, sure, test.blocks, settings.seed, bins=bins_for(len(came)))),
        float(error.compute(came.astype(float), both, np.ones((1, len(came))))[0]),
        predictions.classes[target],
        float(sure.mean()),
        float(came.mean()),
        len(came),
        test.blocks.sessions,
        test.blocks.unit,
        calibration_test(came, sure, test.blocks),
        test.blocks.horizon,
        test.blocks.enough,
    )


def _bin_numbers(probability: np.ndarray, weights: np.ndarray, bins: int) -> np.ndarray:
    values, inverse = np.unique(probability, return_inverse=True)
    held = np.bincount(inverse, weights, minlength=len(values))
    middle = np.cumsum(held) - held / 2
    result: np.ndarray = np.floor(bins * middle / held.sum()).astype(int)[inverse]
    return result


def _points(share: float) -> str:
    return f"{share * 100:.0f}" if np.isfinite(share) else "–"
