"""A metric that is registered in one place is scored for every model, in the JSON, and listed on the page."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.evaluate.metrics import METRICS, Metric, auc, metrics_of
from core.train.models import forest
from core.train.pipeline import train
from core.train.run_record import run_table
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal


def gini(y, p, w):
    return 2 * auc(y, p, w) - 1


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setitem(METRICS, "gini", Metric("gini", "Gini coefficient", gini, True, "classify"))
    monkeypatch.setattr(forest, "TREES", 25)
    return train(*signal(), TrainSettings(folds=1))


def test_a_registered_metric_is_scored_for_every_model_and_baseline_and_in_the_json(run):
    table = run_table(run)
    for scores in (*table["models"].values(), *table["baselines"].values()):
        assert scores["gini"]["value"] == pytest.approx(2 * scores["auc"]["value"] - 1)
        assert np.isfinite(scores["gini"]["low"])
    assert "gini" in table["walk_forward"]["models"]["mean"]


@pytest.mark.slow
def test_it_is_no_metric_of_the_other_task(run):
    assert "gini" not in [metric.name for metric in metrics_of("regress")]


def _table(run):
    from core.ui.evaluate.scores import score_table

    score_table(run)


def test_a_registered_metric_is_listed_on_the_page(run):
    app = AppTest.from_function(_table, kwargs={"run": run}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert "Gini coefficient" in app.dataframe[1].value.columns  # in the fold, behind the main ones
