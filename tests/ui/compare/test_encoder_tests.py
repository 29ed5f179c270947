"""Encoder tests on the compare page."""

import pytest
from streamlit.testing.v1 import AppTest

from core.compare import encoder_test_run
from core.compare.encoder_test_run import EncoderTest
from core.evaluate.bootstrap import Interval
from tests.makers.apps import texts

CREATED = "2026-11-27T01:02:03+00:00"


def _page():
    from core.ui.compare.encoder_tests import encoder_tests
    from core.ui.compare.shown import Shown

    encoder_tests(Shown(None, ()))


def shown():
    app = AppTest.from_function(_page, default_timeout=60)
    app.session_state["language"] = "en"
    return app.run()


def keep(pooling, value, kind="labels"):
    near = Interval(value, value - 0.02, value + 0.02)
    scores = dict.fromkeys(
        ("pearson", "spearman") if kind == "pairs" else ("purity", "gap", "silhouette"), near
    )
    chance = float("nan") if kind == "pairs" else 0.45
    made = EncoderTest(
        "<b>file</b>.csv",
        "0" * 64,
        kind,
        "multilingual-e5-small",
        pooling,
        200,
        scores,
        3,
        1.0,
        CREATED,
        ("a", "b"),
        chance,
    )
    encoder_test_run._keep(encoder_test_run._path(made.digest, "space", pooling), made)


def test_what_a_test_needs_is_said_where_there_is_none(home):
    app = shown()
    assert not app.exception
    assert "No encoder has been tested" in app.info[0].value


@pytest.mark.parametrize(("other", "told_apart"), [(0.50, True), (0.61, False)])
def test_the_best_comes_first_and_what_cannot_be_told_from_it_is_named(home, other, told_apart):
    keep("max", other)
    keep("mean", 0.62)
    app = shown()
    assert not app.exception
    assert app.dataframe[0].value["pooling"].tolist() == ["mean", "max"]
    said = texts(app)
    assert "62.0% [60.0, 64.0], by chance 45%" in said
    assert ("cannot be told here" not in said) == told_apart


def test_pairs_are_told_by_their_correlations(home):
    keep("mean", 0.7, "pairs")
    app = shown()
    assert not app.exception
    assert app.dataframe[0].value["Pearson"].tolist() == ["0.700 [0.680, 0.720]"]
