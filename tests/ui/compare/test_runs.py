import os
import shutil
import time

import pytest

from core.compare import repeat as repeating
from core.compare import run_file
from core.compare.repeat import Repeated
from core.compare.run_file import export_run
from core.data.library import load_dataset, save_dataset
from core.jobs import queue
from core.train.run_notes import change_notes, notes_of
from core.train.runs import list_runs, load_run
from core.ui.compare import runs as page
from tests.makers.apps import open_page, texts

HOSTILE = "<b>첫</b> **굵게** $x$ ![a](http://evil.example/x.png)"


@pytest.fixture
def own_lab(small_lab, tmp_path, monkeypatch):
    """A copy of the small workspace, which a test may change."""
    home = shutil.copytree(small_lab.home, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return small_lab


def open_runs(**link):
    opened = open_page("compare", **link)
    opened.session_state["compare-section"] = "runs"
    assert not opened.run().exception
    return opened


@pytest.fixture
def app(own_lab):
    return open_runs(**own_lab.link)


def widget(found, label):
    return next(each for each in found if each.label == label)


def press(app, label):
    return widget(app.button, label).click().run()


def listed(app):
    return next(frame.value for frame in app.dataframe if "★" in frame.value)


def until_done(app, kind):
    for _ in range(300):
        if not [job for job in queue().active() if job.kind == kind]:
            return app.run()
        time.sleep(0.1)
    raise AssertionError(f"the {kind} does not end")


def test_a_run_is_named_noted_and_starred(app, own_lab):
    widget(app.text_input, "Name").set_value(HOSTILE)
    widget(app.text_area, "Note").set_value("장 마감 뒤 다시")
    press(app, "Save")
    press(app, "Star")
    notes = notes_of(own_lab.run)
    assert (notes.name, notes.note, notes.starred) == (HOSTILE, "장 마감 뒤 다시", True)
    assert listed(app)[["★", "name", "note"]].iloc[0].tolist() == ["★", HOSTILE, "장 마감 뒤 다시"]
    assert HOSTILE in texts(app)  # as it was typed: every mark of Markdown is escaped
    assert not [element.value for element in app.markdown if "![a](" in element.value]


@pytest.mark.slow
@pytest.mark.parametrize("key", ["home", "train", "evaluate"])
def test_a_name_stands_on_every_page_and_is_escaped(own_lab, key):
    change_notes(own_lab.run, name="<b>우리 실험</b>")
    opened = open_page(key, **own_lab.link)
    assert not opened.exception
    sidebar = "\n".join(element.value for element in opened.sidebar.caption)
    assert "우리 실험" in sidebar
    html = "\n".join(element.proto.body for element in opened.get("html"))
    assert "<b>우리 실험" not in sidebar + html


def test_a_note_that_another_session_changed_is_not_overwritten(app, own_lab):
    widget(app.text_area, "Note").set_value("내 메모")
    change_notes(own_lab.run, note="동료의 메모")
    press(app, "Save")
    assert notes_of(own_lab.run).note == "동료의 메모"
    assert "동료의 메모" in texts(app)
    assert widget(app.text_area, "Note").value == "내 메모"
    press(app, "Save")
    assert notes_of(own_lab.run).note == "내 메모"


def test_a_run_that_is_archived_leaves_the_lists_and_is_not_opened_by_itself(app, own_lab):
    press(app, "Archive")
    assert list_runs(own_lab.dataset) == []
    assert [run.id for run in list_runs(own_lab.dataset, archived=True)] == [own_lab.run]
    fresh = open_runs(dataset=own_lab.dataset)
    assert not [frame for frame in fresh.dataframe if "★" in frame.value]
    widget(fresh.checkbox, "Show archived runs (1)").check().run()
    assert listed(fresh)["archived"].tolist() == ["✓"]
    press(fresh, "Take out of the archive")
    assert [run.id for run in list_runs(own_lab.dataset)] == [own_lab.run]


@pytest.mark.slow
def test_an_archived_run_is_not_the_newest_run(own_lab):
    change_notes(own_lab.run, archived=True)
    opened = open_page("evaluate", dataset=own_lab.dataset)
    assert "chosen_run" not in opened.session_state or not opened.session_state["chosen_run"]


def test_a_run_is_deleted_with_its_notes(app, own_lab):
    change_notes(own_lab.run, name="지울 실험")
    press(app, "Delete it")
    assert list_runs(own_lab.dataset, archived=True) == []
    assert notes_of(own_lab.run).name == ""
    assert not app.exception


def test_a_repeat_says_what_came_of_it(app, own_lab, monkeypatch):
    monkeypatch.setattr(page, "repeat", lambda *_: Repeated(own_lab.run, 7, 0.0, 0.0))
    press(app, "Repeat")
    until_done(app, "repeat")
    assert "all 7 numbers are the same, to the last bit" in texts(app)


def test_a_repeat_that_differs_is_a_warning(app, own_lab, monkeypatch):
    packages = (("xgboost", "3.1.0", "3.2.0"),)
    monkeypatch.setattr(page, "repeat", lambda *_: Repeated(own_lab.run, 7, 0.02, 0.1, packages))
    press(app, "Repeat")
    until_done(app, "repeat")
    assert any("not the same" in element.value for element in app.warning)
    assert "xgboost 3.1.0 → 3.2.0" in texts(app)


def test_a_repeat_without_vectors_says_what_is_missing(own_lab):
    shutil.rmtree(os.path.join(os.environ["HEADLINE_LAB_HOME"], "vectors"))
    from core.ui import state

    state._vectors.clear()
    opened = open_runs(**own_lab.link)
    assert "embed the headlines with the run's encoder" in texts(opened)
    assert not [button for button in opened.button if button.label == "Repeat"]


def test_the_page_says_what_a_file_holds(app, own_lab):
    assert "no headline, date, company, outcome or feature value" in texts(app)
    widget(app.checkbox, "With the data: the table with its headlines and outcomes").check().run()
    assert "whoever has it can read the headlines" in texts(app)


def test_a_run_comes_back_from_a_file(own_lab, tmp_path, monkeypatch):
    monkeypatch.setattr(run_file, "require_sound", lambda *_: None)  # tests/compare has that
    content, data = export_run(own_lab.run), load_dataset(own_lab.dataset)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "other"))
    save_dataset(data)
    opened = open_runs(dataset=data.id)
    opened.file_uploader(key="import-run").upload("run $x$.zip", content, "application/zip").run()
    opened.button(key="import-it").click().run()
    until_done(opened, "import")
    assert "was imported, and its test was counted" in texts(opened)
    assert load_run(own_lab.run).predictions.outcome.size
    assert opened.session_state["chosen_run"] == own_lab.run


def test_a_run_with_its_data_comes_into_an_empty_workspace(own_lab, tmp_path, monkeypatch):
    monkeypatch.setattr(run_file, "require_sound", lambda *_: None)
    content = export_run(own_lab.run, with_data=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "empty"))
    opened = open_page("compare")
    assert "No table is chosen yet" in texts(opened)
    opened.file_uploader(key="import-run").upload("run.zip", content, "application/zip").run()
    opened.button(key="import-it").click().run()
    until_done(opened, "import")
    assert (opened.session_state["chosen_dataset"], opened.session_state["chosen_run"]) == (
        own_lab.dataset,
        own_lab.run,
    )
    assert opened.get("segmented_control") or opened.button_group, "the table's board is drawn"


def test_a_file_that_is_no_run_is_refused_on_the_page(app, own_lab):
    app.file_uploader(key="import-run").upload("x.zip", b"no archive", "application/zip").run()
    app.button(key="import-it").click().run()
    until_done(app, "import")
    assert any("no ZIP file" in element.value for element in app.error)
    assert not app.exception


def test_mlflow_is_offered_only_where_a_server_is_named(app, own_lab, monkeypatch):
    assert "Send to MLflow" not in [button.label for button in app.button]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr(page, "mirror", lambda run: "sent")
    app.run()
    said = texts(press(app, "Send to MLflow"))  # it may have ended by then
    assert "MLflow: done" in said + texts(until_done(app, "mirror"))


def test_the_tolerance_is_the_one_that_is_said():
    assert Repeated("r", 1, repeating.TOLERANCE, 0.0).same
    assert not Repeated("r", 1, 2 * repeating.TOLERANCE, 0.0).same
