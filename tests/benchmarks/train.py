"""Compare this project's models with what a user has today, in one run.

    python tests/benchmarks/train.py [FILE.csv] [--rows 9000] [--turns 3] [--cores 2]
    python tests/benchmarks/train.py FILE.csv --walk 5

Theirs: scikit-learn's random forest, XGBoost (hist) and LightGBM with 300 trees each and their defaults on
`--cores` jobs. Ours: `Ensemble.fit`, which picks the rounds on later inner sessions and fits anew. They take
turns; the summed time of theirs and the time of ours are compared, in the best turns of each. The held-out
last fifth of the sessions is scored by both, and the difference of AUC has a paired interval by a bootstrap over
sessions: ours is not worse where that holds 0 or more.

Without a file the rows are synthetic, and four fifths of them are learned from: 384 numbers of a vector, 5
features and 17 outlet columns, with a weak signal and outcomes that a session shares in part. With one, its
headlines are embedded through the store of the workspace (`HEADLINE_LAB_HOME`).

With `--walk` a whole training of the file is timed, its vectors read from the store: so many folds and the
holdout, events as the unit, the models and every baseline of the holdout.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.data.dataset import Dataset
from core.jobs import silent
from core.train.models.sample import Sample

TREES, DIM, FEATURES, OUTLETS, SESSIONS = 300, 384, 5, 17, 240


class Task(NamedTuple):
    """Training rows, and test rows with their outcomes and sessions."""

    sample: Sample
    X: np.ndarray
    y: np.ndarray
    sessions: np.ndarray


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, default=9000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--walk", type=int, metavar="FOLDS")
    options = parser.parse_args()
    if options.walk:
        if not options.file:
            parser.error("--walk needs a file")
        walk(options.file, options.walk)
        return
    task = from_file(options.file) if options.file else synthetic(options.rows)
    rows, columns = task.sample.X.shape
    print(f"{rows:,} rows to learn from, {len(task.y):,} to test on, {columns} columns")
    compare(task, options.turns, options.cores)


def synthetic(rows: int, seed: int = 0) -> Task:
    """Return rows whose outcome depends weakly on the vector, the features and the session."""
    rng = np.random.default_rng(seed)
    topics = rng.normal(size=(rows, 40))
    vectors = topics @ rng.normal(size=(40, DIM)) + 3 * rng.normal(size=(rows, DIM))
    features = rng.normal(size=(rows, FEATURES))
    outlets = np.eye(OUTLETS)[rng.integers(0, OUTLETS, rows)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    X = np.hstack([vectors, features, outlets]).astype(np.float32)
    session = np.sort(rng.integers(0, SESSIONS, rows))
    shared = rng.normal(size=SESSIONS)[session]
    y = (
        0.5 * topics[:, 0]
        + 0.4 * topics[:, 1]
        + 0.4 * features[:, 0]
        + 0.5 * shared
        + 1.5 * rng.normal(size=rows)
    )
    return split(X, (y > 0).astype(float), session)


def split(X: np.ndarray, y: np.ndarray, session: np.ndarray) -> Task:
    """Hold the last fifth of the sessions out, and the last fifth before them for early stopping."""
    cut, inner = np.quantile(np.unique(session), [0.8, 0.64])
    train, test = session < cut - 1, session >= cut
    earlier, later = session[train] < inner - 1, session[train] >= inner
    sample = Sample(X[train], y[train], np.flatnonzero(earlier), np.flatnonzero(later), 2, 0)
    return Task(sample, X[test], y[test], np.unique(session[test], return_inverse=True)[1])


def load(file: Path) -> tuple[Dataset, np.ndarray]:
    """Return a file as the data page would have it, and its vectors."""
    from core.data.ingest import File, ingest
    from core.embed import embed

    dataset = ingest([File(file.name, file.read_bytes())]).dataset
    return dataset, embed(dataset.headlines, "multilingual-e5-small").vectors


def from_file(file: Path) -> Task:
    """Return a file's rows as the train page would have them, split by time."""
    from core.train.features.inputs import Inputs
    from core.train.features.preparation import Preparation

    dataset, vectors = load(file)
    y = dataset.outcome("classify")
    known = np.flatnonzero(~np.isnan(y) & dataset.frame["session"].notna().to_numpy())
    inputs = Inputs.of(dataset, vectors)
    session = np.unique(dataset.frame["session"].to_numpy()[known], return_inverse=True)[1]
    early = known[session < np.quantile(np.unique(session), 0.8) - 1]
    return split(Preparation.fit(inputs.take(early)).matrix(inputs.take(known)), y[known], session)


def walk(file: Path, folds: int) -> None:
    """Print the seconds of a whole training, and of its stages."""
    from core.train import TrainSettings, train

    dataset, vectors = load(file)
    start = time.perf_counter()
    run = train(dataset, vectors, TrainSettings(folds=folds, unit="event"))
    taken = time.perf_counter() - start
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.seconds.items())
    print(f"{len(dataset):,} rows, {folds} folds and a holdout: {taken:.1f} s ({stages})")


def rivals(cores: int) -> dict[str, Any]:
    """Return what a user has today."""
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import RandomForestClassifier
    from xgboost import XGBClassifier

    return {
        "rf": RandomForestClassifier(TREES, n_jobs=cores, random_state=0),
        "xgb": XGBClassifier(n_estimators=TREES, tree_method="hist", n_jobs=cores, random_state=0),
        "lgbm": LGBMClassifier(n_estimators=TREES, n_jobs=cores, random_state=0, verbose=-1),
    }


def compare(task: Task, turns: int, cores: int) -> None:
    """Print times, their ratio, and the difference of the held-out AUC of the means."""
    from core.train.models.ensemble import Ensemble

    Ensemble.fit(task.sample.take(np.arange(100)), silent)  # imports
    theirs: dict[str, list[float]] = {}
    ours: list[float] = []
    for _ in range(turns):
        for name, model in rivals(cores).items():
            start = time.perf_counter()
            model.fit(task.sample.X, task.sample.y)
            theirs.setdefault(name, []).append(time.perf_counter() - start)
        start = time.perf_counter()
        ensemble = Ensemble.fit(task.sample, silent)
        ours.append(time.perf_counter() - start)
    best = {name: min(taken) for name, taken in theirs.items()}
    print("theirs:", ", ".join(f"{name} {taken:.1f} s" for name, taken in best.items()), end="")
    print(f", together {sum(best.values()):.1f} s; ours {min(ours):.1f} s", end="")
    print(f": {min(ours) / sum(best.values()):.0%} of the time")
    own = ensemble.predict(task.X)
    today = {
        name: model.fit(task.sample.X, task.sample.y).predict_proba(task.X)
        for name, model in rivals(cores).items()
    }
    score(task, own, today | {"mean": np.mean(list(today.values()), axis=0)})


def score(task: Task, ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
    """Print the AUC of each model, and the paired difference over sessions with its 95% interval."""
    from core.evaluate.bootstrap import intervals, paired
    from core.evaluate.metrics import metrics_of

    auc = metrics_of("classify")[0]
    for name, p in theirs.items():
        values = [intervals(task.y, q, task.sessions, [auc], 0, 1)[auc.name].value for q in (p, ours[name])]
        gap = paired(task.y, ours[name], p, task.sessions, auc, 0)
        print(f"{name:5} AUC theirs {values[0]:.3f}, ours {values[1]:.3f}", end="")
        print(f", difference {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]")


if __name__ == "__main__":
    main()
