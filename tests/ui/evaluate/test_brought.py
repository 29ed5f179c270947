"""Predictions that were made elsewhere, on the evaluate page: brought, judged, opened again by their address."""

import shutil
import time

import numpy as np
import pandas as pd
import pytest

from core.data.library import load_dataset, save_dataset
from core.evaluate import ledger
from core.evaluate.foreign import ForeignSettings
from core.evaluate.ledger_rows import Rows
from core.jobs import queue
from core.train.foreign import judge_and_record
from core.train.models import forest
from tests.makers.apps import open_page, texts
from tests.makers.foreign_predictions import as_file, small

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(forest, "TREES", 25)
    made, _score = small()
    save_dataset(made)
    return made


def judged(data, task="classify"):
    _data, score = small()
    p = 1 / (1 + np.exp(-score)) if task == "classify" else 0.01 * score
    table = as_file(row=data.frame["row"], good=p, stars=np.digitize(score, [-1, 0, 1]) + 1)
    return judge_and_record(table, "mine.csv", data, ForeignSettings(task, trained_until="2024-01-05"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("task", ["classify", "regress"])
def test_a_judgement_is_opened_by_its_address_without_a_run(data, task, language):
    made = judged(data, task)
    app = open_page("evaluate", language, dataset=data.id, evaluation=made.id)
    assert not app.exception
    assert not app.error
    said = texts(app)
    assert "mine.csv" in said
    if language == "en":
        assert "good knows more than the table" in app.subheader[0].value
        assert "rows in the training period" in said
    app.segmented_control(key=f"judged-model-{made.id}").set_value("stars").run()
    assert not app.exception
    if language == "en":
        assert "stars" in app.subheader[0].value


def test_a_page_without_a_run_offers_to_bring_predictions_and_lists_those_judged(data):
    made = judged(data)
    app = open_page("evaluate", dataset=data.id)
    assert not app.exception
    assert app.selectbox(key="evaluation-list").value == made.id
    app.button(key="evaluation-open").click().run()
    assert app.query_params["evaluation"] == made.id
    assert "good knows more" in app.subheader[0].value
    next(button for button in app.button if button.label == "Back to the runs").click().run()
    assert "evaluation" not in app.query_params


def test_a_file_is_understood_judged_and_shown(data):
    _data, score = small()
    content = pd.DataFrame({"row": data.frame["row"], "mine": score}).to_csv(index=False).encode()
    app = open_page("evaluate", dataset=data.id)
    app.file_uploader(key="predictions-file").upload("mine.csv", content, "text/csv").run()
    assert not app.exception
    assert app.multiselect[0].value == ["mine"]
    next(button for button in app.button if button.label == "Judge these predictions").click().run()
    while queue().active():
        time.sleep(0.02)
    app.run()
    assert not app.exception
    assert "mine" in app.subheader[0].value
    assert not app.error


def test_a_file_that_is_no_table_is_said_in_a_sentence(data):
    app = open_page("evaluate", dataset=data.id)
    app.file_uploader(key="predictions-file").upload("mine.csv", b"", "text/csv").run()
    assert not app.exception
    assert len(app.error) == 1


def test_a_link_to_a_judgement_opens_it_though_the_table_has_a_run(small_lab, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(shutil.copytree(small_lab.home, tmp_path / "home")))
    table = load_dataset(small_lab.dataset)
    predictions = as_file(row=table.frame["row"], mine=np.linspace(0, 1, len(table)))
    made = judge_and_record(predictions, "mine.csv", table, ForeignSettings("classify"))
    app = open_page("evaluate", dataset=small_lab.dataset, evaluation=made.id)
    assert not app.exception
    assert "mine.csv" in texts(app)
    assert app.query_params["evaluation"] == made.id


@pytest.mark.parametrize("evaluation", ["../../etc", "ffffffffffffffff"])
def test_a_link_to_a_judgement_that_is_gone_says_so(data, evaluation):
    app = open_page("evaluate", dataset=data.id, evaluation=evaluation)
    assert not app.exception
    assert "no evaluation" in texts(app)


def test_predictions_of_sealed_rows_are_refused_before_they_are_queued(data):
    _data, score = small()
    ledger.seal(data.id, "sealing", Rows.of(data, np.arange(200, 240)), Rows.of(data, np.arange(100, 200)))
    content = pd.DataFrame({"row": data.frame["row"], "mine": score}).to_csv(index=False).encode()
    app = open_page("evaluate", dataset=data.id)
    app.file_uploader(key="predictions-file").upload("mine.csv", content, "text/csv").run()
    next(button for button in app.button if button.label == "Judge these predictions").click().run()
    assert not app.exception
    assert [
        job for job in queue().all() if job.kind == "judge" and job.subject.get("dataset") == data.id
    ] == []
    assert ["lie in a holdout that is sealed" in error.value for error in app.error] == [True]
