from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.arrays import read_arrays, write_arrays
from core.errors import UserError
from core.explain.contributions import Contributions, contributions
from core.explain.pipeline import explain_run
from core.explain.probability import probability_contributions
from core.jobs import Cancelled
from core.train.features.inputs import Inputs
from core.train.models import forest
from core.train.models.combinations import Combiners
from core.train.pipeline import train
from core.train.runs import load_run, save_run
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset, signal, three_classes

MODELS = ["rf", "xgb", "lgbm", "mean"]


@pytest.fixture(scope="module")
def few_trees():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 50)
        yield


@pytest.fixture(scope="module")
def classified(few_trees):
    dataset, vectors = signal()
    return train(dataset, vectors, TrainSettings()), dataset, vectors


@pytest.fixture(scope="module")
def returned(few_trees):
    dataset, vectors = signal()
    return train(dataset, vectors, TrainSettings(task="regress")), dataset, vectors


@pytest.fixture(scope="module")
def labelled(few_trees):
    dataset, vectors = three_classes()
    return train(dataset, vectors, TrainSettings()), dataset, vectors


def explain(made, n=30, **options):
    run, dataset, vectors = made
    return contributions(run, Inputs.of(dataset, vectors).take(np.arange(n)), **options)


def assert_adds_up(made):
    for name in MODELS:
        total = made.values[name].sum(axis=1) + made.base[name]
        assert total == pytest.approx(made.prediction[name], abs=1e-4), name


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
    made = contributions(run, Inputs(vectors[:2], features, dataset.frame["press"][:2]))
    column = made.groups.index("x")
    for name in MODELS:
        assert made.values[name][0, column] < -0.05 < 0.05 < made.values[name][1, column], name


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
    made = contributions(run, Inputs(None, dataset.features[:20], None))
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
    made = contributions(run, Inputs(vectors, dataset.features, None)).importance()
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
    made = contributions(run, Inputs(vectors[:5], pd.DataFrame(index=range(5)), None))
    assert made.groups == ("headline",)
    assert_adds_up(made)


def test_two_classes_keep_sign_and_proportion_of_the_margins():
    values, base = probability_contributions(np.array([[[2.0], [-1.0]]]), np.array([0.0]), 1)
    assert base == 0.5
    assert values[0, 0] == pytest.approx(-2 * values[0, 1])
    assert values.sum() == pytest.approx(1 / (1 + np.exp(-1)) - 0.5)


def test_margins_that_cancel_out_have_the_slope_of_the_sigmoid():
    values, _ = probability_contributions(np.array([[[1.0], [-1.0]]]), np.array([0.0]), 1)
    assert values[0].tolist() == pytest.approx([0.25, -0.25])


def test_the_softmax_of_two_classes_gives_what_the_sigmoid_gives():
    rng = np.random.default_rng(0)
    margins, base = rng.normal(size=(20, 3, 1)), np.array([0.3])
    one, _ = probability_contributions(margins, base, 1)
    two, _ = probability_contributions(np.concatenate([0 * margins, margins], axis=2), np.array([0, 0.3]), 1)
    assert two == pytest.approx(one, abs=1e-9)


def test_large_margins_still_add_up():
    rng = np.random.default_rng(0)
    margins = 4 * rng.normal(size=(50, 6, 3))
    values, base = probability_contributions(margins, np.zeros(3), 2)
    end = np.exp(margins.sum(axis=1))
    assert values.sum(axis=1) + base == pytest.approx(end[:, 2] / end.sum(axis=1), abs=1e-4)


@pytest.fixture(scope="module")
def worded(few_trees):
    dataset, vectors = signal()
    words = np.where(dataset.frame["target"] > 0, "급등", "급락")
    text = pd.Series(
        [f"삼성전자 {word}{'!' * (number % 5)}" for number, word in enumerate(words)], dtype="str"
    )
    told = replace(dataset, frame=dataset.frame.assign(headline=text))
    return train(told, vectors, TrainSettings(extras=("length", "keywords", "morphemes"))), told, vectors


def test_the_text_features_are_one_group_whose_members_sum_to_it(worded):
    run, dataset, vectors = worded
    rows = Inputs.of(dataset, vectors).take(np.arange(20))
    made = contributions(run, rows)
    assert_adds_up(made)
    inside = [number for number, (group, _) in enumerate(made.members) if group == "text"]
    column = made.groups.index("text")
    for name in MODELS:
        total = made.member_values[name][:, inside].sum(axis=1)
        assert total == pytest.approx(made.values[name][:, column], abs=1e-9), name
    assert set(made.inside("text")["member"]) == {"length", "keywords", "morphemes"}
    assert made.importance()["group"][0] == "text"


def test_kept_members_come_back(worded, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    run, dataset, vectors = worded
    save_run(run)
    first = explain_run(run, dataset, vectors)
    monkeypatch.setattr("core.explain.pipeline.contributions", None)
    again = explain_run(run, dataset, vectors)
    assert again.members == first.members
    assert again.inside("text").equals(first.inside("text"))


def test_an_explanation_kept_by_an_earlier_version_is_made_anew(saved):
    folder, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    path = next(folder.glob("explain*.npz"))
    kept = read_arrays(path)
    write_arrays(path, {name: array for name, array in kept.items() if not name.startswith("members")})
    assert explain_run(run, dataset, vectors).members == first.members


@pytest.fixture
def saved(tmp_path, monkeypatch, classified):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    run, dataset, vectors = classified
    return save_run(run), load_run(run.id), dataset, vectors


def test_the_test_rows_are_explained(saved):
    _, run, dataset, vectors = saved
    made = explain_run(run, dataset, vectors)
    assert made.rows.tolist() == run.predictions.test.positions(dataset).tolist()
    assert made.prediction["mean"] == pytest.approx(run.predictions.test["mean"][:, 1])


def test_no_more_rows_than_the_limit_are_explained_evenly(saved):
    _, run, dataset, vectors = saved
    positions = run.predictions.test.positions(dataset).tolist()
    rows = explain_run(run, dataset, vectors, limit=5).rows.tolist()
    assert len(rows) == len(set(rows)) == 5
    assert (rows[0], rows[-1]) == (positions[0], positions[-1])


def test_the_second_time_nothing_is_computed(saved, monkeypatch):
    _, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    monkeypatch.setattr("core.explain.pipeline.contributions", None)
    again = explain_run(run, dataset, vectors)
    assert again.groups == first.groups
    assert again.label == first.label
    assert again.base == first.base
    for name in MODELS:
        assert np.array_equal(again.values[name], first.values[name])
        assert np.array_equal(again.prediction[name], first.prediction[name])


def test_another_class_is_not_answered_with_the_kept_one(saved):
    _, run, dataset, vectors = saved
    up, down = (explain_run(run, dataset, vectors, explained=k) for k in (1, 0))
    assert (up.label, down.label) == ("승", "패")
    assert up.values["mean"] == pytest.approx(-down.values["mean"], abs=1e-6)


def test_a_kept_explanation_does_not_break_the_manifest(saved):
    _, run, dataset, vectors = saved
    explain_run(run, dataset, vectors)
    assert load_run(run.id).id == run.id


@pytest.mark.parametrize("damage", ["other numbers", "flipped byte", "cut off"])
def test_a_damaged_explanation_is_made_anew(saved, damage, caplog):
    folder, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    path = next(folder.glob("explain*.npz"))
    if damage == "other numbers":
        with np.load(path) as arrays:
            np.savez(path, **(dict(arrays) | {"values.rf": arrays["values.rf"] + 1}))
    elif damage == "cut off":
        path.write_bytes(path.read_bytes()[:500])
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 255
        path.write_bytes(data)
    again = explain_run(run, dataset, vectors)
    assert np.array_equal(again.values["rf"], first.values["rf"])
    assert "anew" in caplog.text


@pytest.mark.parametrize("fault", [UserError("The disk is full."), OSError(5, "input/output error")])
def test_an_explanation_that_cannot_be_kept_is_returned_all_the_same(saved, monkeypatch, caplog, fault):
    def full(path, write):
        raise fault

    monkeypatch.setattr("core.arrays.write_atomic", full)
    _, run, dataset, vectors = saved
    assert explain_run(run, dataset, vectors).label == "승"
    assert "could not be saved" in caplog.text


def test_an_unsaved_run_is_explained_and_leaves_nothing(tmp_path, monkeypatch, returned):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    assert explain_run(*returned).label is None
    assert list(tmp_path.iterdir()) == []


def test_another_dataset_is_refused(classified):
    run, dataset, vectors = classified
    with pytest.raises(ValueError, match="was trained on dataset small"):
        explain_run(run, replace(dataset, id="other"), vectors)


def test_explaining_can_be_cancelled(classified):
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        explain(classified, report=stop)
