"""What a candidate costs and what else is known of it: time, size, calibration and the flip score.

All of it is read from disk, but for the calibration test; nothing is trained, timed or flipped here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.compare.candidate import Candidate
from core.compare.speed import FILE, saved_speed
from core.data.dataset import Dataset
from core.embed.catalog import resolve
from core.errors import UserError
from core.evaluate.calibration_test import calibration_test
from core.evaluate.predictions import FUSION, MEAN
from core.evaluate.scoring import Scored
from core.locale import N_
from core.predict.finance_words.flip_score import Share
from core.predict.finance_words.flip_test import saved_flip_test
from core.train.models.registry import MODELS
from core.train.runs import COMBINED, TABLE, run_folder

MEASURED = FILE, "flips.npz"  # files beside a run that what is known of it is read from
RIGHT, WRONG, FEW = "right", "wrong", "few"
CALIBRATION = {
    RIGHT: N_("no evidence that they are wrong"),
    WRONG: N_("not to be taken at their word"),
    FEW: N_("too few sessions to judge"),
}


@dataclass(frozen=True)
class Costs:
    """What a candidate costs; NaN where that is not known.

    Seconds of `training` what is kept, and of `embedding` the table's distinct headlines on this machine;
    `milliseconds` from a headline to its prediction; megabytes of the `models` and of the `encoder` (0 without one).
    """

    training: float
    embedding: float
    milliseconds: float
    models: float
    encoder: float

    @property
    def size(self) -> float:
        """Megabytes of models and encoder together."""
        return self.models + self.encoder


@dataclass(frozen=True)
class Figures:
    """What is known of a candidate beside its score.

    `ece` is the mean miss of its probabilities in its run's test, NaN for returns, and `calibration` a key of
    `CALIBRATION`, "" for returns; `flips` its flip score, None where that was not computed.
    """

    costs: Costs
    ece: float = math.nan
    calibration: str = ""
    flips: Share | None = None


def figures(candidate: Candidate, data: Dataset) -> Figures:
    """Return what is known of a candidate, as the Evaluate and Predict pages judge it."""
    run, model = candidate.run, candidate.model
    made = saved_flip_test(run)
    flips = made.share(model) if made is not None and model in made.models else None
    if not run.classes:
        return Figures(costs(candidate), flips=flips)
    ece = run.scores[model]["ece"].value if "ece" in run.scores[model] else math.nan
    return Figures(costs(candidate), ece, _calibration(candidate, data), flips)


def costs(candidate: Candidate) -> Costs:
    """Return what a candidate costs, as far as it was measured on this machine."""
    run = candidate.run
    known = saved_speed(run)
    encoder_size = 0.0
    if run.settings.reads_headline:
        try:
            encoder_size = float(resolve(run.settings.encoder).megabytes) or math.nan
        except UserError:
            encoder_size = math.nan
    return Costs(
        training=_training(candidate),
        embedding=known.encoder * run.split.distinct_headlines / 1000 if known else math.nan,
        milliseconds=known.of(candidate.model) if known else math.nan,
        models=_megabytes(candidate),
        encoder=encoder_size,
    )


def _training(candidate: Candidate) -> float:
    """Return the seconds that a model took to fit; the mean takes all of them, the fusion two more fits of each."""
    seconds = candidate.run.seconds
    if candidate.model in MODELS:
        return seconds.get(candidate.model, math.nan)
    every = [seconds[name] for name in MODELS if name in seconds]
    fusion = seconds.get("stack", 0.0) if candidate.model == FUSION else 0.0
    return sum(every) + fusion if every else math.nan


def _megabytes(candidate: Candidate) -> float:
    try:
        folder = run_folder(candidate.run.id)
    except UserError:
        return math.nan
    model = candidate.model
    keys = candidate.run.sizes if model in (MEAN, FUSION) else (model,)
    files = [MODELS[key].entry.file for key in keys if key in MODELS]
    if model == FUSION:
        files = [COMBINED, *(TABLE + file for file in files)]
    sizes = [path.stat().st_size for file in files if (path := folder / file).is_file()]
    return sum(sizes) / 1e6 if sizes else math.nan


def _calibration(candidate: Candidate, data: Dataset) -> str:
    """Judge the probabilities of the last of two classes, else those of the most probable class, on the run's test."""
    run = candidate.run
    scored = Scored.of(candidate.predictions.test, data, run.settings.evaluation, [candidate.model])
    p = scored.predictions[candidate.model]
    if p.shape[1] == 2:
        sure, came = p[:, 1], scored.y == 1
    else:
        sure, came = p.max(axis=1), p.argmax(axis=1) == scored.y
    test = calibration_test(np.asarray(came, float), sure, scored.blocks)
    return FEW if not test.judged else WRONG if test.wrong else RIGHT
