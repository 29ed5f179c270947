"""The flip test on the page: offered, made, and what it says."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.embed import vectors_if_stored
from core.jobs import queue
from core.predict.finance_words.flip_test import flip_test
from core.train.runs import load_run, run_folder
from tests.makers.apps import texts
from tests.makers.flipped_lab import make_flipped_lab, use


def page():
    from core.ui.guards import need
    from core.ui.pages import PAGES
    from core.ui.predict.flip_test import flip_score

    flip_score(need(PAGES["predict"]))


def opened(link, language="en"):
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state["language"] = language
    for name, value in link.items():
        app.session_state[f"chosen_{name}"] = value
    return app.run()


@pytest.fixture(scope="module")
def made_lab(finished_small_lab, tmp_path_factory):
    lab = make_flipped_lab(finished_small_lab, tmp_path_factory.mktemp("flipped"))
    with pytest.MonkeyPatch.context() as patch:
        use(lab, patch)
        data = load_dataset(lab.dataset)
        flip_test(load_run(lab.run), data, vectors_if_stored(data.headlines, lab.encoder, "mean"), refits=4)
    return lab


@pytest.fixture
def flipped_lab(made_lab, monkeypatch):
    use(made_lab, monkeypatch)
    return made_lab


@pytest.mark.slow
def test_a_verdict_a_chart_of_models_and_the_words(flipped_lab):
    app = opened(flipped_lab.link)
    assert not app.exception
    assert "The models read these words" in app.success[0].value
    assert [chart.key for chart in app.get("plotly_chart")] == [f"chart-flips-{flipped_lab.run}"]
    words = app.dataframe[0].value
    assert words["words"].tolist() == ["급등 ↔ 급락"]
    assert words["read"].tolist() == ["✓"]


@pytest.mark.slow
def test_it_is_offered_with_what_it_takes_and_made_as_a_job(small_lab):
    app = opened(small_lab.link)
    assert not app.exception
    assert "can be turned round" in texts(app)
    assert app.button("flip-test").label == "Turn them round"
    assert not (run_folder(small_lab.run) / "flips.npz").exists()


@pytest.mark.slow
def test_pressing_the_button_begins_the_job(flipped_lab, monkeypatch):
    file = run_folder(flipped_lab.run) / "flips.npz"
    kept = file.read_bytes()
    file.unlink()
    begun = []
    monkeypatch.setattr(type(queue()), "submit", lambda self, *given: begun.append(given) or queue_job(given))
    try:
        opened(flipped_lab.link).button("flip-test").click().run()
    finally:
        file.write_bytes(kept)
    assert begun[0][:2] == ("flips", flipped_lab.link)


def queue_job(given):
    from core.jobs import Job

    return Job(f"{np.random.default_rng(0).integers(16**12):012x}", given[0], given[1])
