"""Up to five runs side by side: what was chosen, how well each did, what it took, and what it was made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.bootstrap import Interval, intervals
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import HOLDOUT, MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.locale import N_
from core.train.run import Run
from core.train.settings import HEADLINE, TrainSettings

MOST = 5  # runs
SETTINGS = {
    "task": N_("predicts"),
    "features": N_("models are given"),
    "encoder": N_("encoder"),
    "pooling": N_("pooling"),
    "models": N_("models"),
    "split": N_("test"),
    "test_share": N_("share held out"),
    "folds": N_("walk-forward folds"),
    "window": N_("each fold learns from"),
    "sealed": N_("holdout sealed"),
    "horizon": N_("horizon (sessions)"),
    "embargo": N_("embargo (sessions)"),
    "unit": N_("what is scored"),
    "weighting": N_("in training"),
    "use_press": N_("outlet"),
    "outlets": N_("outlets kept separate"),
    "extras": N_("also read"),
    "classifier": N_("classifier"),
    "components": N_("principal components"),
    "winsor": N_("clipped at each tail"),
    "class_weight": N_("weight of the classes"),
    "calibrate": N_("calibration"),
    "tune_seconds": N_("search (seconds)"),
    "seed": N_("seed"),
}
STAGES = {
    "read": N_("reading"),
    "embed": N_("embedding"),
    "split": N_("splitting"),
    "prepare": N_("preparing"),
    "tune": N_("searching"),
    "fit": N_("fitting, all folds"),
    "score": N_("scoring"),
}

Value = str | int | float | bool | tuple[str, ...] | Interval | None


@dataclass(frozen=True)
class Line:
    """One thing of several runs: what it is called, and its value in each run, None where a run has none."""

    name: str
    values: tuple[Value, ...]

    @property
    def differs(self) -> bool:
        """Whether it is not the same in all runs that have it."""
        known = [value for value in self.values if value is not None]
        return any(value != known[0] for value in known[1:])


@dataclass(frozen=True)
class FoldScore:
    """The main metric of a run's ensemble on one of its tests, over `rows` headlines or events.

    `number` is that of the fold, 0 the holdout; `first` and `last` are its first and last session as ISO dates, empty
    without dates.
    """

    number: int
    first: str
    last: str
    rows: int
    score: Interval


def require_few(runs: Sequence[Run]) -> None:
    """Raise `UserError` for fewer than two runs, or more than `MOST`."""
    if not 2 <= len(runs) <= MOST:
        raise UserError(N_("Choose from 2 to {most} runs; there are {n}."), most=MOST, n=len(runs))


def settings_lines(runs: Sequence[Run]) -> list[Line]:
    """Return the settings of the runs, those that differ first; what none of them uses is left out."""
    lines = [
        Line(name, tuple(_setting(run.settings, name) for run in runs)) for name in SETTINGS if name != "task"
    ]
    lines.insert(0, Line("task", tuple(run.task for run in runs)))
    known = [line for line in lines if any(value not in (None, "", ()) for value in line.values)]
    return sorted(known, key=lambda line: not line.differs)


def _setting(settings: TrainSettings, name: str) -> Value:
    """Return a setting, None where what the models are given leaves nothing to choose."""
    silent = {
        "pooling": not settings.reads_headline,
        "components": not settings.reads_headline,
        "window": not settings.folds,
        "sealed": not settings.folds,
        "outlets": not settings.use_press,
        "use_press": settings.features == HEADLINE,
        "winsor": settings.features == HEADLINE,
    }
    return None if silent.get(name) else getattr(settings, name)


def score_lines(runs: Sequence[Run], model: str = MEAN) -> list[Line]:
    """Return every metric of a model or combination, the runs' main metric first."""
    first = main_metric(runs[0].task).name
    names = dict.fromkeys(name for run in runs for name in run.scores.get(model, {}))
    order = sorted(names, key=lambda name: name != first)
    return [Line(name, tuple(run.scores.get(model, {}).get(name) for run in runs)) for name in order]


def model_lines(runs: Sequence[Run]) -> list[Line]:
    """Return the main metric of each model, combination and baseline of any of the runs; returns and classes have others."""
    every = [run.scores | run.baselines for run in runs]
    names = dict.fromkeys(name for scores in every for name in scores)
    return [
        Line(
            name,
            tuple(
                scores.get(name, {}).get(main_metric(run.task).name)
                for run, scores in zip(runs, every, strict=True)
            ),
        )
        for name in names
    ]


def time_lines(runs: Sequence[Run]) -> list[Line]:
    """Return the seconds of each stage and model, and of all stages together as `total`."""
    names = dict.fromkeys([*STAGES, *(name for run in runs for name in run.seconds)])
    lines = [Line(name, tuple(run.seconds.get(name) for run in runs)) for name in names]
    known = [line for line in lines if any(value is not None for value in line.values)]
    totals = (sum(run.seconds.get(stage, 0.0) for stage in STAGES) for run in runs)
    return [*known, Line("total", tuple(totals))]


def size_lines(runs: Sequence[Run]) -> list[Line]:
    """Return the trees or rounds of each model."""
    names = dict.fromkeys(name for run in runs for name in run.sizes)
    return [Line(name, tuple(run.sizes.get(name) for run in runs)) for name in names]


def version_lines(runs: Sequence[Run]) -> list[Line]:
    """Return the packages that made the runs, those that differ first; empty where no run says."""
    names = dict.fromkeys(name for run in runs for name in run.versions)
    lines = [Line(name, tuple(run.versions.get(name) for run in runs)) for name in names]
    return sorted(lines, key=lambda line: not line.differs)


def fact_lines(runs: Sequence[Run]) -> list[Line]:
    """Return what each run is of: its id, when it was made, its table's id, and how many rows and sessions went where."""
    facts: dict[str, Callable[[Run], Value]] = {
        N_("run"): lambda run: run.id,
        N_("made"): lambda run: run.created[:19].replace("T", " "),
        N_("table's id"): lambda run: run.dataset_id,
        N_("rows"): lambda run: run.split.rows,
        N_("training rows"): lambda run: run.split.train_rows,
        N_("test rows"): lambda run: run.split.test_rows,
        N_("test sessions"): lambda run: run.split.test_sessions,
        N_("tests of these rows"): lambda run: run.looks,
    }
    return [Line(name, tuple(of(run) for run in runs)) for name, of in facts.items()]


def caution(runs: Sequence[Run]) -> Message | None:
    """Say why the scores of the runs are not of the same rows or not on one scale; None where they are."""
    if len({run.task for run in runs}) > 1 or len({run.classes for run in runs}) > 1:
        return Message(N_("The runs predict different things, so their scores have different scales."))
    if len({run.settings.unit for run in runs}) > 1:
        return Message(
            N_(
                "The runs score different units (headlines or events): their scores cannot be compared as they stand."
            )
        )
    if len({(run.holdout, run.scored_by_walk) for run in runs}) > 1:
        return Message(
            N_("The runs were tested on different rows: a difference of their scores may be one of the rows.")
        )
    return None


def scores_by_fold(
    predictions: Predictions, data: Dataset, settings: EvaluateSettings
) -> tuple[FoldScore, ...]:
    """Return the ensemble's main metric on each test in order of time, the holdout last; none of a sealed holdout."""
    metric = main_metric(settings.task)
    scored = Scored.of(predictions, data, settings, [MEAN])
    found = []
    for number in np.unique(scored.fold):
        inside = scored.fold == number
        score = intervals(
            scored.y[inside],
            scored.predictions[MEAN][inside],
            scored.blocks.take(inside),
            [metric],
            settings.seed,
        )[metric.name]
        days = scored.session[inside].astype("datetime64[D]")
        known = days[~np.isnat(days)]
        ends = (str(known.min()), str(known.max())) if len(known) else ("", "")
        found.append(FoldScore(int(number), *ends, int(inside.sum()), score))
    return tuple(sorted(found, key=lambda fold: (fold.number == HOLDOUT, fold.number)))


def direction(metric: str) -> int:
    """Return 1 where a higher value of the metric is better, else -1."""
    return 1 if METRICS[metric].higher_is_better else -1
