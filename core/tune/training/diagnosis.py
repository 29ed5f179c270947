"""What the curves of a training say, in words, and what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import Message
from core.locale import N_
from core.tune.history import History, Point
from core.tune.settings import PAIRS

_THREE = math.log(3)  # the loss of guessing among three classes, to which the next two belong
_CHANCE_LOSS = (0.9, 1.5)  # from, to
_NEAR_CHANCE = 0.1  # of the way from chance to 1
_OVERFIT = (0.1, 0.6)  # training loss below, validation loss above


@dataclass(frozen=True)
class _Levels:
    """Scores from which on a training learns, is usable, is excellent, and the gap to training that is wide."""

    learning: float
    usable: float
    excellent: float
    gap: float


_TRIPLET = _Levels(0.05, 0.3, 0.6, 0.3)  # cosine within classes minus between
_SPEARMAN = _Levels(0.2, 0.7, 0.85, 0.15)
_FOUND = _Levels(0.1, 0.5, 0.8, 0.2)  # own partner nearest

_DIVERGED = N_(
    "The loss lies above that of guessing and the score near chance: the steps are too large. Choose a smaller "
    "learning rate."
)
_NOT_YET = N_(
    "Not learning yet: loss {loss:.2f}, score {score:.2f} near chance. Give it more epochs; if it stays so, raise the "
    "learning rate, free frozen layers, or check whether the labels fit the texts."
)
_LEARNING = N_(
    "Learning: score {score:.2f}, loss {loss:.2f}. Give it more epochs; if the curve is flat by then, more labelled "
    "texts help most."
)
_USABLE = N_("Usable: score {score:.2f}. The test tells whether it beats the encoder as it was.")
_EXCELLENT = N_(
    "Excellent: score {score:.2f}. Make sure that no text of the test, nor one like it, was among the training texts."
)
_OVERFITTING = N_(
    "Overfitting: training loss {loss:.2f} and validation loss {valid_loss:.2f}, score {train_score:.2f} on training "
    "texts and {score:.2f} on validation texts. The best epoch was kept; fewer epochs, a smaller learning rate, "
    "label smoothing, more weight decay or more texts help."
)
_RISING = N_("The last epoch was the best one: the curve may still rise with more epochs.")


def diagnosis(history: History, classes: int, method: str = "") -> list[Message]:
    """Return what the curves say so far, [] before the first evaluation.

    `classes` is 0 for scores. `method` tells triplets from labelled pairs where no classes are predicted (F1 is NaN);
    without it they are taken for triplets.
    """
    if not history.points:
        return []
    last = history.points[-1]
    best = next((point for point in history.points if point.epoch == history.best_epoch), last)
    predicts = not math.isnan(last.f1)
    levels = _class_levels(classes) if predicts else _levels(classes, method)
    found = [_state(best, last, levels, classes if predicts else 0)]
    apart = last.loss < _OVERFIT[0] and last.valid_loss > _OVERFIT[1] and predicts
    if apart or last.train_score - last.score > levels.gap:
        found.append(_message(_OVERFITTING, last))
    elif (
        history.stopped == "done"
        and best is last
        and best.score < levels.excellent
        and len(history.points) > 1
    ):
        found.append(Message(_RISING))
    return found


def _levels(classes: int, method: str) -> _Levels:
    if not classes:
        return _SPEARMAN
    return _FOUND if method == PAIRS else _TRIPLET


def _class_levels(classes: int) -> _Levels:
    chance = 1 / classes
    return _Levels(chance + _NEAR_CHANCE * (1 - chance), 0.80, 0.90, 0.15)


def _state(best: Point, last: Point, levels: _Levels, classes: int) -> Message:
    """Say how far the training is by its best score; for `classes`, one class for all counts as chance as well."""
    if best.score < levels.learning or (classes and best.f1 <= 1 / classes):
        loss = last.loss * _THREE / math.log(classes) if classes else _CHANCE_LOSS[0]
        if loss >= _CHANCE_LOSS[0]:
            return _message(_DIVERGED if loss > _CHANCE_LOSS[1] else _NOT_YET, last)
    if best.score >= levels.excellent:
        return _message(_EXCELLENT, best)
    return _message(_USABLE if best.score >= levels.usable else _LEARNING, best)


def _message(template: str, point: Point) -> Message:
    values = ("loss", "valid_loss", "score", "train_score")
    return Message(template, {name: getattr(point, name) for name in values})
