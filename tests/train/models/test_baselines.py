import numpy as np
import pytest

from core.evaluate.metrics import auc, rank_ic
from core.jobs import Cancelled, silent
from core.train.models import baselines, forest, linear
from core.train.models.baselines import (
    encoder_linear,
    know_nothing,
    outlet_only,
    shuffled,
    table_only,
    tfidf_linear,
)
from core.train.models.linear import fit_linear, standardised
from core.train.models.model import Sample

RNG = np.random.default_rng(0)
N, TEST, DIM = 300, 1200, 6
X = RNG.normal(size=(N + TEST, DIM + 4)).astype(np.float32)  # 6 of the headline, 2 features, 2 of the outlet
X[:, DIM + 2 :] = np.eye(2)[RNG.integers(0, 2, N + TEST)]
OUTLET = np.arange(DIM + 4) >= DIM + 2
SIGNAL = {"headline": X[:, 0] + X[:, 1], "feature": 1.5 * X[:, DIM], "outlet": 3 * X[:, -1] - 1.5}
WORDS = ["급등", "급락", "실적", "전망", "투자", "매수", "매도", "목표가", "신제품", "수출"]
TRAIN, LATER = np.arange(N), np.arange(N, N + TEST)


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 50)


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


TASK = pytest.mark.parametrize("classes", [0, 2, 3])


def test_knowing_nothing_is_the_share_of_each_class_or_the_average():
    name, p = know_nothing(np.array([0.0, 1, 1, 1]), 3, 2)
    assert name == "majority"
    assert p.tolist() == [[0.25, 0.75, 0]] * 2
    name, p = know_nothing(np.array([0.01, 0.03]), 0, 2)
    assert name == "average"
    assert p == pytest.approx([0.02, 0.02])


def test_knowing_nothing_counts_a_row_by_its_weight():
    weight = np.array([3.0, 1.0])
    assert know_nothing(np.array([0.0, 1.0]), 2, 1, weight)[1].tolist() == [[0.75, 0.25]]
    assert know_nothing(np.array([0.0, 1.0]), 0, 1, weight)[1].tolist() == [0.25]


@TASK
@pytest.mark.parametrize(
    ("baseline", "columns", "source", "blind"),
    [
        (table_only, DIM, "feature", "headline"),
        (outlet_only, OUTLET, "outlet", "headline"),
        (encoder_linear, DIM, "headline", "feature"),
    ],
)
def test_a_baseline_sees_its_own_columns_alone(baseline, columns, source, blind, classes):
    seen, hidden = outcome(source, classes), outcome(blind, classes)
    p = baseline(sample(seen, classes), X[N:], columns, silent)
    assert p.shape == ((TEST, classes) if classes else (TEST,))
    assert score(seen, p) > 0.4  # 0.52 where the outlet tells two of three classes
    assert abs(score(hidden, baseline(sample(hidden, classes), X[N:], columns, silent))) < 0.2


def test_the_headline_may_be_named_by_a_mask():
    y = outcome("feature", 2)
    masked = table_only(sample(y, 2), X[N:], np.arange(DIM + 4) < DIM, silent)
    assert np.array_equal(masked, table_only(sample(y, 2), X[N:], DIM, silent))


@TASK
def test_shuffled_headlines_are_chance_where_the_headline_is_all_there_is(classes):
    y = outcome("headline", classes)
    p = shuffled(sample(y, classes), X[N:], DIM, silent)
    assert p.shape == ((TEST, classes) if classes else (TEST,))
    assert abs(score(y, p)) < 0.2


def test_shuffled_headlines_leave_the_table_as_it_is():
    y = outcome("feature", 2)
    assert score(y, shuffled(sample(y, 2), X[N:], DIM, silent)) > 0.5


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
    shuffled(sample(outcome("headline", 2), 2), X[N:], DIM, silent)
    assert np.array_equal(X, before)
    for part, rows in (("train", X[:N]), ("test", X[N:])):
        assert np.array_equal(seen[part][:, DIM:], rows[:, DIM:])
        assert not np.array_equal(seen[part][:, :DIM], rows[:, :DIM])
        assert np.array_equal(np.sort(seen[part][:, :DIM], axis=0), np.sort(rows[:, :DIM], axis=0))
        whole = {row.tobytes() for row in rows[:, :DIM]}
        assert all(row.tobytes() in whole for row in np.ascontiguousarray(seen[part][:, :DIM]))


def test_the_same_seed_shuffles_alike():
    y = outcome("headline", 2)
    first, again = (shuffled(sample(y, 2), X[N:], DIM, silent) for _ in range(2))
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


@TASK
def test_a_weight_of_two_is_the_row_twice(classes):
    y = outcome("headline", classes)[:N]
    rows = X[:N].astype(float)
    weight = np.random.default_rng(4).integers(1, 3, N).astype(float)
    twice = np.repeat(TRAIN, weight.astype(int))
    inner = TRAIN, TRAIN[:0]
    weighted = fit_linear(rows, y, classes, (5.0, 1.0), inner, weight, silent)
    repeated = fit_linear(rows[twice], y[twice], classes, (5.0, 1.0), inner, None, silent)
    plain = fit_linear(rows, y, classes, (5.0, 1.0), inner, None, silent)
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-4)
    assert np.abs(weighted.coefficients - plain.coefficients).max() > 1e-4 * (1 if classes else 0.01)


@pytest.mark.parametrize("classes", [2, 3])
def test_linear_probabilities_equal_those_of_scikit_learn(classes):
    from sklearn.linear_model import LogisticRegression

    y = outcome("headline", classes)[:N]
    rows = X.astype(float)
    ours = fit_linear(rows[:N], y, classes, (2.0, 2.0), (TRAIN, TRAIN[:0]), None, silent).predict(rows[N:])
    theirs = LogisticRegression(C=0.5, tol=1e-9, max_iter=999).fit(rows[:N], y).predict_proba(rows[N:])
    assert ours == pytest.approx(theirs, abs=1e-3)  # as near as a slope of 1e-4 brings ours


def test_noise_is_shrunk_more_than_signal():
    rng = np.random.default_rng(3)
    rows, inner = rng.normal(size=(5100, 20)), (np.arange(100), np.arange(100, 5100))

    def size(y, strongest):
        return np.abs(fit_linear(rows, y, 2, (strongest, 1.0), inner, None, silent).coefficients).max()

    noise = rng.integers(0, 2, 5100).astype(float)
    signal = (3 * rows[:, 0] > rng.logistic(size=5100)).astype(float)
    assert size(noise, 10_000.0) < 0.2 * size(noise, 1.0)
    assert size(signal, 10_000.0) == size(signal, 1.0)


def test_an_inner_part_without_a_class_picks_no_penalty():
    y = np.r_[np.zeros(250), np.ones(50)]
    model = fit_linear(X[:N], y, 2, (100.0, 7.0, 1.0), (np.arange(200), np.arange(200, N)), None, silent)
    same = fit_linear(X[:N], y, 2, (7.0, 7.0), (TRAIN, TRAIN[:0]), None, silent)
    assert np.array_equal(model.coefficients, same.coefficients)


def test_a_constant_column_is_standardised_to_zero():
    like = np.column_stack([np.full(5, 3.0), np.arange(5.0)])
    made = standardised(like, like)
    assert made[:, 0].tolist() == [0] * 5
    assert made[:, 1].std() == pytest.approx(1)


@pytest.mark.parametrize(
    "baseline",
    [
        lambda made, report: table_only(made, X[N:], DIM, report),
        lambda made, report: shuffled(made, X[N:], DIM, report),
        lambda made, report: encoder_linear(made, X[N:], DIM, report),
        lambda made, report: tfidf_linear(made, ["급등"] * N, ["급락"] * TEST, report),
    ],
)
def test_a_baseline_can_be_cancelled(baseline):
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        baseline(sample(outcome("headline", 2), 2), stop)


def test_a_linear_model_is_of_plain_arrays():
    model = linear.Linear(np.zeros((3, 1)), np.zeros(1), 2)
    assert model.predict(np.zeros((4, 3))).tolist() == [[0.5, 0.5]] * 4
