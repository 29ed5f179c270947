from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.explain import Contributions
from core.jobs import Cancelled
from core.train.features.inputs import Inputs
from core.train.models.combinations import Combiners
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.explained import explain_rows
from tests.makers.train_tables import make_dataset, signal

MODELS = ["rf", "xgb", "lgbm", "mean"]


def explain(made, n=30, **options):
    run, dataset, vectors = made
    return explain_rows(run, Inputs.of(dataset, vectors).take(np.arange(n)), **options)


def assert_adds_up(made):
    for name in MODELS:
        total = made.values[name].sum(axis=1) + made.base[name]
        assert total == pytest.approx(made.prediction[name], abs=1e-4), name


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["classified", "returned"])
def test_contributions_and_base_add_up_to_the_prediction(kind, request):
    made = explain(request.getfixturevalue(kind))
    assert made.values["rf"].shape == (30, 4)
    assert_adds_up(made)


@pytest.mark.parametrize("explained", [0, 1, 2])
def test_they_add_up_for_every_one_of_three_classes(labelled, explained):
    made = explain(labelled, explained=explained)
    assert made.label == labelled[0].classes[explained]
    assert_adds_up(made)


def test_contributions_to_all_classes_cancel_out(labelled):
    total = sum(explain(labelled, explained=k).values["mean"] for k in range(3))
    assert total == pytest.approx(0, abs=1e-6)


def test_the_explained_prediction_is_the_one_of_the_last_class(classified):
    run, dataset, vectors = classified
    p = run.predict(Inputs.of(dataset, vectors).take(np.arange(30)))
    made = explain(classified)
    assert made.label == "승"
    assert made.prediction["xgb"] == pytest.approx(p["xgb"][:, 1])


def test_down_is_the_opposite_of_up(classified):
    up, down = explain(classified), explain(classified, explained=0)
    for name in MODELS:
        assert up.values[name] == pytest.approx(-down.values[name], abs=1e-6)


@pytest.mark.parametrize("kind", ["classified", "returned"])
def test_every_model_finds_the_planted_order(kind, request):
    made = explain(request.getfixturevalue(kind), n=240).importance()
    for name in MODELS:
        order = made.sort_values(name, ascending=False)["group"].tolist()
        assert order[:2] == ["x", "headline"], name


def test_a_larger_planted_feature_raises_the_probability(classified):
    run, dataset, vectors = classified
    features = dataset.features[:2].assign(x=[-2.0, 2.0])
    made = explain_rows(run, Inputs(vectors[:2], features, dataset.frame["press"][:2]))
    column = made.groups.index("x")
    for name in MODELS:
        assert made.values[name][0, column] < -0.05 < 0.05 < made.values[name][1, column], name


@pytest.mark.slow
def test_a_group_that_the_models_cannot_use_gets_nothing(few_trees):
    dataset, vectors = signal()
    still = np.zeros_like(vectors)
    made = explain((train(dataset, still, TrainSettings()), dataset, still))
    for name in MODELS:
        assert np.all(made.values[name][:, made.groups.index("headline")] == 0)


def test_a_missing_indicator_counts_for_its_feature(few_trees):
    rng = np.random.default_rng(0)
    gone = rng.random(300) < 0.5
    x = np.where(gone, np.nan, 1.0)  # whether it is missing is all that it tells
    dataset = make_dataset(
        np.where(gone, 0.01, -0.01) + 0.001 * rng.normal(size=300), np.arange(300) // 10, {"x": x}
    )
    run = train(dataset, None, TrainSettings())
    made = explain_rows(run, Inputs(None, dataset.features[:20], None))
    assert made.groups == ("x",)
    assert np.abs(made.values["mean"]).min() > 0.1


def test_signed_values_are_summed_inside_a_row_before_the_absolute_mean():
    class Opposed:
        margins = False

        def contributions(self, X):
            values = np.zeros((*X.shape, 1))
            values[:, 0], values[:, 1], values[:, 2] = 0.5, -0.5, 0.1
            return values, np.zeros(1)

        def predict(self, X):
            return np.full(len(X), 0.1)

    run, dataset, vectors = _returns_of(Opposed())
    made = explain_rows(run, Inputs(vectors, dataset.features, None)).importance()
    importance = dict(zip(made["group"], made["mean"], strict=True))
    assert importance["headline"] == pytest.approx(0)
    assert importance["x"] == pytest.approx(0.1)


def _returns_of(model):
    rng = np.random.default_rng(0)
    dataset = make_dataset(rng.normal(size=60), np.arange(60), {"x": rng.normal(size=60)})
    vectors = rng.normal(size=(60, 2)).astype(np.float32)
    run = train(dataset, vectors, TrainSettings(task="regress"))
    return (
        replace(run, parts=replace(run.parts, models={"only": model}, combiners=Combiners())),
        dataset,
        vectors,
    )


def test_importance_is_the_mean_absolute_contribution():
    values = np.array([[0.2, -0.1], [-0.4, -0.1]])
    made = Contributions(
        ("a", "b"), {"mean": values}, {"mean": 0}, {"mean": values.sum(1)}, np.arange(2), None
    )
    assert made.importance()["mean"].tolist() == pytest.approx([0.3, 0.1])


def test_a_run_without_outlet_or_features_is_explained(few_trees):
    dataset, vectors = signal()
    bare = make_dataset(dataset.frame["target"].to_numpy(), np.arange(240) // 10)
    run = train(bare, vectors, TrainSettings())
    made = explain_rows(run, Inputs(vectors[:5], pd.DataFrame(index=range(5)), None))
    assert made.groups == ("headline",)
    assert_adds_up(made)


@pytest.mark.slow
def test_the_text_features_are_one_group_whose_members_sum_to_it(worded):
    run, dataset, vectors = worded
    rows = Inputs.of(dataset, vectors).take(np.arange(20))
    made = explain_rows(run, rows)
    assert_adds_up(made)
    inside = [number for number, (group, _) in enumerate(made.members) if group == "text"]
    column = made.groups.index("text")
    for name in MODELS:
        total = made.member_values[name][:, inside].sum(axis=1)
        assert total == pytest.approx(made.values[name][:, column], abs=1e-9), name
    assert set(made.inside("text")["member"]) == {"length", "keywords", "morphemes"}
    assert made.importance()["group"][0] == "text"


def test_explaining_can_be_cancelled(classified):
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        explain(classified, report=stop)
