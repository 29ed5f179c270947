from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from train_tables import OUTLETS, make_dataset, signal, three_classes

from core.errors import UserError
from core.jobs import Cancelled
from core.train import forest
from core.train.metrics import METRICS
from core.train.pipeline import train
from core.train.run import run_table
from core.train.settings import TrainSettings


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
    bad = train(*poisoned(dataset, vectors, clean.predictions["position"].to_numpy()), settings)
    for name, array in clean.preparation.to_arrays().items():
        assert np.array_equal(array, bad.preparation.to_arrays()[name]), name
    probe = (vectors[:30], dataset.features[:30], dataset.frame["press"][:30])
    before, after = clean.predict(*probe), bad.predict(*probe)
    for name, prediction in before.items():
        assert np.array_equal(prediction, after[name]), name


def test_nothing_is_fitted_on_purged_rows():
    dataset, vectors = signal()
    settings = TrainSettings(horizon=3)
    clean = train(dataset, vectors, settings)
    test = clean.predictions["session"].min()
    sessions = dataset.frame["session"]
    purged = np.flatnonzero((sessions < test) & (sessions >= sorted(sessions[sessions < test].unique())[-3]))
    assert len(purged) == clean.split.purged_rows > 0
    bad = train(*poisoned(dataset, vectors, purged), settings)
    assert clean.predictions["mean:승"].equals(bad.predictions["mean:승"])


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
    assert first.predictions.equals(again.predictions)
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
    assert list(run.scores) == ["rf", "xgb", "lgbm", "mean"]
    assert list(run.baselines) == ["average", "table_only"]
    assert list(run.scores["rf"]) == [metric.name for metric in METRICS["regress"]]
    assert run.scores["mean"]["rank_ic"].low > 0.3
    assert run.test_predictions("mean").shape == (run.split.test_rows,)


def test_three_classes_are_predicted():
    dataset, vectors = three_classes()
    run = train(dataset, vectors, TrainSettings())
    p = run.test_predictions("mean")
    assert set(run.classes) == {"부정", "중립", "긍정"}
    assert p.shape == (run.split.test_rows, 3)
    assert p.sum(axis=1) == pytest.approx(1)
    assert run.scores["mean"]["auc"].value > 0.8


def test_vectors_alone_are_enough_and_have_no_table_to_compare_with():
    dataset, vectors = signal()
    dataset = make_dataset(dataset.frame["target"].to_numpy(), np.sort(np.arange(240) % 24))
    run = train(dataset, vectors, TrainSettings())
    assert run.preparation.groups == ("headline",)
    assert list(run.baselines) == ["majority"]


def test_the_table_alone_is_enough():
    run = train(signal()[0], None, TrainSettings())
    assert "headline" not in run.preparation.groups
    assert list(run.baselines) == ["majority"]


def test_the_outlet_can_be_left_out():
    run = train(*signal(), TrainSettings(use_press=False))
    assert "press" not in run.preparation.groups


def test_an_outlet_never_seen_is_predicted_all_the_same():
    dataset, vectors = signal()
    run = train(dataset, vectors, TrainSettings())
    press = pd.Series(["처음신문", OUTLETS[0]], dtype="str")
    p = run.predict(vectors[:2], dataset.features[:2], press)
    assert np.isfinite(p["mean"]).all()
    assert run.preparation.unseen(press).tolist() == [True, False]


def test_the_mean_is_the_mean_of_the_three():
    dataset, vectors = signal()
    run = train(dataset, vectors, TrainSettings())
    p = run.predict(vectors[:9], dataset.features[:9], dataset.frame["press"][:9])
    assert p["mean"] == pytest.approx((p["rf"] + p["xgb"] + p["lgbm"]) / 3)


def test_predictions_name_their_rows():
    dataset, vectors = signal()
    table = train(dataset, vectors, TrainSettings()).predictions
    assert (dataset.frame["row"].iloc[table["position"]].to_numpy() == table["row"]).all()
    assert (dataset.outcome("classify")[table["position"]] == table["actual"]).all()


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
        "models",
        "baselines",
        "seconds",
    ]
    assert set(table["models"]["mean"]["auc"]) == {"value", "low", "high"}
    assert {"rf", "xgb", "lgbm", "baselines", "score"} <= set(table["seconds"])


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
