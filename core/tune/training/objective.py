"""What is minimised: a loss over the pooled vectors of a batch, and whether it is a mean over its examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.locale import N_
from core.tune.pairs import entailed_class
from core.tune.settings import TuneSettings

if TYPE_CHECKING:
    from torch import Tensor

    from core.tune.training.model import Trainable

Loss = Callable[[list["Tensor"], "Tensor"], "Tensor"]
_TRIPLET = {
    "batch_all": "BatchAllTripletLoss",
    "batch_hard": "BatchHardTripletLoss",
    "batch_semi_hard": "BatchSemiHardTripletLoss",
    "batch_hard_soft_margin": "BatchHardSoftMarginTripletLoss",
}
_PAIRS = {
    "cosine": "CosineSimilarityLoss",
    "cosent": "CoSENTLoss",
    "multiple_negatives": "MultipleNegativesRankingLoss",
}


@dataclass(frozen=True)
class Objective:
    """A loss of a batch: `loss(columns, labels)` takes one `(b, dim)` per text of an example, not of length 1.

    `additive`: the loss of a batch is the mean of its parts' losses weighted by their `size(labels (b,))`, so that
    gradients may be added up part by part.
    """

    additive: bool
    loss: Loss
    size: Callable[[np.ndarray], float]


def objective_of(model: Trainable, settings: TuneSettings, labels: np.ndarray) -> Objective:
    """Return the objective of the settings' loss; `labels` are those of training, which weigh the classes."""
    if settings.loss in ("cross_entropy", "softmax"):
        weights = class_weights(labels, len(model.classes), settings.class_weight)
        return Objective(
            True, _cross_entropy(model, weights, settings), lambda some: float(weights[some].sum())
        )
    loss = _from_sentence_transformers(settings)

    def over_vectors(columns: list[Tensor], labels: Tensor) -> Tensor:
        found: Tensor = loss.compute_loss_from_embeddings([model.unit(one) for one in columns], labels)
        return found

    return Objective(settings.loss == "cosine", over_vectors, lambda some: float(len(some)))


def class_weights(labels: np.ndarray, classes: int, kind: str) -> np.ndarray:
    """Return each class's weight `(classes,)` float32: 1, or n / (classes · n of the class) for "balanced"."""
    if kind != "balanced":
        return np.ones(classes, np.float32)
    counts = np.bincount(labels, minlength=classes)
    return (len(labels) / (classes * np.maximum(counts, 1))).astype(np.float32)


def _cross_entropy(model: Trainable, weights: np.ndarray, settings: TuneSettings) -> Loss:
    import torch

    on_device = torch.from_numpy(weights).to(model.device)
    entropy = torch.nn.CrossEntropyLoss(on_device, label_smoothing=settings.label_smoothing)

    def loss(columns: list[Tensor], labels: Tensor) -> Tensor:
        assert model.head is not None
        found: Tensor = entropy(model.head(columns), labels)
        return found

    return loss


def _from_sentence_transformers(settings: TuneSettings) -> Any:
    """Return a loss of sentence-transformers without its model: it is given vectors."""
    from sentence_transformers.sentence_transformer import losses

    if settings.loss in _PAIRS:
        return getattr(losses, _PAIRS[settings.loss])(None)
    distances = losses.BatchHardTripletLossDistanceFunction
    distance = {"cosine": distances.cosine_distance, "euclidean": distances.euclidean_distance}
    options: dict[str, Any] = {"distance_metric": distance[settings.distance]}
    if settings.loss != "batch_hard_soft_margin":
        options["margin"] = settings.margin
    return getattr(losses, _TRIPLET[settings.loss])(None, **options)


def positive_class(classes: tuple[str, ...]) -> int:
    """Return which class of labelled pairs says that the two texts belong together, as multiple negatives needs.

    Raises `UserError` where no name tells it.
    """
    found = entailed_class(classes)
    if found is not None:
        return found
    raise UserError(
        N_(
            "Multiple negatives learns from pairs that belong together, and none of the labels {labels} says so. Name "
            "it entailment."
        ),
        labels=", ".join(classes),
    )
