"""A fourth model that is registered in one place is trained, saved, combined, tuned, shown and explained."""

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import silent
from core.train.features.inputs import Inputs
from core.train.leakage import staircase_of
from core.train.models import forest, tuning
from core.train.models.model import Explainable, Hyperparameter, ModelEntry, hyperparameters_of
from core.train.models.registry import MODELS, fastest, require_known
from core.train.pipeline import train
from core.train.run_record import run_table
from core.train.runs import load_run, run_folder, save_run
from core.train.settings import TrainSettings
from tests.makers.explained import explain_rows
from tests.makers.model_samples import sample
from tests.makers.train_tables import signal


class LinearModel:
    """Logistic regression of two classes, saved as an array: the smallest model that others can use."""

    entry = ModelEntry(
        key="logit",
        title="Logistic regression",
        short="LR",
        counts="columns",
        file="logit.npy",
        colour=2,
        cost=0.1,
        hyperparameters=(Hyperparameter("C", 1e-3, 1e3, log=True),),
    )
    margins = True

    def __init__(self, weights):
        self.weights, self.size = weights, len(weights) - 1

    @classmethod
    def defaults(cls, sample):
        return {"C": 1.0}

    @classmethod
    def fit(cls, sample, report):
        from sklearn.linear_model import LogisticRegression

        report(1.0, "")
        model = LogisticRegression(C=hyperparameters_of(cls, sample)["C"])
        model.fit(sample.X, sample.y, sample.row_weight)
        return cls(np.r_[model.coef_[0], model.intercept_])

    @classmethod
    def trial(cls, sample, report):
        return cls.fit(sample.take(sample.fit), report).predict(sample.X[sample.valid])

    def predict(self, X):
        p = (1 + np.tanh((X @ self.weights[:-1] + self.weights[-1]) / 2)) / 2
        return np.column_stack([1 - p, p])

    def contributions(self, X):
        return (X * self.weights[:-1])[:, :, None], self.weights[-1:]

    def to_bytes(self):
        file = io.BytesIO()
        np.save(file, self.weights, allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data, classes):
        return cls(np.load(io.BytesIO(data), allow_pickle=False))


class Unexplained(LinearModel):
    """The same, with nothing that could be explained and nothing to tune."""

    entry = ModelEntry("blind", "Blind", "B", "columns", "blind.npy", 4, 0.2)
    contributions = None

    @classmethod
    def defaults(cls, sample):
        return {}

    @classmethod
    def fit(cls, sample, report):
        report(1.0, "")
        return cls(np.zeros(sample.X.shape[1] + 1))


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


@pytest.fixture
def four(monkeypatch):
    monkeypatch.setitem(MODELS, "logit", LinearModel)


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "logit", LinearModel)
        patch.setattr(forest, "TREES", 25)
        return train(*signal(), TrainSettings(folds=1))


@pytest.fixture
def rows():
    return Inputs.of(*signal()).take(np.arange(30))


def test_it_is_trained_and_scored_in_the_json(trained):
    table = json.loads(json.dumps(run_table(trained)))
    every = ["rf", "xgb", "lgbm", "logit", "mean", "rank_mean", "stack", "fusion"]
    assert list(table["models"]) == every
    assert list(table["walk_forward"]["models"]) == [name for name in every if name != "stack"]
    assert 0.5 < table["models"]["logit"]["auc"]["value"] <= 1
    assert table["seconds"]["logit"] > 0
    assert trained.sizes["logit"] == len(trained.preparation.columns)


def test_it_is_part_of_the_mean_and_of_the_stack(trained, rows):
    p = trained.predict(rows)
    assert p["mean"] == pytest.approx((p["rf"] + p["xgb"] + p["lgbm"] + p["logit"]) / 4)
    assert trained.parts.combiners.fitted["stack"].names == ("rf", "xgb", "lgbm", "logit")


def test_it_is_saved_without_pickle_and_loaded(trained, rows, home, four):
    save_run(trained)
    saved = (run_folder(trained.id) / "logit.npy").read_bytes()
    assert saved.startswith(b"\x93NUMPY")
    again = load_run(trained.id)
    assert list(again.models) == ["rf", "xgb", "lgbm", "logit"]
    assert np.array_equal(again.predict(rows)["logit"], trained.predict(rows)["logit"])


@pytest.mark.slow
def test_a_run_that_was_saved_before_it_was_registered_still_opens(home, rows, monkeypatch):
    three = train(*signal(), TrainSettings())
    save_run(three)
    monkeypatch.setitem(MODELS, "logit", LinearModel)
    again = load_run(three.id)
    assert np.array_equal(again.predict(rows)["mean"], three.predict(rows)["mean"])


def test_its_hyperparameters_are_tuned(four, monkeypatch):
    monkeypatch.setattr(tuning, "cores", lambda: 1)
    monkeypatch.setattr(tuning, "chosen", lambda _sample: {"logit": LinearModel, "blind": Unexplained})
    ticks = iter(range(10**6))
    (found,) = tuning.tune(sample(2), 60, silent, lambda: float(next(ticks)))  # what has none is not tuned
    assert found.model == "logit"
    assert found.trials > 0
    assert tuning.parameters([found]).get("logit", {}).keys() <= {"C"}


def test_it_is_explained_with_the_others(trained, rows):
    found = explain_rows(trained, rows)
    assert list(found.values) == ["rf", "xgb", "lgbm", "logit", "mean"]
    for name in found.values:
        total = found.values[name].sum(axis=1) + found.base[name]
        assert total == pytest.approx(found.prediction[name], abs=1e-6)
    assert found.prediction["mean"] == pytest.approx(trained.predict(rows)["mean"][:, 1])


@pytest.mark.slow
def test_a_model_that_cannot_be_explained_is_left_out_of_the_explanation(rows, monkeypatch):
    monkeypatch.setitem(MODELS, "blind", Unexplained)
    run = train(*signal(), TrainSettings())
    assert not isinstance(run.models["blind"], Explainable)
    found = explain_rows(run, rows)
    assert list(found.values) == ["rf", "xgb", "lgbm", "mean"]
    assert found.values["mean"].sum(axis=1) + found.base["mean"] == pytest.approx(found.prediction["mean"])


def _pages(run_id):
    from core.train.features.inputs import Inputs
    from core.train.runs import load_run
    from core.ui import explain
    from core.ui.evaluate import scores
    from tests.makers.explained import explain_rows
    from tests.makers.train_tables import signal

    run = load_run(run_id)
    scores.score_chart(run, signal()[0])
    scores.score_table(run)
    found = explain_rows(run, Inputs.of(*signal()))
    explain.importance_chart(run, found)
    explain.member_table(run, found, 0)


def test_it_is_listed_and_drawn_in_its_colour_on_the_pages(trained, home, four):
    save_run(trained)
    app = AppTest.from_function(_pages, kwargs={"run_id": trained.id}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    app.toggle(key=f"all-chart-scores-{trained.id}").set_value(True).run()
    assert not app.exception
    title = LinearModel.entry.title
    drawn, importance = (json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart"))
    assert title in [trace["y"][0].replace("<br>", " ") for trace in drawn if trace.get("y")]
    assert {trace["name"]: trace["marker"]["color"] for trace in importance}[title] == "#228833"
    assert all(title in table.value.reset_index().to_string() for table in app.dataframe)


@pytest.mark.slow
def test_the_fastest_model_draws_the_staircase(four):
    assert fastest() is LinearModel
    dataset, vectors = signal()
    steps, _rows = staircase_of(dataset, vectors, TrainSettings())
    assert all(np.isfinite(step.value) for step in steps)


def test_every_entry_says_what_it_is():
    entries = [kind.entry for kind in MODELS.values()]
    assert list(MODELS) == [entry.key for entry in entries]
    for field in ("title", "short", "file", "colour"):
        assert len({getattr(entry, field) for entry in entries}) == len(entries), field
    assert min(entry.cost for entry in entries) == 1.0


def test_hyperparameters_of_an_unknown_model_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"svm.*rf"):
        require_known({"svm": {"C": 1.0}})
