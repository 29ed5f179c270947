"""The settings of a training: what is offered first, and what is not offered at all."""

import re
import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import queue
from tests.makers.apps import open_page


def _form(horizon):
    from dataclasses import replace

    from core.data.plan import Plan, TargetRule
    from core.ui.train.form import settings_form
    from tests.makers.train_tables import signal

    data = signal()[0]
    settings_form(replace(data, plan=Plan(data.roles, target=TargetRule(horizon=horizon))))


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [1, 5])
def test_the_horizon_begins_at_that_of_the_table_and_goes_no_lower(home, horizon):
    app = AppTest.from_function(_form, kwargs={"horizon": horizon}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert not app.error
    box = next(box for box in app.number_input if box.label == "Horizon (sessions)")
    assert (box.value, box.min) == (horizon, horizon)


@pytest.mark.slow
def test_the_choices_outlast_a_training_that_ends_without_a_run(small_lab):
    app = open_page("train", "en", **small_lab.link, encoder=small_lab.encoder)
    labelled(app.number_input, "Walk-forward folds").set_value(1).run()
    labelled(app.checkbox, "Seal the holdout").check().run()
    end = threading.Event()
    job = queue().submit("train", {"dataset": small_lab.dataset}, lambda report: {"over": end.wait(60)})
    app.run()
    assert labelled(app.button, "Train the models").disabled
    end.set()
    while queue().get(job.id).active:
        time.sleep(0.05)
    app.run()
    assert not app.exception
    assert labelled(app.checkbox, "Seal the holdout").value
    assert not labelled(app.button, "Train the models").disabled


def _undated():
    import numpy as np

    from core.ui.train.form import settings_form
    from tests.makers.train_tables import make_dataset

    settings_form(make_dataset(np.tile([0.01, -0.01], 20)))


def test_controls_of_columns_that_the_table_lacks_are_absent(home):
    app = AppTest.from_function(_undated, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert not app.error
    shown = {
        element.label
        for kind in ("number_input", "radio", "checkbox", "selectbox")
        for element in app.get(kind)
    }
    assert "Test" in shown
    assert not shown & {
        "Walk-forward folds",
        "Horizon (sessions)",
        "Embargo (sessions)",
        "Each fold learns from",
        "Seal the holdout",
        "What is scored",
        "In training",
        "Let the models see the press outlet",
        "Press outlets kept separate",
        "Clip features at each tail (%)",
    }
    (split,) = (box for box in app.selectbox if box.label == "Test")
    assert split.options[0] == "by story: near-duplicates stay on one side"
    assert "learn from some stories" in app.subheader[0].value
    assert any("A column of dates" in markdown.value for markdown in app.markdown)


@pytest.mark.slow
def test_the_rows_of_the_cards_add_up_to_the_table(small_lab):
    app = open_page("train", "en", **small_lab.link, encoder=small_lab.encoder)
    (shown,) = (html.proto.body for html in app.get("html") if "Rows in neither" in html.proto.body)
    counts = [int(number) for number in re.findall(r"<b>(\d+)</b>", shown)[:3]]
    assert sum(counts) == 60
    table = next(table.value for table in app.dataframe if "verdict" in table.value)
    assert table.columns[0] == "verdict"
    assert table["verdict"].str.match("[✓?–] ").all()


def labelled(elements, label):
    """Return the element of this label."""
    return next(element for element in elements if element.label == label)
