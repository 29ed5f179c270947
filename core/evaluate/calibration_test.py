"""Is it more than chance that probabilities miss what came true? One joint test, instead of one a bin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.evaluate.blocks import Blocks

LEVEL = 0.04  # what the variance leaves out in small tables brings the measured level to 5% at the most
FEWEST = 4  # degrees of freedom that are judged
ALIKE = 1e-9  # probabilities that differ by less are one
LONG = 3  # horizons that one degree of freedom is taken from


@dataclass(frozen=True)
class CalibrationTest:
    """What came true less what was promised, summed over rows, and the p-values of no such difference.

    `shift` above 0: more came true than promised. `slope` above 0: what came true differs more from row to row
    than the probabilities do. `p_shift` and `p_slope` are NaN where there are too few sessions, or nothing varies.
    """

    shift: float
    slope: float
    p_shift: float
    p_slope: float

    @property
    def judged(self) -> bool:
        """Whether there are enough sessions for an answer."""
        return not math.isnan(self.p_shift)

    @property
    def wrong(self) -> bool:
        """Whether the probabilities miss what came true by more than chance, both p-values taken together."""
        found = [p for p in (self.p_shift, self.p_slope) if not math.isnan(p)]
        return bool(found) and min(found) * len(found) < LEVEL

    @property
    def shifted(self) -> bool:
        """Whether they are wrong as they are too high or too low throughout."""
        return self.wrong and self.p_shift < LEVEL

    @property
    def sloped(self) -> bool:
        """Whether they are wrong as they lie too far apart or too close together."""
        return self.wrong and self.p_slope < LEVEL


def calibration_test(came: np.ndarray, probability: np.ndarray, blocks: Blocks) -> CalibrationTest:
    """Test that rows came true as often as promised: `came (n,)` 0/1, `probability (n,)`, and the rows' sessions.

    Two sums over rows are 0 on average where probabilities are right: of r = came - probability, and of r times the
    probability less its mean (the score test of intercept and slope: Cox, "Two further applications of a model for
    binary regression", 1958; the second alone is close to Spiegelhalter's z, "Probabilistic prediction in patient
    management and clinical trials", 1986). Rows of one session are added up first, as they come true together. The
    variance is the mean square of the first cosine transforms of these sums, with Student's t of as many degrees of
    freedom (Lazarus, Lewis, Stock & Watson, "HAR inference: recommendations for practice", 2018): all of them at a
    horizon of 1, as an outcome that is known changes no later promise, else one for three horizons. It is never
    below that of independent rows, p (1 - p); sessions that weigh unequally count as fewer. Either finding is
    reported only where Bonferroni's correction for both finds one (a closed test: Marcus, Peritz & Gabriel, 1976).
    """
    from scipy.fft import dct
    from scipy.stats import t

    sessions, horizon = blocks.ids, blocks.horizon
    count = int(sessions.max()) + 1
    varies = np.ptp(probability) > ALIKE
    centred = probability - probability.mean()
    missed, variance = came - probability, probability * (1 - probability)
    free = count - 1 if horizon <= 1 else count // (LONG * horizon)
    found = []
    for weight, defined in ((np.ones(len(came)), True), (centred, varies)):
        sums = np.bincount(sessions, weight * missed, count)
        expected = np.bincount(sessions, weight**2 * variance, count)
        if free < FEWEST or not defined:
            found.append((float(sums.sum()), math.nan))
            continue
        waves = dct(sums, type=2, norm="ortho")[1 : free + 1]
        spread = max(float(np.mean(waves**2)), float(expected.mean()))
        worth = expected.sum() ** 2 / (expected**2).sum() / (count - 1) if expected.any() else 1.0
        distance = abs(float(sums.sum())) / math.sqrt(count * spread) if spread > 0 else 0.0
        found.append((float(sums.sum()), 2 * float(t.sf(distance, min(max(free * worth, 1.0), free)))))
    (shift, p_shift), (slope, p_slope) = found
    return CalibrationTest(shift, slope, p_shift, p_slope)
