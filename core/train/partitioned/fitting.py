"""The models, each trained through its own Dask interface on the blocks where they lie."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from core.jobs import Report, part
from core.locale import N_
from core.train.models import boosted, histogram_forest
from core.train.models.histogram_forest import HistogramForest
from core.train.models.lightgbm_model import LightGBM
from core.train.models.model import Model
from core.train.models.registry import chosen
from core.train.models.xgboost_model import PERCENT, XGBoost
from core.train.partitioned.share import Share
from core.train.partitioned.tracker import train_apart
from core.train.partitioned.workers import surviving

FIRST_ROUNDS = 100  # that LightGBM grows before more are tried
ROWS_AT_ONCE = 10_000


def fit_models(share: Share, report: Report) -> tuple[dict[str, Model], dict[str, float]]:
    """Fit each model on the rows of a share, one after the other; return them and the seconds of each, by name."""
    models: dict[str, Model] = {}
    seconds: dict[str, float] = {}
    names = list(chosen(share.sample))
    for number, name in enumerate(names):
        report(
            number / len(names),
            N_("Training in partitions: {model} on {rows:,} rows"),
            model=chosen(share.sample)[name].entry.title,
            rows=len(share.sample.y),
        )
        start = time.perf_counter()
        models[name] = surviving(share.blocks.client, share.blocks.renew, partial(FITS[name], share))
        seconds[name] = time.perf_counter() - start
    return models, seconds


def out_of_fold(share: Share, report: Report) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Predict the later rows of each of the sample's folds by models of its earlier rows.

    Returns what `core.train.models.ensemble.out_of_fold` does.
    """
    folds = share.sample.folds
    parts: list[dict[str, np.ndarray]] = []
    for number, (fit, valid) in enumerate(folds):
        earlier = share.take(fit, folds[number - 1] if number else None)
        fitted, _ = fit_models(earlier, part(report, number / len(folds), (number + 1) / len(folds)))
        parts.append({name: predict(share, model, valid) for name, model in fitted.items()})
    rows = np.concatenate([valid for _, valid in folds])
    return rows, {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def predict(share: Share, model: Model, rows: np.ndarray) -> np.ndarray:
    """Return what a model predicts of rows (positions of the sample), each block where it lies."""
    at = share.at(rows)
    data, kind, classes = model.to_bytes(), type(model), share.sample.classes

    def work() -> list[Any]:
        return share.blocks.each(at, _predicted, data, kind, classes)

    made = np.concatenate(surviving(share.blocks.client, share.blocks.renew, work))
    return in_order(share, at, made)


def in_order(share: Share, at: np.ndarray, made: np.ndarray) -> np.ndarray:
    """Return values that came block by block in the order of the rows `at`."""
    result = np.empty_like(made)
    result[np.searchsorted(at, share.blocks.order(at))] = made
    return result


def _predicted(cells: np.ndarray, data: bytes, kind: type[Model], classes: int) -> np.ndarray:
    return kind.from_bytes(data, classes).predict(cells)


def _xgboost(share: Share) -> Model:
    sample, client = share.sample, share.blocks.client
    options = _without_threads(XGBoost.parameters(sample))
    y = sample.y if sample.classes else sample.y * PERCENT
    rounds = boosted.ROUNDS_WITHOUT_VALIDATION
    if len(sample.valid):
        fit = _bins(share, y, sample.fit)
        searched = train_apart(
            client,
            options,
            fit,
            boosted.MOST_ROUNDS,
            evals=[(_bins(share, y, sample.valid, fit), "valid")],
            early_stopping_rounds=boosted.PATIENCE,
            verbose_eval=False,
        )
        rounds = max(boosted.LEAST_ROUNDS, searched["booster"].best_iteration + 1)
        del fit
    return XGBoost(_grown(client, options, _bins(share, y), rounds), sample.classes)


def _forest(share: Share) -> Model:
    sample = share.sample
    options = histogram_forest.parameters(sample, share.blocks.columns)
    bins = _bins(share, histogram_forest.targets(sample))
    return HistogramForest(_grown(share.blocks.client, options, bins, 1), sample.classes)


def _without_threads(options: dict[str, Any]) -> dict[str, Any]:
    """Leave out the number of threads, which is each worker's own."""
    return {name: value for name, value in options.items() if name not in ("nthread", "num_threads")}


def _grown(client: Any, options: dict[str, Any], bins: Any, rounds: int) -> Any:
    """Return a booster of so many rounds."""
    return train_apart(client, options, bins, rounds, verbose_eval=False)["booster"]


def _bins(share: Share, y: np.ndarray, rows: np.ndarray | None = None, like: Any = None) -> Any:
    """Return the rows at positions of the sample, or all, as XGBoost's own matrix: a byte for each number."""
    from xgboost import dask

    return dask.DaskQuantileDMatrix(
        share.blocks.client,
        share.matrix(rows),
        share.beside(y, rows),
        weight=share.weights(rows),
        max_bin=boosted.BINS,
        ref=like,
    )


def _lightgbm(share: Share) -> Model:
    sample = share.sample
    rounds = boosted.ROUNDS_WITHOUT_VALIDATION
    if len(sample.valid):
        rounds = _rounds_of_lightgbm(share)
    return LightGBM(_lightgbm_grown(share, rounds), sample.classes)


def _lightgbm_grown(share: Share, rounds: int, rows: np.ndarray | None = None) -> Any:
    """Return a booster of the rows at positions of the sample, or of all.

    The regressor is asked also for classes: it leaves their numbers as they are, which the classifier numbers anew by
    what a worker happens to hold.
    """
    from lightgbm import DaskLGBMRegressor

    options = _without_threads(LightGBM.parameters(share.sample))
    model = DaskLGBMRegressor(client=share.blocks.client, n_estimators=rounds, **options)
    model.fit(share.matrix(rows), share.beside(share.sample.y, rows), sample_weight=share.weights(rows))
    return model.booster_


def _rounds_of_lightgbm(share: Share) -> int:
    """Return the number of rounds with the least loss of the `valid` rows.

    LightGBM's Dask interface does not stop early, so the loss of every round is looked at once they are grown.
    """
    sample, valid = share.sample, share.at(share.sample.valid)
    weight = sample.weight_of(sample.valid)
    w = np.zeros(len(sample.y))
    w[sample.valid] = 1.0 if weight is None else weight
    for most in (FIRST_ROUNDS, boosted.MOST_ROUNDS):
        text = _lightgbm_grown(share, most, sample.fit).model_to_string()
        beside = (share.spread(sample.y), share.spread(w))
        losses = np.sum(share.blocks.each(valid, _losses, text, sample.classes, beside=beside), axis=0)
        best = stopped(losses)
        if best + boosted.PATIENCE < most:
            break
    return max(boosted.LEAST_ROUNDS, best + 1)


def stopped(losses: np.ndarray) -> int:
    """Return the round whose loss is less than those before and than the `PATIENCE` rounds after it, the first such."""
    best = 0
    for number, loss in enumerate(losses):
        if loss < losses[best]:
            best = number
        elif number - best >= boosted.PATIENCE:
            break
    return best


def _losses(cells: np.ndarray, y: np.ndarray, w: np.ndarray, text: str, classes: int) -> np.ndarray:
    """Return the weighted loss of a block's rows after each round of a booster, `(rounds,)`."""
    import lightgbm

    booster = lightgbm.Booster(model_str=text)
    trees, each = booster.num_trees(), booster.num_model_per_iteration()
    leaves = [tree["num_leaves"] for tree in booster.dump_model()["tree_info"]]
    values = np.zeros((trees, max(leaves)))
    for tree, count in enumerate(leaves):
        values[tree, :count] = [booster.get_leaf_output(tree, leaf) for leaf in range(count)]
    total = np.zeros(trees // each)
    for start in range(0, len(cells), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        leaf = np.asarray(booster.predict(cells[some], pred_leaf=True), int).reshape(-1, trees)
        margin = values[np.arange(trees), leaf].reshape(len(leaf), -1, each).cumsum(axis=1)
        total += w[some] @ _loss(margin, y[some], classes)
    return total


def _loss(margin: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """Return the loss of margins `(n, rounds, outputs)` of outcomes `(n,)`, `(n, rounds)`."""
    from scipy.special import logsumexp

    if classes == 0:
        return np.asarray((margin[:, :, 0] - y[:, None]) ** 2)
    if classes == 2:
        return np.asarray(np.logaddexp(0, np.where(y[:, None] > 0, -1, 1) * margin[:, :, 0]))
    own = np.take_along_axis(margin, y.astype(int)[:, None, None], axis=2)[:, :, 0]
    return np.asarray(logsumexp(margin, axis=2) - own)


FITS: dict[str, Callable[[Share], Model]] = {"rf": _forest, "xgb": _xgboost, "lgbm": _lightgbm}
