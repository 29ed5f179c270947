"""What a selection on the map drives."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import list_datasets, load_dataset, save_dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.ledger import seal, sealed_positions
from core.evaluate.ledger_rows import Rows
from core.maps.selection import Apart
from core.train.runs import load_run
from core.ui import navigation
from core.ui.maps.selection.apart import _answer
from tests.makers.apps import open_page, texts
from tests.makers.small_lab import table_of


def _page(link, rows, chosen):
    from types import SimpleNamespace

    import numpy as np

    from core.ui import state
    from core.ui.maps.selection.panel import selected

    state.choose(**link)
    data = state.dataset()
    run = state.run(link["run"]) if link.get("run") else None
    here = SimpleNamespace(data=data)
    selected(here, run, state.vectors(data), np.array(rows, np.int64))
    chosen.append({key: state.chosen(key) for key in ("dataset", "run", "row")})


@pytest.fixture
def link(small_lab):
    return small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}


@pytest.fixture
def own(small_lab, tmp_path, monkeypatch):
    """A copy of the workspace that a test may change."""
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return home


@pytest.fixture
def gone(monkeypatch):
    """The pages that were gone to."""
    pages = []

    def go(key):
        import streamlit as st

        pages.append(key)
        st.stop()

    monkeypatch.setattr(navigation, "go", go)
    return pages


def _select(link, rows, language="en", part="rows"):
    app = AppTest.from_function(_page, args=(link, list(map(int, rows)), []), default_timeout=60)
    app.session_state["language"] = language
    app.session_state["map-selection-part"] = part
    app.run()
    assert not app.exception
    return app


def _table(app):
    (frame,) = app.dataframe
    return frame.value


def _button(app, key):
    return next(button for button in app.button if button.key == key)


def test_nothing_selected_is_one_line_on_how_to_select(link):
    app = _select(link, [])
    assert len(app.caption) == 1
    assert "lasso" in app.caption[0].value
    assert not app.dataframe


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_rows_are_counted_and_listed_by_their_numbers(link, language):
    app = _select(link, [4, 3, 50], language)
    assert app.subheader[0].value.startswith("3" if language == "en" else "")
    listed = _table(app)
    data = load_dataset(link["dataset"])
    assert listed.iloc[:, -1].tolist() == data.frame["row"].iloc[[4, 3, 50]].tolist()


def test_row_numbers_are_those_of_the_file_and_not_positions(small_lab, own, link):
    data = table_of(small_lab)
    numbers = np.random.default_rng(1).permutation(np.arange(1000, 1060))
    frame = data.frame.assign(row=numbers)
    shuffled = replace(data, id="00000000000000b1", frame=frame)
    save_dataset(shuffled)
    app = _select({**link, "dataset": shuffled.id, "run": ""}, [2, 7])
    listed = _table(app)
    assert listed["row"].tolist() == numbers[[2, 7]].tolist()
    assert listed["headline"].tolist() == [data.headlines[2], data.headlines[7]]


def test_outcome_and_prediction_stand_where_they_are_known(link):
    data, run = load_dataset(link["dataset"]), load_run(link["run"])
    tested = run.predictions.test.positions(data)
    untested = np.setdiff1d(np.arange(60), tested)[:1]
    listed = _table(_select(link, [*untested, *tested[:2]]))
    said = listed["probability of win"].tolist()
    assert np.isnan(said[0])
    expected = run.predictions.test["mean"][:2, -1] * 100
    np.testing.assert_allclose(said[1:], expected, atol=0.01)
    np.testing.assert_allclose(
        listed["what happened"], data.frame["target"].iloc[[*untested, *tested[:2]]] * 100, atol=0.01
    )


def _sealed(home, link, positions):
    data = load_dataset(link["dataset"])
    rows = Rows.of(data, positions)
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    return data


def test_a_sealed_outcome_is_neither_listed_nor_counted(own, link):
    _sealed(own, link, np.arange(48, 60))
    bare = {**link, "run": ""}
    listed = _table(_select(bare, [3, 50, 51]))
    assert listed["what happened"].isna().tolist() == [False, True, True]
    said = texts(_select(bare, [50, 51], part="apart"))
    assert "whose outcome is known" in said


def test_the_outcomes_of_the_selection_are_compared_with_the_rest(link):
    data = load_dataset(link["dataset"])
    high = np.flatnonzero(data.frame["target"] > data.frame["target"].median())
    app = _select(link, high, part="apart")
    shown = _table(app)
    assert shown.iloc[:, 0].tolist()[0] == "mean return"
    assert shown["difference"].iloc[0].startswith("+")
    assert "mean probability of “win”" in shown.iloc[:, 0].tolist()
    assert "no test" in texts(app)


def _apart(value, low, high, label=None):
    return Apart(label, 0.5 + value, 0.5, Interval(value, low, high), (40, 60))


def test_the_answer_names_the_largest_sure_difference_and_else_says_that_there_is_none():
    sure = [
        _apart(0.02, 0.01, 0.03, "긍정"),
        _apart(-0.05, -0.08, -0.02, "승"),
        _apart(0.3, -0.1, 0.7, "부정"),
    ]
    assert "share of “win”, -5.0 [-8.0, -2.0] percentage points" in _answer(sure).replace("\\", "")
    assert "does not clearly differ" in _answer(sure[2:])
    assert "Too few trading days" in _answer([_apart(0.3, np.nan, np.nan)])


def test_too_few_trading_days_are_said_to_be_too_few(link):
    said = texts(_select(link, [3, 4], part="apart"))
    assert "Too few trading days" in said
    assert "one of the two sides only" in said or "too few tested headlines" in said


def test_a_table_without_outcomes_or_a_run_is_not_compared_with_the_rest(small_lab, own, link):
    bare = replace(table_of(small_lab), id="00000000000000b2", target_kind="")
    save_dataset(bare)
    app = _select({**link, "dataset": bare.id, "run": ""}, [1, 2], part="apart")
    (parts,) = app.button_group
    assert list(parts.options) == ["the rows", "their words"]
    assert len(app.dataframe) == 1
    assert "You chose this region" not in texts(app)


def test_words_of_a_part_of_the_stories_are_said_to_be_so(link, monkeypatch):
    monkeypatch.setattr("core.maps.selection.MOST_STORIES", 20)
    app = _select(link, range(30), part="words")
    assert "stories inside" in texts(app)


def test_everything_selected_has_no_rest(link):
    said = texts(_select(link, range(60), part="apart"))
    assert "nothing to compare" in said
    assert "None" not in said
    assert "No word is clearly more frequent" in texts(_select(link, range(60), part="words"))


def test_the_contributions_of_the_selection_stand_beside_those_of_the_rest(link):
    data, run = load_dataset(link["dataset"]), load_run(link["run"])
    tested = run.predictions.test.positions(data)
    app = _select(link, tested[:4], part="moves")
    (chart,) = app.get("plotly_chart")
    assert "mean contribution" in chart.proto.spec
    assert f"n = 4 of {len(tested)}" in texts(app)


def test_rows_that_were_not_tested_are_not_explained(link):
    data, run = load_dataset(link["dataset"]), load_run(link["run"])
    untested = np.setdiff1d(np.arange(60), run.predictions.test.positions(data))
    app = _select(link, untested[:3], part="moves")
    assert "None of the selected rows" in texts(app)
    assert _button(app, "map-explain").disabled


def test_a_map_of_another_encoder_than_the_runs_is_not_explained_here(link, monkeypatch):
    monkeypatch.setattr("core.ui.state.pooling", lambda: "cls")
    monkeypatch.setattr("core.ui.state.vectors", lambda data: np.ones((len(data), 4), np.float32))
    assert "another encoder" in texts(_select(link, [55], part="moves"))


def test_without_a_run_there_is_nothing_to_explain(link):
    app = _select({**link, "run": ""}, [1, 2], part="moves")
    assert [button.key for button in app.button] == ["map-leave-out"]
    assert "selected" in texts(app) or len(app.dataframe) == 1


def test_a_table_without_these_rows_is_made_and_opened_for_training(own, link, gone):
    app = _select(link, [1, 2, 5])
    _button(app, "map-leave-out").click().run()
    assert gone == ["train"]
    made = next(entry for entry in list_datasets() if entry.id != link["dataset"])
    assert app.session_state["chosen_dataset"] == made.id
    assert app.session_state["chosen_run"] == ""
    data, kept = load_dataset(link["dataset"]), load_dataset(made.id)
    assert kept.frame["row"].tolist() == np.delete(data.frame["row"].to_numpy(), [1, 2, 5]).tolist()
    assert "without 3 rows" in made.name
    assert kept.problems[-1].rows == tuple(data.frame["row"].iloc[[1, 2, 5]])


@pytest.mark.parametrize("page", [pytest.param("data", marks=pytest.mark.slow), "train"])
def test_the_table_without_rows_opens_on_every_page_with_its_vectors(own, link, gone, page):
    app = _select(link, [1, 2, 5])
    _button(app, "map-leave-out").click().run()
    made = app.session_state["chosen_dataset"]
    app = open_page(page, dataset=made, encoder=link["encoder"], pooling="mean")
    assert not app.exception
    assert not app.error
    if page == "train":
        assert "Train the models" in [button.label for button in app.button]


def test_a_sealed_row_cannot_be_left_out(own, link, gone):
    _sealed(own, link, np.arange(48, 60))
    app = _select({**link, "run": ""}, [1, 50])
    _button(app, "map-leave-out").click().run()
    assert gone == []
    assert "sealed holdout" in app.error[0].value
    assert len(list_datasets()) == 1


def test_what_is_sealed_stays_sealed_in_the_table_without_rows(own, link, gone):
    data = _sealed(own, link, np.arange(48, 60))
    app = _select({**link, "run": ""}, [1, 2, 30])
    _button(app, "map-leave-out").click().run()
    made = load_dataset(app.session_state["chosen_dataset"])
    assert made.frame["row"].iloc[sealed_positions(made)].tolist() == data.frame["row"].iloc[48:].tolist()


def test_leaving_out_every_row_is_refused_in_a_sentence(own, link, gone):
    app = _select(link, range(60))
    _button(app, "map-leave-out").click().run()
    assert "No row would be left" in app.error[0].value
    assert gone == []


def test_explain_these_keeps_the_tested_ones_on_the_explain_page(link, gone):
    data, run = load_dataset(link["dataset"]), load_run(link["run"])
    tested = run.predictions.test.positions(data)[[1, 4, 6]]
    app = _select(link, [0, *tested])
    _button(app, "map-explain").click().run()
    assert gone == ["explain"]
    kept = app.session_state[f"explained-only-{run.id}"]
    assert set(kept) == set(data.frame["row"].iloc[tested])
