from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.metrics import auc, rank_ic
from core.jobs import Cancelled, silent
from core.train.models import baselines, forest
from core.train.models.baselines import (
    BASELINES,
    Baseline,
    Task,
    average_return,
    class_shares,
    encoder_linear,
    outlet_only,
    predict_baselines,
    shuffled,
    table_only,
    tfidf_linear,
)
from core.train.models.sample import Sample

RNG = np.random.default_rng(0)
N, TEST, DIM = 300, 1200, 6
X = RNG.normal(size=(N + TEST, DIM + 4)).astype(np.float32)  # 6 of the headline, 2 features, 2 of the outlet
X[:, DIM + 2 :] = np.eye(2)[RNG.integers(0, 2, N + TEST)]
HEADLINE, OUTLET = np.arange(DIM + 4) < DIM, np.arange(DIM + 4) >= DIM + 2
SIGNAL = {"headline": X[:, 0] + X[:, 1], "feature": 1.5 * X[:, DIM], "outlet": 3 * X[:, -1] - 1.5}
WORDS = ["급등", "급락", "실적", "전망", "투자", "매수", "매도", "목표가", "신제품", "수출"]
TRAIN, LATER = np.arange(N), np.arange(N, N + TEST)


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


def outcome(source, classes):
    rng = np.random.default_rng(1)
    signal = SIGNAL[source] + 0.5 * rng.logistic(size=N + TEST)
    if classes == 0:
        return 0.01 * signal
    return np.digitize(signal, [0] if classes == 2 else [-1, 1]).astype(float)


def sample(y, classes, **options):
    return Sample(X[:N], y[:N], np.arange(200), np.arange(200, N), classes, 0, **options)


def score(y, p):
    metric = rank_ic if p.ndim == 1 else auc
    value = metric(y[LATER], p, np.ones((1, TEST)))[0]
    return value if p.ndim == 1 else 2 * value - 1  # 0 is chance for both


def test_knowing_nothing_is_the_share_of_each_class_or_the_average():
    assert class_shares(np.array([0.0, 1, 1, 1]), 3, 2).tolist() == [[0.25, 0.75, 0]] * 2
    assert average_return(np.array([0.01, 0.03]), 2) == pytest.approx([0.02, 0.02])


def test_knowing_nothing_counts_a_row_by_its_weight():
    weight = np.array([3.0, 1.0])
    assert class_shares(np.array([0.0, 1.0]), 2, 1, weight).tolist() == [[0.75, 0.25]]
    assert average_return(np.array([0.0, 1.0]), 1, weight).tolist() == [0.25]


TASK = pytest.mark.parametrize("classes", [0, 2, 3])


@TASK
@pytest.mark.parametrize(
    ("baseline", "columns", "source", "blind"),
    [
        (table_only, HEADLINE, "feature", "headline"),
        (outlet_only, OUTLET, "outlet", "headline"),
        (encoder_linear, HEADLINE, "headline", "feature"),
    ],
)
def test_a_baseline_sees_its_own_columns_alone(baseline, columns, source, blind, classes):
    seen, hidden = outcome(source, classes), outcome(blind, classes)
    p = baseline(sample(seen, classes), X[N:], columns, silent)
    assert p.shape == ((TEST, classes) if classes else (TEST,))
    assert score(seen, p) > 0.4  # 0.52 where the outlet tells two of three classes
    assert abs(score(hidden, baseline(sample(hidden, classes), X[N:], columns, silent))) < 0.2


@TASK
def test_shuffled_headlines_are_chance_where_the_headline_is_all_there_is(classes):
    y = outcome("headline", classes)
    p = shuffled(sample(y, classes), X[N:], HEADLINE, silent)
    assert p.shape == ((TEST, classes) if classes else (TEST,))
    assert abs(score(y, p)) < 0.2


def test_shuffled_headlines_leave_the_table_as_it_is():
    y = outcome("feature", 2)
    assert score(y, shuffled(sample(y, 2), X[N:], HEADLINE, silent)) > 0.5


def test_headlines_are_shuffled_within_training_and_within_test(monkeypatch):
    seen = {}

    def fit_models(sample, report):
        seen["train"] = sample.X
        return {}, {}

    def predict_all(fitted, X_test):
        seen["test"] = X_test
        return {"mean": None}

    monkeypatch.setattr(baselines, "fit_models", fit_models)
    monkeypatch.setattr(baselines, "predict_all", predict_all)
    before = X.copy()
    shuffled(sample(outcome("headline", 2), 2), X[N:], HEADLINE, silent)
    assert np.array_equal(X, before)
    for part, rows in (("train", X[:N]), ("test", X[N:])):
        assert np.array_equal(seen[part][:, DIM:], rows[:, DIM:])
        assert not np.array_equal(seen[part][:, :DIM], rows[:, :DIM])
        assert np.array_equal(np.sort(seen[part][:, :DIM], axis=0), np.sort(rows[:, :DIM], axis=0))
        whole = {row.tobytes() for row in rows[:, :DIM]}
        assert all(row.tobytes() in whole for row in np.ascontiguousarray(seen[part][:, :DIM]))


def test_the_same_seed_shuffles_alike():
    y = outcome("headline", 2)
    first, again = (shuffled(sample(y, 2), X[N:], HEADLINE, silent) for _ in range(2))
    assert np.array_equal(first, again)


def headlines(y):
    """Headlines of four words, of which 급등 is likelier where the outcome is high."""
    rng = np.random.default_rng(2)
    high = y > y.mean()
    told = np.where(rng.random(len(y)) < 0.8, high, ~high)
    return [" ".join([*rng.choice(WORDS[2:], 3), WORDS[0] if up else WORDS[1]]) + "세" for up in told]


@TASK
def test_tfidf_finds_the_word_that_tells(classes):
    y = outcome("feature", classes)
    texts = headlines(y)
    p = tfidf_linear(sample(y, classes), texts[:N], texts[N:], silent)
    assert p.shape == ((TEST, classes) if classes else (TEST,))
    assert score(y, p) > 0.3


def test_the_vocabulary_is_that_of_the_training_rows():
    y = outcome("feature", 2)
    texts = headlines(y)
    unknown = tfidf_linear(sample(y, 2), texts[:N], ["zzzz qqqq"] * TEST, silent)
    assert np.ptp(unknown[:, 1]) == pytest.approx(0)


def test_headlines_of_one_character_are_enough():
    y = outcome("feature", 2)
    assert tfidf_linear(sample(y, 2), ["가"] * N, ["나"] * TEST, silent).shape == (TEST, 2)


@pytest.mark.parametrize(
    "baseline",
    [
        lambda made, report: table_only(made, X[N:], HEADLINE, report),
        lambda made, report: shuffled(made, X[N:], HEADLINE, report),
        lambda made, report: encoder_linear(made, X[N:], HEADLINE, report),
        lambda made, report: tfidf_linear(made, ["급등"] * N, ["급락"] * TEST, report),
    ],
)
def test_a_baseline_can_be_cancelled(baseline):
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        baseline(sample(outcome("headline", 2), 2), stop)


def task(classes, headline=HEADLINE, outlet=OUTLET):
    texts = ["급등"] * N
    made = sample(outcome("feature", classes), classes)
    return Task(made, X[N:], headline, headline & HEADLINE, outlet, texts, ["급락"] * TEST)


@pytest.fixture
def instant(monkeypatch):
    """No baseline is fitted: each says its own key."""
    for key, entry in BASELINES.items():
        monkeypatch.setitem(BASELINES, key, replace(entry, predict=lambda task, report, key=key: key))


@pytest.mark.parametrize(("classes", "constant"), [(0, "average"), (2, "majority")])
def test_every_possible_baseline_is_predicted_and_the_slow_ones_only_where_there_is_time(
    classes, constant, instant
):
    quick = [constant, "table_only", "outlet_only", "tfidf_linear"]
    slow = [constant, "table_only", "shuffled", "outlet_only", "encoder_linear", "tfidf_linear"]
    assert list(predict_baselines(task(classes), silent, quick=True)) == quick
    assert list(predict_baselines(task(classes), silent)) == slow


def test_without_a_headline_or_an_outlet_their_baselines_are_not_possible(instant):
    none = np.zeros(DIM + 4, bool)
    assert list(predict_baselines(task(2, none, none), silent)) == ["majority", "tfidf_linear"]
    alone = list(predict_baselines(task(2, ~none, none), silent))
    assert alone == ["majority", "encoder_linear", "tfidf_linear"]


def test_a_registered_baseline_is_predicted(instant, monkeypatch):
    entry = Baseline("coin", "Coin", "Coin", lambda task: True, lambda task, report: 0.5)
    monkeypatch.setitem(BASELINES, "coin", entry)
    assert predict_baselines(task(2), silent)["coin"] == 0.5
