"""The words of many headlines on the page: the offer, the answer, and a word that looks like markup."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.explain import word_ranking
from core.explain.global_words import Vocabulary
from core.train.runs import load_run
from core.ui import jobs
from tests.makers.apps import texts


def _drawn(link, chosen=-1, made=None, headline=True):
    from dataclasses import replace

    import pytest

    from core.data.library import load_dataset
    from core.embed import embed
    from core.explain import explain_run
    from core.train.runs import load_run
    from core.ui.explain import vocabulary as page

    run, data = load_run(link["run"]), load_dataset(link["dataset"])
    vectors = embed(data.headlines, run.settings.encoder, run.settings.pooling).vectors
    found = explain_run(run, data, vectors, explained=chosen)
    if not headline:
        found = replace(found, groups=("feature.a",) * len(found.groups))
    with pytest.MonkeyPatch.context() as patch:
        if made is not None:
            patch.setattr(page, "saved_words", lambda *asked: made)
        page.vocabulary(run, data, found, chosen)


def draw(link, language="en", **asked):
    app = AppTest.from_function(_drawn, kwargs={"link": link, **asked}, default_timeout=60)
    app.session_state["language"] = language
    return app.run()


@pytest.fixture(autouse=True)
def three_sessions_are_enough(monkeypatch):
    """The small runs are tested on four sessions."""
    monkeypatch.setattr(word_ranking, "FEWEST", 3)


def words_of_run(link, names):
    """Return a vocabulary in which every name stands in every tested row, the first moving up, the others down."""
    run, data = load_run(link["run"]), load_dataset(link["dataset"])
    rows = run.predictions.test.positions(data)
    word = np.repeat(np.arange(len(names)), len(rows))
    row = np.tile(rows, len(names))
    rng = np.random.default_rng(0)
    value = np.where(word == 0, 0.02, -0.01) + 0.002 * rng.normal(size=len(word))
    return Vocabulary(np.array(names), word, row, value, rows, rows, word[::2], row[::2])


def few(made):
    return Vocabulary(**{**vars(made), "word": made.word[:1], "row": made.row[:1], "value": made.value[:1]})


def test_nothing_read_yet_offers_the_job_and_says_how_long(small_lab, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "submit", lambda kind, subject, *more: asked.append((kind, subject, more)))
    app = draw(small_lab.link)
    assert not app.exception
    assert "This takes about" in texts(app)
    app.button(key="read-words").click().run()
    ((kind, subject, _more),) = asked
    assert (kind, subject["run"], subject["label"]) == ("words", small_lab.run, "-1")
    assert kind in jobs.NAMES


def test_a_word_that_looks_like_markup_stays_text_and_its_headlines_are_listed(small_lab):
    made = words_of_run(small_lab.link, ["<b>x</b>", "$y$", "실적"])
    app = draw(small_lab.link, made=made)
    assert not app.exception
    assert "None of the 3 words" in texts(app)
    assert "Of 3 words nobody can tell what happened" in texts(app)
    (chart,) = app.get("plotly_chart")
    labels = json.loads(chart.proto.spec)["layout"]["yaxis"]["ticktext"]
    assert any("&lt;b&gt;" in label for label in labels)
    assert not any("<b>x" in label for label in labels)
    bars = json.loads(chart.proto.spec)["data"][0]
    assert bars["marker"]["color"][0] == "#d6392d"
    (words,) = app.dataframe
    app.session_state[words.key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    listed = app.dataframe[1].value
    assert {"headline", "contribution (points)", "what happened", "row"} <= set(listed.columns)
    assert (np.diff(listed["contribution (points)"]) <= 0).all()


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_of_three_classes_each_is_drawn(three, chosen):
    app = draw(three, chosen=chosen, made=words_of_run(three, ["하나", "둘"]))
    assert not app.exception
    axis = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["xaxis"]["title"]["text"]
    assert ("부정", "중립", "긍정")[chosen] in axis


def test_too_few_words_and_no_headline_are_one_sentence_each(small_lab):
    app = draw(small_lab.link, made=few(words_of_run(small_lab.link, ["하나"])))
    assert not app.exception
    assert "none can be ranked" in texts(app)
    app = draw(small_lab.link, headline=False)
    assert not app.exception
    assert "read no headlines" in texts(app)
