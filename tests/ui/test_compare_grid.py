import pytest

from core.compare.grid import run_grid, saved_grid
from core.compare.grid.record import FAILED, REUSED, Step, Steps
from core.errors import Message
from core.jobs import queue
from core.ui.compare import grid as page
from tests.makers.apps import open_page, texts
from tests.makers.small_grid import copied, grid_of, table


@pytest.fixture
def lab(finished_small_lab, tmp_path):
    with copied(finished_small_lab, tmp_path) as made:
        yield made


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_the_cost_stands_before_the_button(lab):
    app = open_page("compare", dataset=lab.dataset, encoder=lab.encoder)
    app.session_state["compare-section"] = "grid"
    app.run()
    app.multiselect(key="grid-encoders").set_value([]).run()
    assert "The grid has no encoders" in texts(app)
    app.multiselect(key="grid-features").set_value(["table"]).run()
    assert "New runs: 1 · headlines to embed: 0 · tests of these rows: 4" in texts(app)
    assert not app.exception


@pytest.mark.slow
def test_a_grid_is_queued_with_what_was_chosen(lab, monkeypatch):
    asked = []
    monkeypatch.setattr(page.jobs, "submit", lambda *given: asked.append(given))
    app = open_page("compare", dataset=lab.dataset)
    app.session_state["compare-section"] = "grid"
    app.run()
    app.multiselect(key="grid-features").set_value(["table"]).run()
    app.number_input(key="grid-seeds").set_value(2).run()
    press(app, "Run the grid")
    (kind, subject, work, _size) = asked[0]
    assert (kind, subject["dataset"]) == ("grid", lab.dataset)
    monkeypatch.setattr(page, "run_grid", lambda data, settings, report: run_grid(data, settings, workers=0))
    assert work(lambda *_a, **_k: None) == {"grid": saved_grid(lab.dataset).id}
    assert saved_grid(lab.dataset).settings.seeds == (0, 1)


def test_each_run_of_the_last_grid_is_shown_with_why_it_failed(lab):
    settings = grid_of(lab, features=("all", "table"))
    first, second = settings.runs()
    reason = Message("The encoder {name} is gone.", {"name": "<b>x</b>"})
    Steps(settings, lab.dataset, [Step(first, FAILED, reason=reason), Step(second, REUSED, lab.run)])
    app = open_page("compare", dataset=lab.dataset)
    app.session_state["compare-section"] = "grid"
    app.run()
    shown = next(frame.value for frame in app.dataframe if "state" in frame.value)
    assert list(shown["state"]) == ["✕ failed", "✓ there before"]
    assert shown["why not"][0] == "The encoder <b>x</b> is gone."
    assert "1 of 2 runs of this grid are there." in texts(app)
    assert "Go on with this grid" in [button.label for button in app.button]
    assert not [job for job in queue().active() if job.kind == "grid"]
    assert table(lab).id == lab.dataset
