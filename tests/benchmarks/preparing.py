"""Compare what prepares the features and the linear baselines with scikit-learn's own, in one run.

    python tests/benchmarks/preparing.py [--rows 6000] [--turns 3]

For each part: the seconds of ours and of theirs (best turn of each), and how far the results are apart. The rows
are synthetic (384 numbers of a vector, 5 features of which two have missing values, 18 press outlets with tails
as in news); the headlines are those of `sample_data`, their morphemes read before the clock starts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.jobs import silent
from core.train.features.block import FeatureOptions
from core.train.features.continuous import Continuous
from core.train.features.inputs import Inputs
from core.train.features.morphemes import Terms, morphemes
from core.train.features.outlets import Outlets
from core.train.models.baselines import ENCODER_PENALTIES
from core.train.models.linear import fit_linear, predictions

SAMPLE = Path(__file__).parents[2] / "sample_data" / "headlines.csv"
DIM, PRESS = 384, 18
OPTIONS = FeatureOptions(winsor=0.01)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    inputs, y = rows(options.rows)
    train = np.arange(int(0.8 * options.rows))
    for compared in (linear, numbers, outlets, terms):
        compared(inputs, y, train, options.turns)


def rows(count: int) -> tuple[Inputs, np.ndarray]:
    """Return inputs and outcomes (0 and 1) of made-up rows."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, DIM)).astype(np.float32)
    features = pd.DataFrame(rng.standard_t(3, size=(count, 5)), columns=list("abcde"))
    features = features.mask((rng.random((count, 5)) < 0.1) & np.array([True, True, False, False, False]))
    share = 1 / np.arange(1, PRESS + 1)
    press = rng.choice([f"언론사{n:02}" for n in range(PRESS)], count, p=share / share.sum())
    signal = 0.3 * vectors[:, :5].sum(axis=1) + 0.5 * features["c"].to_numpy() + rng.logistic(size=count)
    return Inputs(vectors, features, pd.Series(press, dtype="str")), (signal > 0).astype(float)


class Race(NamedTuple):
    """The seconds of the best turn of each, and what each made."""

    ours: float
    theirs: float
    made: np.ndarray
    other: np.ndarray


def race(ours: Callable[[], np.ndarray], theirs: Callable[[], np.ndarray], turns: int) -> Race:
    """Let both take turns."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for work, taken in zip((ours, theirs), seconds, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return Race(min(seconds[0]), min(seconds[1]), ours(), theirs())


def line(part: str, run: Race, name: str, gap: str) -> None:
    """Print a line."""
    print(f"{part}: ours {run.ours:.3f} s, {name} {run.theirs:.3f} s; {gap}")


def linear(inputs: Inputs, y: np.ndarray, train: np.ndarray, turns: int) -> None:
    """Compare our choice of the penalty with a grid search and with logistic regression's own."""
    from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    assert inputs.vectors is not None
    X, late = inputs.vectors.astype(float), np.setdiff1d(np.arange(len(y)), train)
    inner = train[: int(0.8 * len(train))], train[int(0.8 * len(train)) :]
    strengths = [1 / penalty for penalty in ENCODER_PENALTIES]
    steps = (StandardScaler(), LogisticRegression(solver="newton-cholesky", max_iter=300))
    grid = GridSearchCV(
        make_pipeline(*steps), {"logisticregression__C": strengths}, scoring="neg_log_loss", cv=[inner]
    )
    own = make_pipeline(
        StandardScaler(),
        LogisticRegressionCV(
            Cs=strengths,
            cv=[inner],
            scoring="neg_log_loss",
            solver="newton-cholesky",
            max_iter=300,
            l1_ratios=(0,),
            use_legacy_attributes=False,
        ),
    )
    for name, rival in (("GridSearchCV", grid), ("LogisticRegressionCV", own)):
        run = race(
            lambda: predictions(
                fit_linear(X[train], y[train], 2, ENCODER_PENALTIES, inner, None, silent), X[late]
            ),
            lambda rival=rival: rival.fit(X[train], y[train]).predict_proba(X[late]),
            turns,
        )
        gap = np.abs(run.made - run.other).max()
        line("linear", run, name, f"probabilities differ by {gap:.1e} at most")


def numbers(inputs: Inputs, y: np.ndarray, train: np.ndarray, turns: int) -> None:
    """Compare medians, indicators and clipping with `SimpleImputer`, which does not clip."""
    from sklearn.impute import SimpleImputer

    part = inputs.take(train)
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    run = race(
        lambda: Continuous.fit(part, FeatureOptions()).matrix(inputs),
        lambda: imputer.fit(part.features).transform(inputs.features),
        turns,
    )
    gap = np.abs(run.made - run.other).max()
    line("numbers", run, "SimpleImputer", f"values differ by {gap:.1e} at most")
    clipped = Continuous.fit(part, OPTIONS).matrix(inputs)
    print(f"  clipping, which it has not, moves {(clipped != run.made).mean():.1%} of the values")
    constant = pd.DataFrame({"same": np.ones(3), "empty": np.full(3, np.nan), "x": [np.inf, 1, 2]})
    try:
        found = f"{imputer.fit_transform(constant).shape[1]} columns"
    except ValueError as error:
        found = str(error).split(".")[0]
    own = Continuous.fit(Inputs(None, constant, None), OPTIONS)
    print(f"  a constant, an empty and an infinite feature: ours {len(own.columns)} columns, theirs: {found}")


def outlets(inputs: Inputs, y: np.ndarray, train: np.ndarray, turns: int) -> None:
    """Compare the outlet's columns with `OneHotEncoder`, told to have as many."""
    from sklearn.preprocessing import OneHotEncoder

    assert inputs.press is not None
    encoder = OneHotEncoder(
        max_categories=OPTIONS.outlets + 1, handle_unknown="infrequent_if_exist", sparse_output=False
    )
    column = inputs.press.to_frame()
    run = race(
        lambda: Outlets.fit(inputs.take(train), OPTIONS).matrix(inputs),
        lambda: encoder.fit(column.iloc[train]).transform(column),
        turns,
    )
    same = np.array_equal(np.sort(run.made.sum(axis=0))[1:], np.sort(run.other.sum(axis=0)))
    line("outlets", run, "OneHotEncoder", f"the same counts but for the missing column: {same}")
    few = inputs.press.where(inputs.press.isin(inputs.press.unique()[:3]), inputs.press.unique()[0])
    encoder.fit(few.to_frame())
    asked = pd.DataFrame({inputs.press.name: ["처음 보는 언론사", None]})
    own = Outlets.fit(Inputs(None, inputs.features, few), OPTIONS)
    print(
        f"  three outlets: ours {len(own.columns)} columns, theirs {len(encoder.get_feature_names_out())}; "
        f"a new and a missing outlet are theirs of {encoder.transform(asked).sum(axis=1).tolist()} columns"
    )


def terms(inputs: Inputs, y: np.ndarray, train: np.ndarray, turns: int) -> None:
    """Compare the morphemes' weights with `TfidfVectorizer`, given our terms and then its own."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = list(dict.fromkeys(pd.read_csv(SAMPLE)["제목"].astype(str)))
    words = morphemes(texts)
    learned = Terms.fit(texts)
    given = TfidfVectorizer(analyzer=lambda found: found, sublinear_tf=True, vocabulary=learned.terms)
    run = race(
        lambda: Terms.fit(texts).matrix(texts), lambda: given.fit(words).transform(words).toarray(), turns
    )
    gap = np.abs(run.made - run.other).max()
    line("morphemes", run, "TfidfVectorizer", f"weights differ by {gap:.1e} at most")
    free = TfidfVectorizer(
        analyzer=lambda found: found, sublinear_tf=True, max_features=len(learned.terms), min_df=5
    )
    free.fit(words)
    alike = len(set(free.vocabulary_) & set(learned.terms))
    print(
        f"  terms of its own choice: {alike} of {len(learned.terms)} are ours (it counts words, not headlines)"
    )


if __name__ == "__main__":
    main()
