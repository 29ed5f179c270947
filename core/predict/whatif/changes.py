"""Two questions compared: what differs between them, and what each difference did to the predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from core.data.parse.cells import plain_text
from core.explain.shapley import shapley
from core.predict.question import Question
from core.predict.whatif.answers import ask
from core.train.features.registry import headline_groups, reads
from core.train.run import Run

HEADLINE, PRESS, COMPANY, TIME, FEATURE = "headline", "press", "company", "time", "feature"
_EXACT = 9  # differences, up to which every choice of them is asked: 512 questions

Value = str | float | datetime | None


@dataclass(frozen=True)
class Changed:
    """One thing that differs between two questions; `name` is the feature's. None stands for what is not known."""

    kind: str
    before: Value
    after: Value
    name: str = ""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What `differences` there are between two questions, and what each of them did.

    `before` and `after` are what the ensemble and each model say to the questions; `effects[model] (differences,)` sum to
    how far the model moved. `exact` says whether every choice of differences was asked, or some were drawn.
    """

    differences: tuple[Changed, ...]
    before: dict[str, float]
    after: dict[str, float]
    effects: dict[str, np.ndarray]
    exact: bool


def changed(before: Question, after: Question) -> tuple[Changed, ...]:
    """Return what differs between two questions: headline, outlet, company, time, then the features in their order."""
    pairs: list[Changed] = [
        Changed(HEADLINE, plain_text(before.headline), plain_text(after.headline)),
        Changed(PRESS, before.press, after.press),
        Changed(COMPANY, before.company, after.company),
        Changed(TIME, before.time, after.time),
    ]
    for name in dict.fromkeys([*after.features, *before.features]):
        old, new = (_known(question.features.get(name)) for question in (before, after))
        pairs.append(Changed(FEATURE, old, new, name))
    return tuple(pair for pair in pairs if pair.before != pair.after)


def is_read(run: Run, one: Changed) -> bool:
    """Say whether a run reads what differs, so that it can move a prediction at all."""
    return {
        HEADLINE: bool(headline_groups() & set(run.preparation.groups)),
        PRESS: bool(run.preparation.outlets),
        COMPANY: False,
        TIME: reads("time", run.settings.extras),
        FEATURE: one.name in run.preparation.features,
    }[one.kind]


def compare(
    run: Run, before: Question, after: Question, vectors: np.ndarray, explained: int = -1
) -> Comparison:
    """Compare what a run says to two questions; `vectors (2, dim)` are those of their headlines.

    The effect of a difference is its Shapley value in the game whose players are the differences: how far it moves the
    prediction, on average over the orders in which they can be made (Sundararajan & Najmi, "The many Shapley values for
    model explanation", 2020: the baseline Shapley value). So what did not change has no effect, as it may have in the
    difference of two predictions' contributions. Raises `ValueError` for a class number that the run does not have.
    """
    differences = changed(before, after)
    ends = ask(run, [before, after], vectors, explained)
    start, end = (np.array([made[place] for made in ends.values()]) for place in (0, 1))
    moving = [place for place, one in enumerate(differences) if is_read(run, one)]

    def worth(masks: np.ndarray) -> np.ndarray:
        chosen = [[differences[place] for place in np.array(moving)[mask]] for mask in masks]
        questions = [_mixed(before, after, some) for some in chosen]
        rows = [int(any(one.kind == HEADLINE for one in some)) for some in chosen]
        said: np.ndarray = np.column_stack(list(ask(run, questions, vectors[rows], explained).values()))
        moved: np.ndarray = said - start
        return moved

    values, _errors, exact = shapley(worth, len(moving), end - start, exact=_EXACT)
    effects = np.zeros((len(differences), len(ends)))
    effects[moving] = values
    return Comparison(
        differences,
        dict(zip(ends, start.tolist(), strict=True)),
        dict(zip(ends, end.tolist(), strict=True)),
        dict(zip(ends, effects.T, strict=True)),
        exact,
    )


def _mixed(before: Question, after: Question, chosen: Sequence[Changed]) -> Question:
    """Return the first question with these differences made."""
    features = {one.name: after.features.get(one.name, math.nan) for one in chosen if one.kind == FEATURE}
    others = {one.kind: getattr(after, one.kind) for one in chosen if one.kind != FEATURE}
    return replace(before, features={**before.features, **features}, **others)


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
