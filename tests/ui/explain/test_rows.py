"""Choosing the row: the search, the order, and a link."""

import numpy as np
import pytest

from core.data.library import load_dataset
from core.train.runs import load_run
from tests.makers.apps import open_page, texts
from tests.ui.explain.test_explain import tables


def listed(app):
    """Return the table of rows."""
    return tables(app)[key_of(app)]


def key_of(app):
    return next(key for key in tables(app) if key and key.startswith("explained-rows-"))


def order(app):
    return next(control for control in app.segmented_control if control.key == "explained-order")


def search(app):
    return next(control for control in app.text_input if control.key == "explained-words")


def test_words_leave_the_rows_that_hold_them_and_the_chosen_row_first(small_lab):
    app = open_page("explain", **small_lab.link)
    before = listed(app)
    word = before["headline"].iloc[-1].split()[0]
    search(app).set_value(f" {word.upper()} ").run()
    assert not app.exception
    found = listed(app)
    assert found["row"].iloc[0] == before["row"].iloc[0]
    holding = before["headline"].str.contains(word, regex=False)
    assert set(found["row"]) == set(before["row"][holding]) | {before["row"].iloc[0]}
    assert f"n = {holding.sum()}" in texts(app)
    assert f"row {before['row'].iloc[0]}" in texts(app)


@pytest.mark.parametrize("words", ["없는말", "(", "<b>*"])
def test_without_a_match_all_rows_stay_and_it_is_said(small_lab, words):
    app = open_page("explain", **small_lab.link)
    before = listed(app)
    search(app).set_value(words).run()
    assert not app.exception
    assert f"No explained row holds “{words}”" in texts(app)
    assert listed(app)["row"].tolist() == before["row"].tolist()


@pytest.mark.slow
def test_a_row_chosen_among_the_found_ones_stays_when_the_search_is_over(small_lab):
    app = open_page("explain", **small_lab.link)
    word = listed(app)["headline"].iloc[-1].split()[-1]
    search(app).set_value(word).run()
    row = listed(app)["row"].iloc[1]
    app.session_state[key_of(app)] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    assert f"row {row}" in texts(app)
    search(app).set_value("").run()
    assert listed(app)["row"].iloc[0] == row
    assert f"row {row}" in texts(app)


@pytest.mark.slow
def test_the_order_is_kept_and_the_chosen_row_leads_every_order(small_lab):
    app = open_page("explain", **small_lab.link)
    chosen = listed(app)["row"].iloc[0]
    assert list(order(app).options) == [
        "surest",
        "misses",
        "lucky hits",
        "newest",
    ]
    order(app).set_value("misses").run()
    assert not app.exception
    found = listed(app)
    assert found["row"].iloc[0] == chosen
    happened = found["what happened"].iloc[1:] == "win"
    given = np.where(
        happened, found["probability of win"].iloc[1:], 100 - found["probability of win"].iloc[1:]
    )
    assert (np.diff(given) >= 0).all()
    order(app).set_value("newest").run()
    frame = load_dataset(small_lab.dataset).frame.set_index("row")
    assert frame["session"].loc[listed(app)["row"].iloc[1:]].is_monotonic_decreasing
    app.switch_page("pages/6_maps.py").run()
    app.switch_page("pages/5_explain.py").run()
    assert order(app).value == "newest"


def test_a_link_opens_its_row_and_the_url_carries_the_chosen_one(small_lab):
    rows = listed(open_page("explain", **small_lab.link))["row"].tolist()
    app = open_page("explain", **small_lab.link, row=str(rows[4]))
    assert not app.exception
    assert listed(app)["row"].iloc[0] == rows[4]
    assert f"row {rows[4]}" in texts(app)
    app.session_state[key_of(app)] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    app.run()
    picked = listed(app)["row"].iloc[2]
    assert app.query_params["row"] in (str(picked), [str(picked)])
    assert f"row {picked}" in texts(app)


def test_a_row_that_another_part_chooses_leads_and_is_explained(small_lab):
    app = open_page("explain", **small_lab.link)
    row = listed(app)["row"].iloc[5]
    for chosen in (row, listed(app)["row"].iloc[2]):
        app.query_params["row"] = str(chosen)
        app.run()
        assert not app.exception
        assert listed(app)["row"].iloc[0] == chosen
        assert f"row {chosen}" in texts(app)


@pytest.mark.slow
@pytest.mark.parametrize("row", ["99999", "1", "abc", "-1", "1.5"])
def test_an_unknown_row_is_said_and_the_first_is_explained(small_lab, row):
    assert 1 not in load_run(small_lab.run).predictions.test.table["row"].to_numpy()
    usual = listed(open_page("explain", **small_lab.link))["row"].tolist()
    app = open_page("explain", **small_lab.link, row=row)
    assert not app.exception
    assert f"Row {row} is not among the explained test rows" in texts(app)
    assert listed(app)["row"].tolist() == usual
    app.run()
    assert "is not among" not in texts(app)


def test_another_run_does_not_take_the_row_along():
    from streamlit.testing.v1 import AppTest

    def choose():
        import streamlit as st

        from core.ui import state

        state.choose(dataset="a", run="one", row="7")
        state.choose(run="one")
        st.text(state.chosen("row"))
        state.choose(run="two")
        st.text(state.chosen("row") or "none")

    app = AppTest.from_function(choose).run()
    assert [text.value for text in app.text] == ["7", "none"]


def test_rows_that_were_selected_on_the_map_stand_alone_until_all_are_wanted(small_lab):
    app = open_page("explain", **small_lab.link)
    every = listed(app)["row"].tolist()
    wanted = every[3:6]
    app.session_state[f"explained-only-{small_lab.run}"] = tuple(wanted)
    del app.session_state[f"explained-row-{small_lab.run}"]
    app.session_state["chosen_row"] = ""
    app.query_params.clear()
    for name, value in small_lab.link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert listed(app)["row"].tolist() == wanted
    assert "n = 3" in texts(app)
    next(button for button in app.button if button.key == "explained-all").click().run()
    assert set(listed(app)["row"]) == set(every)


def test_rows_selected_on_the_map_that_are_not_explained_are_told_to_be_so(small_lab):
    app = open_page("explain", **small_lab.link)
    every = set(listed(app)["row"])
    app.session_state[f"explained-only-{small_lab.run}"] = (10**6,)
    app.run()
    assert set(listed(app)["row"]) == every
    assert "None of the rows that were selected on the map is explained" in texts(app)
