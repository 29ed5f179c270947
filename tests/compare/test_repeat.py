from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.compare import repeat as module
from core.compare.repeat import TOLERANCE, Repeated, packages_apart, repeat
from core.embed import embed
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_file import entries
from core.evaluate.ledger_rows import Rows
from core.evaluate.predictions import Predictions
from core.train.models import forest
from core.train.run import FittedParts
from core.train.runs import list_runs, load_run
from core.train.versions import versions
from tests.makers.small_lab import table_of


@pytest.fixture
def given(small_lab):
    """The small workspace's table, its vectors and its run."""
    data = table_of(small_lab)
    return data, embed(data.headlines, small_lab.encoder, "mean").vectors, load_run(small_lab.run)


def with_predictions(run, change):
    """Return a run whose saved table of predictions was another one."""
    made = Predictions(change(run.predictions.table.copy()), run.classes)
    return replace(run, parts=FittedParts(run.preparation, {}, made))


@pytest.mark.slow
def test_a_repeated_run_gives_the_same_numbers(given, monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)
    before = entries(), list_runs()[0].id
    found = repeat(*given)
    assert found.same
    assert found.largest == found.of_scores == 0
    assert found.numbers > given[2].predictions.table.shape[0] * 10
    assert found.packages == ()
    assert "to the last bit" in str(found.sentences()[0])
    assert (entries(), list_runs()[0].id, len(list_runs())) == (*before, 1)  # no test, and nothing saved


@pytest.fixture
def trained_again(given, monkeypatch):
    """The training of a repeat is not done: it makes the run that is given here."""
    made = [given[2]]
    asked = []
    monkeypatch.setattr(module, "train", lambda *args, **more: asked.append(more) or made[0])
    return made, asked


def test_predictions_that_differ_are_said_to(given, trained_again):
    data, vectors, run = given
    trained_again[0][0] = with_predictions(
        run, lambda table: table.assign(**{"mean:승": table["mean:승"] + 0.01})
    )
    found = repeat(data, vectors, run)
    assert not found.same
    assert found.largest == pytest.approx(0.01)
    assert "not the same" in str(found.sentences()[0])
    assert any("All packages are as they were" in str(sentence) for sentence in found.sentences())


def test_rounding_is_no_difference(given, trained_again):
    data, vectors, run = given
    trained_again[0][0] = with_predictions(
        run, lambda table: table.assign(**{"mean:승": table["mean:승"] + TOLERANCE / 2})
    )
    found = repeat(data, vectors, run)
    assert found.same
    assert "rounding" in str(found.sentences()[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(row=table["row"] + 1),
        lambda table: table.iloc[1:],
        lambda table: table.drop(columns=["rf:승", "rf:패"]),
        lambda table: table.assign(**{"mean:승": np.nan}),
    ],
    ids=["rows", "fewer rows", "models", "unknown"],
)
def test_other_rows_or_models_are_said_to_be(given, trained_again, change):
    data, vectors, run = given
    trained_again[0][0] = with_predictions(run, change)
    found = repeat(data, vectors, run)
    assert not found.same
    assert "other rows" in str(found.sentences()[0])
    assert found.as_dict()["largest_difference"] is None


def test_a_score_that_differs_is_a_difference(given, trained_again):
    data, vectors, run = given
    score = run.scores["mean"]["auc"]
    scores = run.scores | {"mean": run.scores["mean"] | {"auc": replace(score, value=score.value + 0.1)}}
    trained_again[0][0] = replace(run, scores=scores)
    found = repeat(data, vectors, run)
    assert (found.largest, found.same) == (0, False)


def test_packages_of_another_version_are_named(given, trained_again):
    data, vectors, run = given
    then = versions() | {"xgboost": "0.1", "gone": "2.0"}
    found = repeat(data, vectors, replace(run, versions=then))
    assert found.packages == (("xgboost", "0.1", versions()["xgboost"]), ("gone", "2.0", ""))
    assert "xgboost 0.1 →" in str(found.sentences()[1])
    assert packages_apart(versions()) == ()


def test_a_run_of_an_earlier_version_says_that_its_packages_are_not_known(given, trained_again):
    data, vectors, run = given
    found = repeat(data, vectors, replace(run, versions={}))
    assert found.packages == ()
    assert "earlier version" in str(found.sentences()[1])


def test_what_a_search_found_is_taken_and_not_searched_again(given, trained_again):
    from core.train.models.tuning import Tuned

    data, vectors, run = given
    tuned = (Tuned("rf", (("max_depth", 4.0),)),)
    repeat(data, vectors, replace(run, tuned=tuned))
    assert trained_again[1][0]["found"] == tuned


def test_a_repeat_is_no_way_to_look_at_a_sealed_holdout(given, trained_again, tmp_path, monkeypatch):
    data, vectors, run = given
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    rows = Rows.of(data, run.predictions.test.positions(data)[:3])
    seal(data.id, "run-0-sealed", rows, rows.take(np.arange(0)))
    with pytest.raises(UserError, match="run-0-sealed"):
        repeat(data, vectors, run)
    assert trained_again[1] == []


def test_a_repeat_needs_the_vectors(given):
    data, _vectors, run = given
    with pytest.raises(UserError, match="embed them first"):
        repeat(data, None, run)


def test_what_is_not_known_in_both_is_no_difference():
    table = pd.DataFrame(
        {"row": [1], "session": [pd.NaT], "company": [None], "fold": [1], "outcome": [0.1], "rf": [np.nan]}
    )
    assert module._apart(Predictions(table), Predictions(table)) == (1, 0.0)
    assert Repeated("run", 1, 0.0, 0.0).as_dict()["same"]
