"""From contributions to margins (log-odds) to contributions to a probability.

The Aumann-Shapley value (Aumann & Shapley, "Values of Non-Atomic Games", 1974; integrated gradients in
Sundararajan, Taly & Yan, 2017) of the sigmoid or softmax along the straight line from the base margin to the
row's margin. It keeps sign and proportion of margin contributions for two classes, and its values always sum
to the difference of the two probabilities.
"""

from __future__ import annotations

import numpy as np

POINTS = 32


def probability_contributions(
    values: np.ndarray, base: np.ndarray, explained: int
) -> tuple[np.ndarray, float]:
    """Turn margin contributions into contributions to the probability of the class number `explained`.

    `values (n, groups, outputs)` and `base (outputs,)` are margins: one output, the log-odds of class 1, for
    two classes, else one per class. Returns values `(n, groups)` and the base probability.
    """
    if values.shape[2] == 1:
        sign = 1 if explained == 1 else -1
        return _two_classes(sign * values[:, :, 0], float(sign * base[0]))
    return _many_classes(values, base, explained)


def _two_classes(values: np.ndarray, base: float) -> tuple[np.ndarray, float]:
    change = values.sum(axis=1)
    start = _sigmoid(np.array(base))
    # near 0 the difference quotient is the derivative at the midpoint, to third order
    middle = _sigmoid(base + change / 2)
    small = np.abs(change) < 1e-4
    quotient = (_sigmoid(base + change) - start) / np.where(small, 1, change)
    slope = np.where(small, middle * (1 - middle), quotient)
    return values * slope[:, None], float(start)


def _many_classes(values: np.ndarray, base: np.ndarray, explained: int) -> tuple[np.ndarray, float]:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    change = values.sum(axis=1)  # (n, outputs)
    total = np.zeros(values.shape[:2])
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        p = _softmax(base + node * change)  # (n, outputs)
        average = np.einsum("nk,ngk->ng", p, values)
        total += weight * p[:, [explained]] * (values[:, :, explained] - average)
    return total, float(_softmax(base)[explained])


def _sigmoid(margin: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(margin / 2)) / 2


def _softmax(margin: np.ndarray) -> np.ndarray:
    powers = np.exp(margin - margin.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
