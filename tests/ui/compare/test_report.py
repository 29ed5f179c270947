"""The report on the compare page: chosen, made as a job, looked at, saved."""

from __future__ import annotations

import shutil
import time

import pytest
from streamlit.testing.v1 import AppTest

from core.compare.report import saved_report
from core.jobs import queue


@pytest.fixture
def own_home(small_lab, tmp_path, monkeypatch):
    """A copy of the small workspace, in which a report may be made."""
    home = shutil.copytree(small_lab.home, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return small_lab


def draw(dataset, run="", language="en"):
    def page(dataset, run):
        import streamlit as st

        from core.data.library import load_dataset
        from core.train.runs import list_runs
        from core.ui import jobs, state
        from core.ui.compare.report import report
        from core.ui.compare.shown import Shown

        if run:
            st.session_state["chosen_run"] = run
        jobs.collect()
        state.choose(dataset=dataset)
        report(Shown(load_dataset(dataset), tuple(list_runs(dataset)) if run else ()))

    app = AppTest.from_function(page, default_timeout=60, kwargs={"dataset": dataset, "run": run})
    app.session_state["language"] = language
    return app.run()


def test_without_a_run_it_says_what_is_needed(small_lab):
    app = draw(small_lab.dataset)
    assert not app.exception
    assert "train one" in app.info[0].value
    assert not app.button


def test_a_report_is_made_as_a_job_and_then_shown_and_offered(own_home):
    app = draw(own_home.dataset, own_home.run)
    assert not app.exception
    assert any("No report" in caption.value for caption in app.caption)
    app.button(key="make-report").click().run()
    assert not app.exception
    for _ in range(600):
        if not queue().active():
            break
        time.sleep(0.1)
    assert saved_report(own_home.run, "ko") is not None
    app.run()
    assert not app.exception
    assert len(app.get("download_button")) == 4
    frame = app.get("iframe")[0].proto
    assert 'sandbox=""' in frame.srcdoc
    assert "&lt;!doctype html&gt;" in frame.srcdoc
    assert app.button(key="make-report").label == "Make the report again"
