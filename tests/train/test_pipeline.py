from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.evaluate.metrics import metrics_of
from core.jobs import Cancelled
from core.train.features.inputs import Inputs
from core.train.models import forest
from core.train.pipeline import train
from core.train.run_record import run_table
from core.train.settings import TrainSettings
from tests.makers.train_tables import OUTLETS, make_dataset, signal, three_classes

pytestmark = pytest.mark.slow  # whole trainings, or whole pages


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 50)


def poisoned(dataset, vectors, rows):
    """Return the same dataset with the given rows turned into something very different."""
    frame = dataset.frame.copy()
    frame.loc[rows, "feature.x"] = 1e9
    frame.loc[rows, "feature.idle"] = np.nan
    frame.loc[rows, "press"] = "독약신문"
    frame.loc[rows, "target"] = -frame.loc[rows, "target"] * 50
    vectors = vectors.copy()
    vectors[rows] = 1e6
    return replace(dataset, frame=frame), vectors


@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("split", ["time", "group"])
def test_nothing_is_fitted_on_test_rows(task, split):
    dataset, vectors = signal()
    settings = TrainSettings(task=task, split=split)
    clean = train(dataset, vectors, settings)
    bad = train(*poisoned(dataset, vectors, clean.predictions.test.positions(dataset)), settings)
    for name, array in clean.preparation.to_arrays().items():
        assert np.array_equal(array, bad.preparation.to_arrays()[name]), name
    probe = Inputs.of(dataset, vectors).take(np.arange(30))
    before, after = clean.predict(probe), bad.predict(probe)
    for name, prediction in before.items():
        assert np.array_equal(prediction, after[name]), name


def test_nothing_is_fitted_on_purged_rows():
    dataset, vectors = signal()
    settings = TrainSettings(horizon=3)
    clean = train(dataset, vectors, settings)
    test = clean.predictions.table["session"].min()
    sessions = dataset.frame["session"]
    purged = np.flatnonzero((sessions < test) & (sessions >= sorted(sessions[sessions < test].unique())[-3]))
    assert len(purged) == clean.split.purged_rows > 0
    bad = train(*poisoned(dataset, vectors, purged), settings)
    assert np.array_equal(clean.predictions["mean"], bad.predictions["mean"])


def test_the_signal_is_found_and_beats_the_baseline():
    run = train(*signal(), TrainSettings())
    assert run.scores["mean"]["auc"].low > 0.7
    assert run.baselines["majority"]["auc"].value == 0.5
    assert run.scores["mean"]["auc"].value > run.baselines["table_only"]["auc"].value > 0.6


def test_a_random_split_leaks_where_the_honest_one_does_not():
    rng = np.random.default_rng(3)
    days = np.repeat(np.arange(40), 12)
    place = rng.normal(size=(40, 5))[days]  # what all rows of a session share says which session it is
    vectors = (place + 0.05 * rng.normal(size=(480, 5))).astype(np.float32)
    dataset = make_dataset(rng.normal(size=40)[days], days)
    honest, leaky = (train(dataset, vectors, TrainSettings(split=split)) for split in ("time", "random"))
    assert leaky.scores["mean"]["auc"].value > 0.95
    assert honest.scores["mean"]["auc"].value < 0.8
    assert any("at random" in str(warning) for warning in leaky.warnings)
    assert not any("at random" in str(warning) for warning in honest.warnings)


def test_the_same_seed_gives_the_same_run():
    dataset, vectors = signal()
    first, again = (train(dataset, vectors, TrainSettings(task="regress", seed=4)) for _ in range(2))
    assert first.predictions.table.equals(again.predictions.table)
    assert first.scores == again.scores
    assert first.id != again.id


def test_a_run_counts_where_every_row_went():
    dataset, vectors = signal()
    frame = dataset.frame.copy()
    frame.loc[[3, 5], "target"] = np.nan
    frame.loc[10, "story"] = frame.loc[239, "story"]
    split = train(replace(dataset, frame=frame), vectors, TrainSettings()).split
    parts = (split.train_rows, split.test_rows, split.purged_rows, split.grouped_rows, split.left_out_rows)
    assert sum(parts) == split.rows == 240
    assert (split.grouped_rows, split.left_out_rows) == (1, 2)
    assert split.sessions == 24
    assert split.test_sessions == 5
    assert split.train_sessions == 18
    assert split.cut == "2024-01-20"


def test_returns_are_predicted():
    run = train(*signal(), TrainSettings(task="regress"))
    assert list(run.scores) == ["rf", "xgb", "lgbm", "mean", "rank_mean", "stack", "fusion"]
    assert list(run.baselines) == [
        "average",
        "table_only",
        "shuffled",
        "outlet_only",
        "encoder_linear",
        "tfidf_linear",
    ]
    assert list(run.scores["rf"]) == [metric.name for metric in metrics_of("regress")]
    assert run.scores["mean"]["rank_ic"].low > 0.3
    assert run.predictions.test["mean"].shape == (run.split.test_rows,)


def test_three_classes_are_predicted():
    dataset, vectors = three_classes()
    run = train(dataset, vectors, TrainSettings())
    p = run.predictions.test["mean"]
    assert set(run.classes) == {"부정", "중립", "긍정"}
    assert p.shape == (run.split.test_rows, 3)
    assert p.sum(axis=1) == pytest.approx(1)
    assert run.scores["mean"]["auc"].value > 0.8


@pytest.fixture(scope="module")
def headlines_alone():
    dataset, vectors = signal()
    return make_dataset(dataset.frame["target"].to_numpy(), np.sort(np.arange(240) % 24)), vectors


def test_vectors_alone_are_enough_and_are_compared_with_guessing(headlines_alone):
    run = train(*headlines_alone, TrainSettings())
    assert run.preparation.groups == ("headline",)
    assert list(run.baselines) == ["majority", "encoder_linear", "tfidf_linear"]
    assert run.lift.without_text == 0.5
    assert run.lift.value == pytest.approx(run.scores["mean"]["auc"].value - 0.5)


@pytest.mark.parametrize("features", [{}, {"idle": np.sin(np.arange(240.0))}])
def test_what_only_the_clock_knows_is_not_put_down_to_the_headlines(features):
    rng = np.random.default_rng(0)
    hour = rng.integers(9, 16, 240)
    dataset = make_dataset(np.where(hour < 12, 0.01, -0.01), np.repeat(np.arange(24), 10), features)
    time = dataset.frame["session"] + pd.to_timedelta(hour, unit="h")
    dataset = replace(dataset, frame=dataset.frame.assign(time=time))
    run = train(dataset, rng.normal(size=(240, 4)).astype(np.float32), TrainSettings(extras=("clock",)))
    assert run.scores["mean"]["auc"].value > 0.9
    assert run.lift.verdict != "helps"
    assert run.lift.without_text == pytest.approx(run.baselines["table_only"]["auc"].value)
    assert dict(run.preparation.members)["clock"] == "clock"


def test_calibration_is_no_part_of_what_the_headlines_add():
    runs = [train(*signal(), TrainSettings(calibrate=how)) for how in ("none", "isotonic")]
    plain, calibrated = (run.scores["mean"]["auc"].value for run in runs)
    assert plain != calibrated  # its steps make ties
    assert runs[0].lift == runs[1].lift


def test_returns_from_vectors_alone_are_compared_with_guessing(headlines_alone):
    lift = train(*headlines_alone, TrainSettings("regress")).lift
    assert lift.without_text == 0
    assert lift.value == lift.with_text


def test_the_table_alone_is_enough_and_has_no_lift():
    run = train(signal()[0], None, TrainSettings())
    assert "headline" not in run.preparation.groups
    assert list(run.baselines) == ["majority", "outlet_only", "tfidf_linear"]
    assert run.lift is None


def test_the_outlet_can_be_left_out():
    run = train(*signal(), TrainSettings(use_press=False))
    assert "press" not in run.preparation.groups


def test_an_outlet_never_seen_is_predicted_all_the_same():
    dataset, vectors = signal()
    run = train(dataset, vectors, TrainSettings())
    press = pd.Series(["처음신문", OUTLETS[0]], dtype="str")
    p = run.predict(Inputs(vectors[:2], dataset.features[:2], press))
    assert np.isfinite(p["mean"]).all()
    assert run.preparation.unseen(press).tolist() == [True, False]


def test_the_mean_is_the_mean_of_the_three():
    dataset, vectors = signal()
    run = train(dataset, vectors, TrainSettings())
    p = run.predict(Inputs.of(dataset, vectors).take(np.arange(9)))
    assert p["mean"] == pytest.approx((p["rf"] + p["xgb"] + p["lgbm"]) / 3)


def test_predictions_name_their_rows():
    dataset, vectors = signal()
    predictions = train(dataset, vectors, TrainSettings()).predictions
    positions, table = predictions.positions(dataset), predictions.table
    assert (dataset.frame["row"].iloc[positions].to_numpy() == table["row"]).all()
    assert (dataset.outcome("classify")[positions] == table["outcome"]).all()
    assert list(table.columns[:5]) == ["row", "session", "company", "fold", "outcome"]


def test_a_feature_that_is_the_target_is_named():
    dataset, vectors = signal()
    frame = dataset.frame.assign(**{"feature.idle": dataset.frame["target"] * 3 + 1})
    for task in ("classify", "regress"):
        warnings = train(replace(dataset, frame=frame), vectors, TrainSettings(task=task)).warnings
        named = [dict(warning.params).get("name") for warning in warnings]
        assert "idle" in named
        assert "x" not in named


def test_a_constant_feature_is_named():
    dataset, vectors = signal()
    frame = dataset.frame.assign(**{"feature.idle": 7.0})
    run = train(replace(dataset, frame=frame), vectors, TrainSettings())
    assert any("idle" in str(warning) for warning in run.warnings)


def test_the_table_of_a_run_has_the_agreed_keys():
    table = run_table(train(*signal(), TrainSettings()))
    assert list(table) == [
        "run_id",
        "task",
        "split",
        "rows",
        "distinct_headlines",
        "train_rows",
        "test_rows",
        "sessions",
        "events",
        "encoder",
        "pooling",
        "features",
        "models",
        "baselines",
        "walk_forward",
        "sealed",
        "horizon",
        "blocks",
        "effective_n",
        "seconds",
    ]
    assert set(table["models"]["mean"]["auc"]) == {"value", "low", "high"}
    assert {"split", "prepare", "tune", "fit", "rf", "xgb", "lgbm", "score"} <= set(table["seconds"])


def test_training_stops_where_the_user_cancels():
    def stop(fraction, template, **params):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        train(*signal(), TrainSettings(), stop)


def test_progress_never_falls():
    seen = []
    train(*signal(), TrainSettings(), lambda fraction, template, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.parametrize(
    ("dataset", "settings", "words"),
    [
        (make_dataset(["승"] * 40, kind="label"), {}, "one class"),
        (make_dataset(["승"] * 40 + ["패"] * 40, kind="label"), {"task": "regress"}, "labels"),
        (make_dataset(np.zeros(40), kind=""), {}, "no target"),
        (make_dataset(np.arange(40.0) - 35, np.arange(40)), {}, "class 승"),
        (make_dataset(np.resize([0.1, -0.1], 40), np.arange(40)), {}, "nothing to learn from"),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_said(dataset, settings, words):
    with pytest.raises(UserError, match=words):
        train(dataset, None, TrainSettings(**settings))


def test_vectors_of_other_rows_are_refused():
    dataset, vectors = signal()
    with pytest.raises(ValueError, match="239 vectors for 240 rows"):
        train(dataset, vectors[1:], TrainSettings())


@pytest.fixture(scope="module")
def walked():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 50)
        return train(*signal(), TrainSettings(folds=3, horizon=2))


def test_the_folds_walk_forward_before_the_holdout(walked):
    folds = walked.walk.folds
    assert len(folds) == 3
    assert all(fold.first <= fold.last for fold in folds)
    assert all(fold.last < later.first for fold, later in pairwise(folds))
    assert folds[-1].last < walked.split.cut
    assert [fold.train_rows for fold in folds] == sorted(fold.train_rows for fold in folds)


def test_no_row_of_the_holdout_is_in_a_fold(walked):
    table = walked.predictions.table
    held = set(table.loc[table["fold"] == 0, "row"])
    assert len(held) == walked.split.test_rows
    assert held.isdisjoint(table.loc[table["fold"] > 0, "row"])
    assert (walked.predictions.test.fold == 0).all()


def test_every_scored_model_can_be_looked_up_on_the_holdout(walked):
    for name in (*walked.scores, *walked.baselines):
        assert np.isfinite(walked.predictions.test[name]).all(), name
    for name in (*walked.walk.scores, *walked.walk.baselines):
        assert np.isfinite(walked.predictions.walk[name]).all(), name


def test_the_lift_is_over_walk_and_holdout_together(walked):
    table = walked.predictions.table
    assert walked.lift.sessions == table["session"].nunique() > walked.split.test_sessions


def test_what_is_held_out_does_not_touch_the_walk(walked):
    bad = train(
        *poisoned(*signal(), walked.predictions.test.positions(signal()[0])),
        TrainSettings(folds=3, horizon=2),
    )
    assert bad.walk == walked.walk


def test_events_are_scored_where_they_are_the_unit(walked):
    dataset, vectors = signal()
    run = train(dataset, vectors, TrainSettings(unit="event"))
    table = run.predictions.table
    p = table.groupby("session")["mean:승"].mean()  # one company
    y = table["outcome"].to_numpy()
    share = pd.Series(y).groupby(table["session"]).mean()
    assert run.scores["mean"]["accuracy"].value == pytest.approx(((p > 0.5) == (share > 0.5)).mean())
    assert any("disagree" in str(warning) for warning in run.warnings)


def test_the_parameters_are_tuned_before_the_first_test(monkeypatch):
    from core.train import pipeline

    seen = []

    def tune_arms(sample, headline, seconds, report, begin):
        seen.append((len(sample.y), seconds, len(sample.folds)))
        return ()

    monkeypatch.setattr(pipeline, "tune_arms", tune_arms)
    run = train(*signal(), TrainSettings(folds=2, tune_seconds=9))
    assert seen == [(run.walk.folds[0].train_rows, 9, 3)]


def test_a_walk_can_be_cancelled():
    def stop(fraction, template, **params):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        train(*signal(), TrainSettings(folds=3), stop)


def test_infinite_and_missing_numbers_are_trained_on_and_what_says_nothing_is_listed():
    rng = np.random.default_rng(0)
    x = rng.normal(size=240)
    target, wild = 0.01 * (x + rng.normal(size=240)), np.where(rng.random(240) < 0.1, np.inf, x)
    wild[:9] = float("1e400")
    useless = {"empty": np.full(240, np.nan), "flat": np.full(240, 3.0), "endless": np.full(240, -np.inf)}
    dataset = make_dataset(target, np.arange(240) // 10, {"x": wild} | useless)
    run = train(dataset, None, TrainSettings())
    listed = next(str(warning) for warning in run.warnings if "never vary" in str(warning))
    assert all(name in listed for name in ("empty", "flat", "endless"))
    assert run.preparation.groups == ("x",)
    assert np.isfinite(run.predictions.test["mean"]).all()
    assert run.scores["mean"]["auc"].value > 0.6


@pytest.mark.parametrize(
    ("task", "dataset", "words"),
    [
        ("classify", make_dataset(["승"] * 40, np.arange(40), kind="label"), "one class"),
        ("classify", make_dataset(["승"] * 39 + ["패"], np.arange(40), kind="label"), "패 has a single row"),
        ("regress", make_dataset([0.1, -0.1, 0.2], np.arange(3)), "Only 3 rows"),
        ("classify", make_dataset(np.resize([0.1, -0.1], 40), np.zeros(40, int)), "1 session"),
    ],
    ids=["one class", "a class of one row", "three rows", "one session"],
)
def test_what_is_too_little_is_said_before_training_starts(task, dataset, words, monkeypatch):
    from core.train import context

    monkeypatch.setattr(context.TrainingContext, "learn", lambda *_: pytest.fail("training started"))
    with pytest.raises(UserError, match=words):
        train(dataset, None, TrainSettings(task))


@pytest.mark.parametrize(
    "settings",
    [{}, {"split": "group"}, {"folds": 3}, {"folds": 3, "window": "rolling"}, {"split": "company"}],
    ids=str,
)
def test_a_republished_headline_is_never_in_training_and_test(settings, monkeypatch):
    from core.train import context

    dataset, vectors = signal()
    rng = np.random.default_rng(0)
    companies = np.array(["가", "나", "다", "라", "마"])[rng.integers(0, 5, 240)]
    frame = dataset.frame.assign(story=rng.integers(0, 180, 240), company=companies)
    pairs, learn = [], context.TrainingContext.learn

    def watched(self, train, *rest, **options):
        pairs.append(train)
        return learn(self, train, *rest, **options)

    monkeypatch.setattr(context.TrainingContext, "learn", watched)
    run = train(replace(dataset, frame=frame), vectors, TrainSettings(**settings))
    table, story = run.predictions.table, frame["story"].to_numpy()
    order = [*range(1, 1 + settings.get("folds", 0)), 0]
    assert len(pairs) == len(order)
    for fold, taught in zip(order, pairs, strict=True):
        tested = table.loc[table["fold"] == fold, "row"] - 1
        assert len(tested)
        assert not set(story[taught]) & set(story[tested])
    assert run.split.grouped_rows > 0 or settings.get("split") == "group"


def test_a_feature_that_is_the_targets_future_is_named():
    dataset, vectors = signal()
    target = dataset.frame["target"]
    rng = np.random.default_rng(0)
    tomorrow = target + 1e-4 * target.std() * rng.normal(size=240)  # as another vendor rounds it
    frame = dataset.frame.assign(**{"feature.idle": tomorrow})
    for task in ("classify", "regress"):
        run = train(replace(dataset, frame=frame), vectors, TrainSettings(task))
        named = [warning.params["name"] for warning in run.warnings if "name" in warning.params]
        assert named == ["idle"]


def test_folds_without_an_order_in_time_are_refused():
    dataset = make_dataset(np.arange(60) % 7 / 100, np.repeat(np.arange(20), 3))
    with pytest.raises(UserError, match="need a split by time"):
        train(dataset, None, TrainSettings("regress", "group", folds=2))


def test_the_table_alone_reads_no_vector_and_the_headline_alone_no_column():
    dataset, vectors = signal()
    table, headline = (
        train(dataset, vectors, TrainSettings(features=each, models=("lgbm",)))
        for each in ("table", "headline")
    )
    assert not table.preparation.of_headline.any()
    assert table.lift is None
    assert headline.preparation.of_headline.all()
    assert headline.preparation.features == ()
    assert set(headline.models) == {"lgbm"}
    assert "lgbm" in headline.scores
    rows = Inputs.of(dataset, vectors).take(np.arange(5))
    assert np.array_equal(table.predict(rows)["lgbm"], table.predict(rows._replace(vectors=None))["lgbm"])


def test_a_run_names_the_packages_that_made_it():
    dataset, vectors = signal()
    made = train(dataset, vectors, TrainSettings(models=("lgbm",)))
    assert {"python", "lightgbm", "numpy"} <= set(made.versions)
