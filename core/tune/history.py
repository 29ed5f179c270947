"""What a training wrote down while it ran: the curves that a reader sees and the diagnosis is taken from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One evaluation: the mean training loss since the last one, and loss and score on the validation examples.

    `score` is the accuracy (classify, labelled pairs), the mean cosine within classes minus that between them
    (triplet), or Spearman's correlation of cosine and score (pairs); `f1` is macro, NaN where there are no
    classes to predict. `train_score` is the same score on as many training examples. `epoch` counts from 1, `step`
    optimiser steps, `seconds` those of training alone.
    """

    step: int
    epoch: int
    loss: float
    valid_loss: float
    score: float
    train_score: float
    f1: float
    seconds: float


@dataclass(frozen=True)
class History:
    """The curves of one training, and what memory allowed.

    `losses` has the loss of every optimiser step; `best_epoch` is the epoch whose weights were kept; `stopped` is why
    it ended: "done", "early" (no improvement) or "asked" (the user stopped it). `physical_batch` is what fitted into
    memory, `dtype` the number type of the products, `texts_per_second` the speed of training.
    """

    points: tuple[Point, ...]
    losses: tuple[float, ...]
    best_epoch: int
    stopped: str
    physical_batch: int
    dtype: str
    device: str
    texts_per_second: float
    seconds: float
    trained_parameters: int
    all_parameters: int
