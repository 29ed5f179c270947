import numpy as np
import pytest
from scipy.special import softmax

from core.evaluate.metrics import auc, rank_ic
from core.jobs import Cancelled, silent
from core.train.models import beyond
from core.train.models.beyond import BeyondTable, Pieces, _most_explained, residuals
from core.train.models.linear import ridge
from core.train.models.sample import Sample

RNG = np.random.default_rng(0)
N, LATER, DIM = 400, 2000, 12
TABLE = RNG.normal(size=(N + LATER, 3)) * [1, 100, 0] + [0, 0, 0]
TABLE[:, 2] = RNG.random(N + LATER) < 0.004  # a rare flag
TABLE[5, 2] = 1
OWN = RNG.normal(size=N + LATER)  # what the headline says beyond the table
TEXT = RNG.normal(size=(N + LATER, DIM))
TEXT[:, 0] += OWN
TEXT[:, 1] += 2 * TABLE[:, 0]
X = np.hstack([TEXT, TABLE]).astype(np.float32)
HEADLINE = np.arange(DIM + 3) < DIM
FOLDS = tuple((np.arange(k), np.arange(k, k + 80)) for k in (160, 240, 320))
TASK = pytest.mark.parametrize("classes", [0, 2, 3])


def outcome(signal, classes):
    noisy = signal + 0.5 * np.random.default_rng(1).logistic(size=N + LATER)
    return (
        0.01 * noisy if classes == 0 else np.digitize(noisy, [0] if classes == 2 else [-1, 1]).astype(float)
    )


def sample(y, classes, **options):
    return Sample(X[:N], y[:N], np.arange(300), np.arange(300, N), classes, 0, folds=FOLDS, **options)


def score(y, p):
    ones = np.ones((1, LATER))
    return rank_ic(y[N:], p, ones)[0] if p.ndim == 1 else 2 * auc(y[N:], p, ones)[0] - 1


def predicted(y, classes, **options):
    model, _ = BeyondTable.fit(sample(y, classes, **options), HEADLINE, silent)
    return predicted_by(model, X[N:])


def predicted_by(model, rows):
    """What a model of the headline alone would predict: its moves from the shares, or of the average return."""
    moves = model.moves(rows[:, HEADLINE], rows[:, ~HEADLINE])
    return softmax(np.log(model.shares) + moves, axis=1) if len(model.shares) else moves


@TASK
def test_it_finds_what_the_headline_says_beyond_the_table(classes):
    y = outcome(2 * OWN, classes)
    p = predicted(y, classes)
    assert p.shape == ((LATER, classes) if classes else (LATER,))
    assert score(y, p) > 0.4


@TASK
def test_it_is_blind_to_a_headline_that_repeats_the_table(classes):
    y = outcome(2 * TABLE[:, 0], classes)
    assert abs(np.nan_to_num(score(y, predicted(y, classes)))) < 0.1  # NaN: always the same
    known = np.eye(classes)[y[:N].astype(int)] if classes else y[:N, None]
    slopes, base = ridge(TEXT[:N], known, None)(1 / N)
    seen = (TEXT[N:] @ slopes.T + base)[:, -1]
    assert np.corrcoef(seen, TABLE[N:, 0])[0, 1] > 0.8  # which a model of the headline as it is would read


@TASK
def test_it_predicts_each_fold_by_a_model_of_the_rows_before(classes, monkeypatch):
    monkeypatch.setattr(beyond, "_most_explained", lambda *args: (0, 1.0))  # which all folds share
    y = outcome(2 * OWN, classes)
    _, later = BeyondTable.fit(sample(y, classes), HEADLINE, silent)
    assert [len(p) for p in later] == [80, 80, 80]
    changed = y.copy()
    changed[240:] = changed[240:][::-1]
    _, other = BeyondTable.fit(sample(changed, classes), HEADLINE, silent)
    assert np.array_equal(later[0], other[0])
    assert np.array_equal(later[1], other[1])
    assert not np.array_equal(later[2], other[2])


def test_two_classes_are_near_logistic_regression_where_the_signal_is_weak():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(2)
    rows = rng.normal(size=(4000, 5))
    y = (rng.random(4000) < 1 / (1 + np.exp(-0.3 * rows[:, 0] - 0.8))).astype(float)
    folds = ((np.arange(2000), np.arange(2000, 4000)),)
    made = Sample(np.column_stack([rows, np.zeros(4000)]), y, *folds[0], 2, 0, folds=folds)
    model, _ = BeyondTable.fit(made, np.arange(6) < 5, silent)
    theirs = LogisticRegression(C=1e6).fit(rows, y).predict_proba(rows)
    assert softmax(np.log(model.shares) + model.moves(rows, np.zeros((4000, 1))), axis=1) == pytest.approx(
        theirs, abs=0.05
    )


def test_a_weight_of_two_is_the_row_twice():
    y = outcome(2 * OWN, 0)[:N, None]
    weight = np.random.default_rng(4).integers(1, 3, N)
    twice = np.repeat(np.arange(N), weight)
    weighted = ridge(TEXT[:N], y, weight.astype(float))(0.1)
    repeated = ridge(TEXT[twice], y[twice], None)(0.1)
    for own, other in zip(weighted, repeated, strict=True):
        assert own == pytest.approx(other)


@pytest.mark.parametrize("penalty", [1.0, 300.0])
def test_ridge_is_that_of_scikit_learn_on_standardised_columns(penalty):
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    y = outcome(OWN, 0)[:N]
    slopes, base = ridge(TEXT[:N], y[:, None], None)(penalty / N)
    scale = StandardScaler().fit(TEXT[:N])
    theirs = Ridge(alpha=penalty).fit(scale.transform(TEXT[:N]), y)
    assert TEXT[N:] @ slopes[0] + base[0] == pytest.approx(theirs.predict(scale.transform(TEXT[N:])))


def test_the_penalty_and_the_scale_are_those_that_explain_the_most_of_the_later_rows():
    off = np.random.default_rng(3).normal(size=(200, 1))
    noise = np.random.default_rng(4).normal(size=(200, 1))
    best, scale = _most_explained(np.stack([noise, 0.5 * off, off + noise]), off, np.ones(200))
    assert (best, scale) == (1, pytest.approx(2))
    assert _most_explained(np.stack([-off, -off]), off, np.ones(200)) == (
        0,
        0.0,
    )  # no scale turns a sign round
    assert _most_explained(np.zeros((2, 200, 1)), off, np.ones(200)) == (0, 0.0)


def test_a_constant_column_changes_nothing():
    y = outcome(OWN, 0)[:N, None]
    plain = ridge(TEXT[:N], y, None)(0.1)[0]
    constant = np.column_stack([TEXT[:N], np.full(N, 3.0)])
    assert ridge(constant, y, None)(0.1)[0][:, :-1] == pytest.approx(plain)


def test_a_wild_value_of_the_table_stays_bounded():
    model, _ = BeyondTable.fit(sample(outcome(2 * OWN, 0), 0), HEADLINE, silent)
    wild = X[N : N + 1, ~HEADLINE].copy()
    wild[0, 1] = 1e30
    far = X[N : N + 1, ~HEADLINE].copy()
    far[0, 1] = 1e4
    text = X[N : N + 1, HEADLINE]
    assert model.moves(text, wild) == pytest.approx(model.moves(text, far))


def test_a_rare_flag_is_a_piece_and_a_constant_column_is_none():
    table = np.column_stack([TABLE[:N], np.full(N, 7.0)])
    pieces = Pieces.fit(table)
    assert pieces.kept.reshape(4, 4).any(axis=0).tolist() == [True, True, True, False]


def test_a_table_without_any_variation_takes_nothing_out():
    rest, coefficients, intercept = residuals(np.zeros((N, 0)), TEXT[:N])
    assert rest + intercept == pytest.approx(TEXT[:N])
    assert coefficients.shape == (0, DIM)


@TASK
def test_arrays_bring_back_what_was_fitted(classes):
    model, _ = BeyondTable.fit(sample(outcome(OWN, classes), classes), HEADLINE, silent)
    arrays = model.to_arrays()
    assert not any(array.dtype == object for array in arrays.values())
    again = BeyondTable.from_arrays(arrays)
    rows = X[N:, HEADLINE], X[N:, ~HEADLINE]
    assert np.array_equal(model.moves(*rows), again.moves(*rows))


def test_it_can_be_cancelled_between_two_folds():
    def stop(fraction, template, **params):
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        BeyondTable.fit(sample(outcome(OWN, 2), 2), HEADLINE, stop)
