from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.calibration import calibrated
from core.evaluate.events import event_weights
from core.evaluate.predictions import MEAN
from core.jobs import silent
from core.train.context import TrainingContext
from core.train.models import forest
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset, signal, three_classes

pytestmark = pytest.mark.slow  # fits all models many times


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


def context_of(dataset, vectors, **settings):
    chosen = TrainSettings(**settings)
    return TrainingContext.of(dataset, vectors, dataset.outcome(chosen.task), chosen, silent)


@pytest.fixture(scope="module")
def crowded():
    """Forty sessions of one row, and one of two hundred."""
    rng = np.random.default_rng(0)
    days = np.r_[np.arange(40), np.full(200, 40)]
    return make_dataset(rng.normal(size=240), days, {"x": rng.normal(size=240)})


def test_by_events_a_crowded_session_weighs_as_much_as_any_other(crowded):
    _, sample = context_of(crowded, None).prepare(np.arange(240))
    assert sample.weight == pytest.approx(event_weights(crowded, np.arange(240)))
    assert sample.weight[:40] == pytest.approx(sample.weight[40:].sum())
    assert sample.weight.mean() == pytest.approx(1)


def test_by_rows_no_row_is_weighed(crowded):
    assert context_of(crowded, None, weighting="rows").prepare(np.arange(240))[1].weight is None


def test_weights_change_what_is_learned(crowded):
    made = []
    for weighting in ("events", "rows"):
        bench = context_of(crowded, None, weighting=weighting)
        made.append(bench.learn(np.arange(240), silent).predict(bench.inputs)[MEAN])
    assert not np.allclose(*made)


def test_a_table_without_dates_has_no_events_to_weigh_by():
    dataset = make_dataset(np.random.default_rng(0).normal(size=60), features={"x": np.arange(60.0)})
    assert context_of(dataset, None, split="group").prepare(np.arange(60))[1].weight is None


def test_inner_folds_lie_inside_the_training_and_go_forward_in_time():
    dataset, vectors = signal()
    train = np.arange(20, 200)
    days = dataset.frame["session"].to_numpy()[train]
    folds = context_of(dataset, vectors, horizon=2).inner_folds(train)
    assert len(folds) == 3
    for fit, valid in folds:
        assert max(fit.max(), valid.max()) < len(train)
        assert days[valid].min() - days[fit].max() > np.timedelta64(2, "D")


def test_too_little_for_inner_folds_gives_none():
    dataset, vectors = signal(days=3)
    assert context_of(dataset, vectors).inner_folds(np.arange(200)) == ()


def test_only_what_is_asked_to_be_stacked_is():
    dataset, vectors = signal()
    bench, train = context_of(dataset, vectors), np.arange(180)
    inputs = bench.inputs.take(np.arange(180, 240))
    always = ["rf", "xgb", "lgbm", "mean", "rank_mean"]
    assert list(bench.learn(train, silent).predict(inputs)) == [*always, "fusion"]
    assert list(bench.learn(train, silent, inner=True).predict(inputs)) == [*always, "stack", "fusion"]


def test_calibrated_probabilities_are_others_and_still_probabilities():
    dataset, vectors = three_classes()
    train, made = np.arange(220), {}
    for method in ("none", "sigmoid"):
        bench = context_of(dataset, vectors, calibrate=method)
        inputs = bench.inputs.take(np.arange(220, 300))
        learned = bench.learn(train, silent, inner=True)
        made[method] = calibrated(learned.predict(inputs), learned.calibrators)
    assert list(made["sigmoid"]) == list(made["none"])
    for name, p in made["sigmoid"].items():
        assert p.sum(axis=1) == pytest.approx(1)
        as_it_was = np.allclose(p, made["none"][name])
        assert as_it_was == (name in ("stack", "fusion")), name  # fitted on the rows that calibrate


def test_a_training_too_short_to_calibrate_says_so_and_is_not_calibrated():
    dataset, vectors = signal(days=3)
    learned = context_of(dataset, vectors, calibrate="sigmoid").learn(np.arange(200), silent)
    assert learned.calibrators == {}
    assert "cannot be calibrated" in str(learned.notes[0])


def test_returns_have_no_probabilities_to_calibrate():
    dataset, vectors = signal()
    learned = context_of(dataset, vectors, task="regress", calibrate="isotonic").learn(np.arange(180), silent)
    assert (learned.calibrators, learned.notes) == ({}, ())


def test_every_baseline_that_the_inputs_allow_is_made():
    dataset, vectors = signal()
    bench, test = context_of(dataset, vectors), np.arange(180, 240)
    learned = bench.learn(np.arange(180), silent)
    made = bench.baselines(learned, test, silent)
    assert set(made) == {
        "majority",
        "table_only",
        "shuffled",
        "outlet_only",
        "encoder_linear",
        "tfidf_linear",
    }
    assert all(p.shape == (60, 2) for p in made.values())
    quick = bench.baselines(learned, test, silent, quick=True)
    assert set(made) - set(quick) == {"shuffled", "encoder_linear"}


def test_the_table_only_baseline_does_not_see_the_headline():
    dataset, vectors = signal()
    bench, test = context_of(dataset, vectors), np.arange(180, 240)
    learned = bench.learn(np.arange(180), silent)
    vectors = vectors.copy()
    vectors[test] = 99
    other = context_of(dataset, vectors)
    assert np.array_equal(
        bench.baselines(learned, test, silent, quick=True)["table_only"],
        other.baselines(learned, test, silent, quick=True)["table_only"],
    )


def test_extras_alone_are_headlines_without_an_encoder():
    dataset, _ = signal()
    bench = context_of(dataset, None, extras=("length",))
    learned = bench.learn(np.arange(180), silent)
    made = bench.baselines(learned, np.arange(180, 240), silent)
    assert learned.preparation.of_headline.any()
    assert "table_only" in made
    assert "encoder_linear" not in made


def test_nothing_to_learn_from_is_said():
    dataset = make_dataset(np.resize([0.1, -0.1], 40), np.arange(40))
    with pytest.raises(UserError, match="nothing to learn from"):
        context_of(dataset, None).prepare(np.arange(30))


def test_the_table_is_fitted_with_the_hyperparameters_that_were_searched_for_it():
    dataset, vectors = signal()
    bench, test = context_of(dataset, vectors), np.arange(180, 240)
    stumps = {"lgbm": {"max_depth": 2, "num_leaves": 4}}
    made = {}
    for name, own in (
        ("plain", bench),
        ("tuned for all", replace(bench, parameters=stumps)),
        ("tuned for the table", replace(bench, table_parameters=stumps)),
    ):
        made[name] = own.baselines(own.learn(np.arange(180), silent), test, silent, quick=True)["table_only"]
    assert np.array_equal(made["plain"], made["tuned for all"])
    assert not np.array_equal(made["plain"], made["tuned for the table"])


def test_the_fusion_is_of_the_very_models_that_the_table_alone_is():
    dataset, vectors = signal()
    bench, test = context_of(dataset, vectors), np.arange(180, 240)
    learned = bench.learn(np.arange(180), silent)
    alone = bench.baselines(replace(learned, fusion=None), test, silent, quick=True)["table_only"]
    assert np.array_equal(bench.baselines(learned, test, silent, quick=True)["table_only"], alone)


def test_without_a_table_there_is_nothing_to_fuse():
    dataset, vectors = signal()
    bare = make_dataset(dataset.frame["target"].to_numpy(), np.sort(np.arange(240) % 24))
    assert context_of(bare, vectors).learn(np.arange(180), silent).fusion is None
