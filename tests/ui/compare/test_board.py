import shutil

import pytest

from tests.makers.apps import open_page, texts


def test_one_run_is_a_board_that_says_how_far_it_can_be_believed(small_lab):
    app = open_page("compare", dataset=small_lab.dataset)
    assert not app.exception
    assert "The test is too short for a verdict" in texts(app)
    assert "Next: bring a longer period" in texts(app)
    assert app.button(key="time-runs")


def test_without_a_run_the_page_says_how_to_begin(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "copy")
    shutil.rmtree(home / "runs")
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    app = open_page("compare", dataset=small_lab.dataset)
    assert not app.exception
    assert "This table has no run yet" in texts(app)


@pytest.mark.parametrize(
    ("section", "said"), [("pairs", "Cannot tell whether"), ("disagreement", "differ most")]
)
def test_two_candidates_are_compared_below(small_lab, section, said):
    app = open_page("compare", dataset=small_lab.dataset)
    app.session_state["compare-section"] = section
    app.run()
    assert not app.exception
    assert said in texts(app)


def test_two_candidates_of_one_run_share_the_words_of_a_headline(small_lab):
    app = open_page("compare", dataset=small_lab.dataset)
    app.session_state["compare-section"] = "disagreement"
    app.run()
    key = next(frame.key for frame in app.dataframe if frame.key and "disagreement" in frame.key)
    app.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    said = texts(app)
    assert said.count("Which words?") == 1
    assert "A: " in said
    assert "B: " in said
