"""A run repeated: trained again with its settings and its seed, and held against its saved numbers.

A repeat is a check, no further test: it shows how far two sets of predictions are apart, and never a score, so nobody can
choose by it. It is neither saved nor counted in the ledger, and a sealed holdout is predicted no more than in the run.
Who wants other numbers trains with the same settings, which counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate import ledger
from core.evaluate.bootstrap import Scores
from core.evaluate.predictions import COLUMNS, Predictions
from core.jobs import Report, silent
from core.locale import N_
from core.train.pipeline import train
from core.train.run import Run
from core.train.splits.plan import plan_splits
from core.train.versions import versions

TOLERANCE = 1e-6  # of a probability, or of a return as a fraction
SCORE_TOLERANCE = 1e-3  # of a score and the ends of its interval: what is shown of them


@dataclass(frozen=True)
class Repeated:
    """How far the numbers of a repeat are from those of the run.

    `numbers` are compared: predictions of each tested row, scores, and the ends of their intervals. `largest` is the
    largest difference of a prediction, and `of_scores` that of a score; both are infinite where other rows were tested,
    other models fitted, or a number is known in one of them alone. `packages` are those whose version differs, as
    (name, then, now); "" where it is not known.
    """

    run_id: str
    numbers: int
    largest: float
    of_scores: float
    packages: tuple[tuple[str, str, str], ...] = ()
    recorded: bool = True

    @property
    def same(self) -> bool:
        """Whether all numbers are the same to the tolerance."""
        return self.largest <= TOLERANCE and self.of_scores <= SCORE_TOLERANCE

    def sentences(self) -> list[Message]:
        """Say what came of it, and which packages differ."""
        found = [self._verdict()]
        if not self.recorded:
            found.append(
                Message(N_("The run does not say which packages made it: it is of an earlier version."))
            )
        elif self.packages:
            listed = ", ".join(f"{name} {then or '–'} → {now or '–'}" for name, then, now in self.packages)
            found.append(
                Message(N_("Packages of another version than then: {packages}."), {"packages": listed})
            )
        elif not self.same:
            found.append(
                Message(
                    N_(
                        "All packages are as they were: the processor, or the vectors of the headlines, differ."
                    )
                )
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; a difference that is infinite is None."""
        return {
            "run_id": self.run_id,
            "same": self.same,
            "numbers": self.numbers,
            "largest_difference": _finite(self.largest),
            "largest_difference_of_scores": _finite(self.of_scores),
            "tolerance": TOLERANCE,
            "packages": [{"name": name, "then": then, "now": now} for name, then, now in self.packages],
        }

    def _verdict(self) -> Message:
        if self.largest == self.of_scores == 0:
            return Message(
                N_("Repeated: all {numbers:,} numbers are the same, to the last bit."), self._params
            )
        if self.same:
            template = N_(
                "Repeated: all {numbers:,} numbers are the same; predictions differ by {largest:.0e} at most, which "
                "is rounding ({tolerance:.0e} is allowed)."
            )
        elif np.isfinite(self.largest):
            template = N_(
                "Repeated: the numbers are not the same; predictions differ by up to {largest:.2g}, scores by up to "
                "{of_scores:.2g}."
            )
        else:
            template = N_("Repeated: this version tests other rows or fits other models than the run's did.")
        return Message(template, self._params)

    @property
    def _params(self) -> dict[str, object]:
        fields = {"numbers": self.numbers, "largest": self.largest, "of_scores": self.of_scores}
        return {**fields, "tolerance": TOLERANCE}


def repeat(dataset: Dataset, vectors: np.ndarray | None, run: Run, report: Report = silent) -> Repeated:
    """Train again as the run was trained, and compare its predictions and scores.

    What a search for hyperparameters found then is taken, as how much it tries depends on the machine's speed. Raises
    `UserError` where a row that would be predicted is sealed, and as `train` does.
    """
    if run.settings.reads_headline and vectors is None:
        raise UserError(
            N_("The headlines of this table have no vectors for the run's encoder: embed them first.")
        )
    plan = plan_splits(dataset, run.settings, recorded=True)
    rows = plan.walk_rows if run.settings.sealed else plan.test_rows
    ledger.require_unsealed(rows, plan.holdout_rows, allowed=run.settings.sealed)
    again = train(
        dataset,
        vectors,
        run.settings,
        report,
        plan=plan,
        holdout_alone=run.lift_of_holdout,
        found=run.tuned,
    )
    predicted, largest = _apart(run.predictions, again.predictions)
    before, after = (dict(_numbers(made.scores, made.baselines)) for made in (run, again))
    return Repeated(
        run.id,
        predicted + len(before),
        largest,
        _largest(np.array(list(before.values())), np.array(list(after.values())))
        if before.keys() == after.keys()
        else np.inf,
        packages_apart(run.versions) if run.versions else (),
        bool(run.versions),
    )


def packages_apart(then: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return the packages whose version is another one now, as (name, then, now), "" where one is missing."""
    now = versions()
    return tuple(
        (name, then.get(name, ""), now.get(name, ""))
        for name in dict.fromkeys([*then, *now])
        if then.get(name, "") != now.get(name, "")
    )


def _apart(one: Predictions, other: Predictions) -> tuple[int, float]:
    """Return how many predictions there are, and the largest difference."""
    columns = [name for name in one.table.columns if name not in COLUMNS]
    known = ["row", "fold"]
    same_rows = len(one) == len(other) and bool((one.table[known] == other.table[known]).all(axis=None))
    if not same_rows or set(columns) != set(other.table.columns) - set(COLUMNS):
        return one.table[columns].size, np.inf
    before, after = (made.table[columns].to_numpy(float) for made in (one, other))
    return before.size, _largest(before, after)


def _largest(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two arrays; infinite where a number is known in one of them alone."""
    unknown = np.isnan(one)
    if (unknown != np.isnan(other)).any():
        return np.inf
    return float(np.abs(one - other)[~unknown].max(initial=0.0))


def _numbers(*tables: Scores) -> Iterator[tuple[tuple[str, str, str], float]]:
    for table in tables:
        for model, scores in table.items():
            for metric, score in scores.items():
                for end in ("value", "low", "high"):
                    yield (model, metric, end), float(getattr(score, end))


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
