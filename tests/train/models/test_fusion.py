from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.metrics import auc, rank_ic
from core.jobs import Cancelled, silent
from core.train.models import forest
from core.train.models.baselines import table_only
from core.train.models.fusion import Fusion
from core.train.models.sample import Sample
from tests.makers.worlds import first_always
from tests.simulations import dilution

RNG = np.random.default_rng(0)
N, LATER, DIM = 400, 1200, 8
TABLE, OWN = RNG.normal(size=(N + LATER, 2)), RNG.normal(size=N + LATER)
TEXT = RNG.normal(size=(N + LATER, DIM))
TEXT[:, 0] += 3 * OWN
X = np.hstack([TEXT, TABLE]).astype(np.float32)
HEADLINE = np.arange(DIM + 2) < DIM
FOLDS = tuple((np.arange(k), np.arange(k, k + 80)) for k in (160, 240, 320))
TASK = pytest.mark.parametrize("classes", [0, 2, 3])


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


def outcome(signal, classes):
    noisy = signal + 0.5 * np.random.default_rng(1).logistic(size=N + LATER)
    return (
        0.01 * noisy if classes == 0 else np.digitize(noisy, [0] if classes == 2 else [-1, 1]).astype(float)
    )


def sample(y, classes, **options):
    return Sample(X[:N], y[:N], np.arange(300), np.arange(300, N), classes, 0, **({"folds": FOLDS} | options))


def fitted(y, classes, of_table=None, **options):
    return Fusion.fit(sample(y, classes, **options), HEADLINE, of_table or {}, silent)


def score(y, p):
    ones = np.ones((1, LATER))
    return rank_ic(y[N:], p, ones)[0] if p.ndim == 1 else 2 * auc(y[N:], p, ones)[0] - 1


@TASK
def test_the_fusion_is_better_than_the_table_where_the_headline_informs(classes):
    y = outcome(TABLE[:, 0] + OWN, classes)
    made = fitted(y, classes)
    assert made.weight > 0.3
    assert score(y, made.predict(X[N:])) > score(y, made.predict_table(X[N:])) + 0.1


@pytest.mark.slow
@TASK
def test_a_headline_that_says_nothing_weighs_little_and_costs_nothing(classes):
    y = outcome(2 * TABLE[:, 0], classes)
    made = fitted(y, classes)
    assert score(y, made.predict(X[N:])) > score(y, made.predict_table(X[N:])) - 0.01


@TASK
def test_its_table_is_the_one_that_it_is_compared_with(classes):
    y = outcome(TABLE[:, 0] + OWN, classes)
    made = fitted(y, classes)
    assert np.array_equal(made.predict_table(X[N:]), table_only(sample(y, classes), X[N:], HEADLINE, silent))


@pytest.mark.slow
@TASK
@pytest.mark.parametrize("class_weight", ["none", "balanced"])
def test_at_a_weight_of_0_it_is_the_table_alone(classes, class_weight):
    made = fitted(outcome(TABLE[:, 0] + OWN, classes), classes, class_weight=class_weight)
    assert made.weight > 0
    assert np.array_equal(replace(made, weight=0.0).predict(X[N:]), made.predict_table(X[N:]))


def test_the_headline_is_not_helped_by_classes_that_are_weighed_alike():
    """A stack with intercepts would undo the weights of the classes, and order three classes better for it."""
    rare = np.digitize(TABLE[:, 0] + RNG.normal(size=N + LATER), [-2, 0]).astype(float)
    noise = replace(
        sample(rare, 3, class_weight="balanced"), X=np.hstack([RNG.normal(size=(N, DIM)), TABLE[:N]])
    )
    made = Fusion.fit(noise, HEADLINE, {}, silent)
    assert abs(score(rare, made.predict(X[N:])) - score(rare, made.predict_table(X[N:]))) < 0.03


def test_the_tables_models_take_the_hyperparameters_of_the_table():
    y = outcome(TABLE[:, 0], 2)
    stumps = {"lgbm": {"max_depth": 2, "num_leaves": 4}}
    made = fitted(y, 2, stumps, parameters={"lgbm": {"max_depth": 6, "num_leaves": 31}})
    alone = replace(sample(y, 2), parameters=stumps)
    assert np.array_equal(made.predict_table(X[N:]), table_only(alone, X[N:], HEADLINE, silent))


def test_without_inner_folds_the_rows_for_early_stopping_are_the_only_one():
    y = outcome(TABLE[:, 0] + OWN, 2)
    made = fitted(y, 2, folds=())
    assert made.weight > 0.3


@pytest.mark.parametrize("case", ["no inner rows", "a class that is missing", "no table", "no headline"])
def test_where_nothing_can_be_fused_there_is_no_fusion(case):
    y, headline, options = outcome(OWN, 2), HEADLINE, {}
    if case == "no inner rows":
        options = {"folds": (), "valid": np.arange(0)}
    elif case == "a class that is missing":
        y = y.copy()
        y[:160] = 0
    else:
        headline = np.full(DIM + 2, case == "no table")
    made = replace(sample(y, 2), **options)
    assert Fusion.fit(made, headline, {}, silent) is None


@TASK
def test_arrays_bring_back_what_was_fitted(classes):
    made = fitted(outcome(OWN, classes), classes)
    again = Fusion.from_arrays(made.to_arrays(), made.models)
    assert np.array_equal(made.predict(X[N:]), again.predict(X[N:]))


def test_progress_never_falls_and_it_can_be_cancelled():
    seen = []
    y = outcome(OWN, 2)
    Fusion.fit(sample(y, 2), HEADLINE, {}, lambda fraction, template, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)

    def stop(fraction, template, **params):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        Fusion.fit(sample(y, 2), HEADLINE, {}, stop)


@pytest.mark.slow
@pytest.mark.thorough
def test_dilution_is_not_blamed_on_the_headlines():
    found = dilution.verdicts(dilution.DILUTED, range(20))
    assert found.helps["fusion"] >= 8
    assert found.helps["chosen"] >= 8
    assert found.hurts["chosen"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "tables"),
    first_always([(dilution.REPEATED, 6), (dilution.NULL, 20), (dilution.REPEATED, 20)]),
)
def test_headlines_that_say_nothing_beyond_the_table_do_not_help(world, tables):
    found = dilution.verdicts(world, range(tables))
    assert all(found.helps[arm] <= 1 for arm in ("all", "fusion", "chosen")), found
    assert found.hurts["chosen"] <= 1
