"""The home page: what a reader finds on a fresh install, after a training, and where something is wrong."""

import json
import shutil

import pytest

from core.evaluate.metrics import METRICS, shown
from core.train import prepared
from core.train.prepared import put_prepared, shipped_run, shipped_staircase
from core.train.runs import list_runs
from core.ui.pages import PAGES
from tests.makers.apps import links, open_page, texts


def drawn(app):
    """Return the HTML of a page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()


@pytest.fixture
def own_copy(small_lab, tmp_path, monkeypatch):
    """A copy of the small workspace that a test may change."""
    shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_fresh_install_shows_the_result_of_the_sample(home, language):
    app = open_page("home", language)
    assert not app.exception
    run, steps = shipped_run(), shipped_staircase()
    page = drawn(app)
    assert shown(METRICS[run.lift.metric], run.lift.value, difference=True) in page
    assert all(shown(METRICS["auc"], step.value) in page for step in steps)
    assert list_runs() == []  # nothing is counted by looking at the home page
    assert not (home / "ledger").exists()


@pytest.mark.slow
def test_the_sample_opens_before_its_verdict(home):
    app = open_page("home", "en")
    press(app, "Try the synthetic sample")
    assert not app.exception
    assert app.title[0].value == PAGES["evaluate"].question
    assert app.query_params["run"] == shipped_run().id
    assert "Train it yourself" in [button.label for button in app.button]
    press(app, "Train it yourself")
    assert app.title[0].value == PAGES["train"].question
    assert not app.exception
    assert "Train the models" in [button.label for button in app.button]


@pytest.mark.parametrize(
    "page", ["data", "embed", *(pytest.param(page, marks=pytest.mark.slow) for page in ("explain", "maps"))]
)
def test_the_other_pages_stand_on_the_prepared_run_without_an_encoder(home, monkeypatch, page):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home.parent / "fresh"))
    run = put_prepared("Sample")
    app = open_page(page, "en", dataset=run.dataset_id, run=run.id)
    assert not app.exception
    assert not app.error
    assert "have no vectors yet" not in texts(app)


def test_a_run_of_ones_own_is_not_marked(small_lab):
    app = open_page("evaluate", **small_lab.link)
    assert "Train it yourself" not in [button.label for button in app.button]


def test_where_nothing_is_shipped_the_sample_is_read(home, tmp_path, monkeypatch):
    monkeypatch.setattr(prepared, "prepared_folder", lambda: tmp_path / "nothing")
    app = open_page("home", "en")
    assert not app.exception
    press(app, "Try the synthetic sample")
    assert not app.exception
    assert app.title[0].value == PAGES["data"].question
    assert "cannot be read" in texts(app)


def test_a_result_is_a_card_that_opens_it(small_lab):
    app = open_page("home", "en")
    run = list_runs()[0]
    assert links(app).count("Open this result") == 1
    opening = next(link.proto for link in app.get("page_link") if link.proto.label == "Open this result")
    assert f"run={run.id}" in opening.query_string
    assert "the result of the sample" not in drawn(app)
    assert run.dataset_name in drawn(app)


def test_at_most_six_results_are_shown_the_newest_first(own_copy):
    folder = next((own_copy / "runs").iterdir())
    for number in range(8):
        other = own_copy / "runs" / f"{number}{folder.name[1:]}"
        if other != folder:
            shutil.copytree(folder, other)
        record = json.loads((other / "run.json").read_text())
        record |= {"id": other.name, "created": f"2030-01-0{number + 1}T00:00:00+00:00"}
        (other / "run.json").write_text(json.dumps(record))
    app = open_page("home", "en")
    opened = [link.proto for link in app.get("page_link") if link.proto.label == "Open this result"]
    assert len(opened) == 6
    assert f"run=7{folder.name[1:]}" in opened[0].query_string


def test_a_result_whose_table_was_deleted_says_so(own_copy, small_lab):
    shutil.rmtree(own_copy / "datasets" / small_lab.dataset)
    app = open_page("home", "en")
    assert not app.exception
    assert "no longer in the library" in texts(app)
    assert "Open this result" not in links(app)


def test_a_result_that_cannot_be_read_is_left_out(own_copy):
    (next((own_copy / "runs").iterdir()) / "run.json").write_text("{")
    app = open_page("home", "en")
    assert not app.exception
    assert "Open this result" not in links(app)


def test_a_run_that_was_not_compared_shows_its_score(own_copy):
    path = next((own_copy / "runs").iterdir()) / "run.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"lift": None}))
    app = open_page("home", "en")
    assert not app.exception
    assert "Whether the models beat chance cannot be told" in drawn(app)
    assert f"{record['scores']['mean']['auc']['value']:.3f}" in drawn(app)


def test_names_are_shown_as_they_are(own_copy):
    path = next((own_copy / "runs").iterdir()) / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"dataset_name": "<b>x</b>"}))
    assert "&lt;b&gt;x&lt;/b&gt;" in drawn(open_page("home", "en"))
