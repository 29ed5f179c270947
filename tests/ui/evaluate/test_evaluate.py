"""The evaluate page of a run that walks forward, with its staircase and ledger, and of one that is sealed."""

import json
import math
import shutil
import threading
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.evaluate.deflation import deflated_best
from core.evaluate.leakage import STEPS, Step
from core.evaluate.leakage_text import sentence, summary
from core.evaluate.ledger import accesses, is_sealed, looks
from core.jobs import Cancelled, queue
from core.locale import translate, translate_message
from core.train import recording
from core.train.leakage import FILE, saved_staircase
from core.train.models import forest
from core.train.runs import load_run, run_folder
from core.train.splits.plan import plan_splits
from core.ui.evaluate import leakage
from core.ui.pages import PAGES
from tests.makers.apps import APP
from tests.ui.conftest import begins_itself

LANGUAGES = ("ko", "en")
OPEN = "Open it now"


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def walked(lab):
    return load_run(lab.runs["walked"])


@pytest.fixture
def closed(lab):
    return load_run(lab.runs["sealed"])


@pytest.fixture
def own(lab, tmp_path, monkeypatch):
    """A copy of the finished workspace, in which a test may train and open."""
    home = shutil.copytree(lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    monkeypatch.setattr(forest, "TREES", 25)
    return replace(lab, home=home)


def opened(run, language="en"):
    """Open the evaluate page on a run, by a link that names the run alone."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.session_state["language"] = language
    app.query_params["run"] = run.id
    app.run()
    app.switch_page(PAGES["evaluate"].file).run()
    assert not app.exception
    assert not app.error
    return app


def said(app):
    """What the page says, as a reader sees it: without Markdown's escapes."""
    elements = (*app.markdown, *app.caption, *app.info, *app.warning, *app.subheader, *app.success)
    return "\n".join(element.value for element in elements).replace("\\", "").replace("\u2060", "")


def charts(app):
    """The page's charts by their keys."""
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def labels(app, template, language="en"):
    return [button for button in app.button if button.label == translate(template, language)]


def press(app, label):
    labels(app, label)[0].click().run()
    assert not app.exception


def job_ended(app):
    """Wait for the job, and draw the page as its own clock would."""
    deadline = time.monotonic() + 300
    while queue().active():
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.02)
    app.run()
    assert not app.exception
    assert not app.error


def test_the_folds_of_a_walk_forward_are_drawn_with_every_model_and_baseline(walked, language):
    (fold,) = walked.walk.folds
    app = opened(walked, language)
    chart = charts(app)["chart-walk"]
    assert ("워크포워드" if language == "ko" else "walk-forward") in chart["layout"]["title"]["text"]
    assert len(chart["data"]) <= 4
    app.toggle(key=f"all-chart-walk-{walked.id}").set_value(True).run()
    chart = charts(app)["chart-walk"]
    assert len(chart["data"]) == len(walked.walk.scores | walked.walk.baselines)
    assert chart["data"][0]["x"] == [walked.walk.scores["rf"]["auc"].value]
    assert f"n = {fold.test_rows}" in said(app)
    assert fold.first in said(app) + chart["layout"]["title"]["text"]
    both = {"walked": fold.test_sessions, "held": walked.split.test_sessions, "tests": 2}
    measured = (
        "Measured on {walked} sessions of the walk-forward and {held} of the holdout: each of the {tests} tests is "
        "scored by itself, and these are the means."
    )
    assert translate(measured, language, both) in said(app)


def test_a_kept_staircase_is_drawn_and_every_step_is_put_into_words(walked, language):
    steps = saved_staircase(walked)
    app = opened(walked, language)
    chart = charts(app)["chart-staircase"]
    title = translate("What is left once information leaks are removed", language)
    assert title in chart["layout"]["title"]["text"].replace("<br>", " ")
    marks = next(trace for trace in chart["data"] if trace["mode"] == "markers")
    assert marks["y"] == pytest.approx([step.value for step in steps])
    assert len(marks["x"]) == len(STEPS)
    for message in (summary(steps), *map(sentence, steps)):
        assert translate_message(message, language) in said(app)
    assert not labels(app, "Draw the staircase", language)


@pytest.mark.parametrize("name", ["walked", "regress"])
def test_the_ledger_lists_every_test_access_and_takes_luck_off_the_best_score(lab, name, language):
    run = load_run(lab.runs[name])
    found = accesses(lab.dataset, run.holdout)
    deflated = deflated_best(found, {"classify": "auc", "regress": "rank_ic"}[run.task])
    app = opened(run, language)
    assert deflated.accesses == sum(entry.tests for entry in found) >= 3
    assert deflated.deflated < deflated.best
    assert translate_message(deflated.sentence(), language) in said(app)
    column = translate("time (UTC)", language)
    (table,) = [table.value for table in app.dataframe if column in table.value]
    assert table[translate("run", language)].tolist() == [entry.run_id[:6] for entry in reversed(found)]
    assert {lab.runs[key][:6] for key in ("classify", "regress", "walked")} <= set(
        table[translate("run", language)]
    )


def test_a_sealed_run_shows_its_walk_and_keeps_its_holdout_closed(closed, language):
    app = opened(closed, language)
    assert labels(app, OPEN, language)
    (lock,) = [info.value for info in app.info if info.icon == ":material/lock:"]
    assert f"{closed.split.test_rows:,}" in lock
    assert f"{closed.split.test_sessions:,}" in lock
    sessions = sum(fold.test_sessions for fold in closed.walk.folds)
    unseen = translate("{n:,} walk-forward sessions that it never saw", language, {"n": sessions})
    assert unseen in said(app)
    assert "chart-scores" in charts(app)
    assert "chart-walk" not in charts(app)
    column = translate("time (UTC)", language)
    assert not [table for table in app.dataframe if column in table.value]


def test_what_is_drawn_of_a_sealed_run_is_of_its_walk_alone(closed):
    rows = sum(fold.test_rows for fold in closed.walk.folds)
    assert rows != closed.split.test_rows
    scored = [text for text in said(opened(closed)).splitlines() if text.startswith("n = ")]
    assert len(scored) >= 5
    assert all(text.startswith(f"n = {rows} ") for text in scored)


def test_a_seal_is_opened_once_and_the_score_is_the_holdouts(own, closed, monkeypatch):
    go_on = threading.Event()
    train = recording.train_and_record

    def held(*args, **options):
        assert go_on.wait(120)
        return train(*args, **options)

    monkeypatch.setattr("core.ui.evaluate.ledger.train_and_record", held)
    app = opened(closed)
    press(app, OPEN)
    assert not labels(app, OPEN)
    assert "A training is running: the seal can be opened when it has ended." in said(app)
    go_on.set()
    job_ended(app)
    run = load_run(queue().find("train", open=closed.id).result["run"])
    assert not is_sealed(own.sealed, closed.holdout)
    assert (run.holdout, run.settings.sealed) == (closed.holdout, False)
    assert "This holdout has been tested once" in said(app)
    assert f"On {run.split.test_sessions} sessions that it never saw" in said(app)
    app = opened(closed)
    assert not labels(app, OPEN)
    assert "This holdout has been tested once" in said(app)


def without_staircase(own):
    """The run that walks forward, its staircase not drawn yet."""
    run = load_run(own.runs["walked"])
    (run_folder(run.id) / FILE).unlink()
    return run


def test_a_staircase_of_rows_that_were_not_tested_is_only_offered(own, monkeypatch):
    monkeypatch.setattr(leakage, "_refusal", begins_itself)
    run = load_run(own.runs["classify"])
    assert run.walk is None
    app = opened(run)
    assert not queue().active()
    assert labels(app, "Draw the staircase")


def test_a_staircase_comes_by_itself_once_and_counts_as_no_further_test(own, monkeypatch):
    monkeypatch.setattr(leakage, "_refusal", begins_itself)
    run = without_staircase(own)
    before = looks(plan_splits(load_dataset(own.dataset), run.settings).holdout_rows, own.dataset)
    app = opened(run)
    job_ended(app)
    steps = saved_staircase(run)
    assert "chart-staircase" in charts(app)
    assert str(summary(steps, run.looks)) in said(app)
    assert looks(plan_splits(load_dataset(own.dataset), run.settings).holdout_rows, own.dataset) == before
    assert len([job for job in queue().all() if job.kind == "staircase"]) == 1


def test_a_staircase_that_was_stopped_does_not_begin_again_by_itself(own, monkeypatch):
    monkeypatch.setattr(leakage, "_refusal", begins_itself)
    run = without_staircase(own)
    subject = {"dataset": own.dataset, "run": run.id}

    def stopped(report):
        raise Cancelled

    queue().submit("staircase", subject, stopped)
    while queue().active():
        time.sleep(0.02)
    app = opened(run)
    assert saved_staircase(run) is None
    assert not queue().active()
    press(app, "Draw the staircase")
    job_ended(app)
    assert "chart-staircase" in charts(app)


def _staircase(run_id):
    from core.data.library import load_dataset
    from core.train.runs import load_run
    from core.ui.evaluate import leakage

    run = load_run(run_id)
    data = load_dataset(run.dataset_id)
    leakage.staircase(run, data, None)
    leakage.step_by_step(run)


def drawn_with(run, steps, monkeypatch, language):
    monkeypatch.setattr("core.ui.evaluate.leakage.saved_staircase", lambda run: steps)
    app = AppTest.from_function(_staircase, kwargs={"run_id": run.id}, default_timeout=60)
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app


def undefined(step):
    nan = math.nan
    return Step.from_dict(Step(step, nan, nan, nan, nan, nan, nan, rows=9, train_rows=90).as_dict())


def test_a_staircase_of_undefined_scores_is_said_and_not_drawn(walked, monkeypatch, language):
    steps = [undefined(step) for step in STEPS]
    app = drawn_with(walked, steps, monkeypatch, language)
    assert not charts(app)
    assert said(app).count(translate_message(sentence(steps[0]), language)) == 2 + len(
        STEPS
    )  # both summaries


def test_a_staircase_of_which_a_step_is_undefined_is_drawn(walked, monkeypatch, language):
    first, *_, last = saved_staircase(walked)
    steps = [first, *(undefined(step) for step in list(STEPS)[1:3]), last]
    app = drawn_with(walked, steps, monkeypatch, language)
    assert "chart-staircase" in charts(app)
    assert said(app).count(translate_message(sentence(steps[1]), language)) == 2
