"""Runs side by side on the compare page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.makers.apps import texts


def _page(dataset, ids, unlike=False):
    from dataclasses import replace

    from core.data.library import load_dataset
    from core.train.runs import load_run
    from core.ui.compare.shown import Shown
    from core.ui.compare.side_by_side import side_by_side

    runs = [load_run(one) for one in ids]
    if unlike:
        runs.append(
            replace(runs[0], id="f" * 16, classes=(), settings=replace(runs[0].settings, task="regress"))
        )
    side_by_side(Shown(load_dataset(dataset), tuple(runs)))


def shown(dataset, ids, **kwargs):
    app = AppTest.from_function(_page, args=(dataset, ids), kwargs=kwargs, default_timeout=120)
    app.session_state["language"] = "en"
    return app.run()


def test_one_run_is_not_enough(table_lab):
    app = shown(table_lab.dataset, [table_lab.run])
    assert not app.exception
    assert "needs two runs" in app.info[0].value


@pytest.mark.slow
def test_runs_of_other_columns_stand_side_by_side(headline_lab):
    from core.train.runs import list_runs

    ids = [run.id for run in list_runs(headline_lab.dataset)]
    app = shown(headline_lab.dataset, ids)
    assert not app.exception
    differing = app.dataframe[0].value
    assert "models are given" in differing.iloc[:, 0].tolist()
    assert list(differing.columns[1:]) == ["A", "B"]
    assert app.dataframe[2].value.iloc[0, 0] == "ROC AUC"
    assert "one encoder and pooling at most" in texts(app)


@pytest.mark.slow
def test_classes_and_returns_are_not_drawn_together(table_lab):
    app = shown(table_lab.dataset, [table_lab.run], unlike=True)
    assert "different scales" in app.warning[0].value
