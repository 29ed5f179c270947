"""The head of a classifier: from pooled vectors to one number per class."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from core.jobs import Report, silent
from core.train.models.baselines import ENCODER_PENALTIES
from core.train.models.linear import fit_linear
from core.tune.judge.probe import one_thread

_TEMPERATURES = 1.0, 10.0
_CHOOSE = 5  # one example in so many chooses the strength of the penalty


class Head(nn.Module):
    """Dropout and one linear layer; for pairs on (u, v, |u − v|) (Reimers & Gurevych 2019, arXiv:1908.10084)."""

    def __init__(self, dim: int, classes: int, dropout: float, pairs: bool) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(3 * dim if pairs else dim, classes)

    def forward(self, columns: list[Tensor]) -> Tensor:
        """Take one `(b, dim)` or, for pairs, two; return logits `(b, classes)`."""
        logits: Tensor = self.linear(self.dropout(features(columns)))
        return logits

    def start(
        self,
        columns: list[Tensor],
        labels: np.ndarray,
        weights: np.ndarray,
        seed: int,
        report: Report = silent,
    ) -> None:
        """Begin with logistic regression on what the encoder says before it is trained.

        `columns` as `forward` takes them, of the training examples, `labels` `(n,)` class numbers, `weights`
        `(classes,)`. A head that starts from nothing sends gradients of no meaning through the encoder and spoils
        what it knows (Kumar et al. 2022, "Fine-tuning can distort pretrained features", arXiv:2202.10054). With
        fewer than two classes among the labels, or vectors that are no numbers, it stays as it is.
        """
        known, y = np.unique(labels, return_inverse=True)
        X = features(columns).double().cpu().numpy()
        if len(known) < 2 or not np.isfinite(X).all():
            return
        chooses = np.random.default_rng(seed).permutation(len(y)) % _CHOOSE == 0
        inner = np.flatnonzero(~chooses), np.flatnonzero(chooses)
        with one_thread():
            fitted = fit_linear(X, y, len(known), ENCODER_PENALTIES, inner, weights[labels], report)
        scaler, model = fitted[0], fitted[-1]
        slopes = model.coef_ / scaler.scale_
        levels = model.intercept_ - slopes @ scaler.mean_
        if len(known) == 2:  # one row, the log-odds of the second class
            slopes, levels = (np.concatenate([-half, half]) for half in (slopes / 2, levels / 2))
        rows = torch.from_numpy(known)
        with torch.no_grad():
            self.linear.weight[rows] = torch.from_numpy(slopes).to(self.linear.weight)
            self.linear.bias[rows] = torch.from_numpy(levels).to(self.linear.bias)

    def soften(self, columns: list[Tensor], labels: np.ndarray) -> float:
        """Divide the logits by the temperature at which the log loss of some examples is least; return it.

        `columns` as `forward` takes them, of examples that training never saw, `labels` `(n,)` class numbers. An
        encoder trained for accuracy says too much of what it is not sure of (Guo et al. 2017, "On calibration of
        modern neural networks", arXiv:1706.04599). The temperature is from 1 to 10: the classes keep their order and
        no probability gets more certain, however few the examples.
        """
        from scipy.optimize import minimize_scalar
        from scipy.special import log_softmax

        if not len(labels):
            return 1.0
        self.eval()
        with torch.no_grad():
            logits = self(columns).double().cpu().numpy()
        if not np.isfinite(logits).all():
            return 1.0
        place = np.arange(len(labels)), labels

        def loss(temperature: float) -> float:
            return -float(log_softmax(logits / temperature, axis=1)[place].mean())

        found = float(minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded").x)
        temperature = found if loss(found) < loss(1.0) else 1.0
        with torch.no_grad():
            self.linear.weight.div_(temperature)
            self.linear.bias.div_(temperature)
        return temperature


def features(columns: list[Tensor]) -> Tensor:
    """Return what the linear layer reads, `(b, features)`."""
    if len(columns) == 2:
        columns = [*columns, (columns[0] - columns[1]).abs()]
    return torch.cat(columns, -1)
