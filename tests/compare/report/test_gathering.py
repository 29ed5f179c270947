"""What a report is gathered from: what the stages saved, what is quick, and never a sealed row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compare.recommendation import recommend
from core.compare.report import Reader, gather, html_file, report
from core.compare.report import gathering as module
from core.compare.report.content import MAP, REASONS, STAIRCASE, TOPICS, WORDS
from core.compare.report.examples import examples
from core.data.library import load_dataset
from core.evaluate.ledger import sealed_positions
from core.explain.pipeline import saved_explanation
from core.train import train_and_record
from core.train.leakage import saved_staircase
from core.train.run_notes import change_notes
from core.train.runs import load_run, run_folder
from tests.makers.small_lab import fresh_copy


@pytest.fixture
def own_lab(small_lab, tmp_path, monkeypatch):
    """A copy of the small workspace, which a report may write into; maps by principal components alone."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(fresh_copy(small_lab, tmp_path / "home")))
    monkeypatch.setattr(module, "_MAPS", ("pca",))
    return load_run(small_lab.run), load_dataset(small_lab.dataset)


def test_what_takes_long_is_left_out_with_a_reason(own_lab):
    run, data = own_lab
    found = gather(run, data)
    assert set(found.missing) >= {STAIRCASE, REASONS, TOPICS, WORDS}
    assert found.found is None
    assert saved_explanation(run) is None, "a report that is not complete computes no contributions"
    assert found.map is not None
    assert found.quality.findings is not None
    said = html_file(report(found, Reader("en")))
    assert "What moves the predictions has not been computed" in said


def test_a_complete_report_computes_what_is_missing(own_lab):
    run, data = own_lab
    found = gather(run, data, complete=True)
    assert found.found is not None
    assert found.words is not None
    assert found.ranked is not None
    assert REASONS not in found.missing
    assert all(example.place >= 0 for example in found.examples)


def test_a_complete_report_draws_no_staircase_that_would_be_a_further_test(own_lab):
    run, data = own_lab
    assert run.walk is None
    before = len(gather(run, data).accesses)
    found = gather(run, data, complete=True)
    assert saved_staircase(run) is None
    assert STAIRCASE in found.missing
    assert len(found.accesses) == before


def test_a_run_of_another_table_is_refused(reported):
    with pytest.raises(ValueError, match="was trained on dataset"):
        gather(reported["return"].run, reported["classes"].data)


def test_a_run_whose_vectors_are_gone_has_a_report_all_the_same(reported, monkeypatch):
    monkeypatch.setattr(module, "vectors_of", lambda run, data: None)
    one = reported["return"]
    found = gather(one.run, one.data, complete=True)
    assert {MAP, REASONS, TOPICS} <= set(found.missing)
    assert "not on this machine any more" in html_file(report(found, Reader("en")))


def test_no_sealed_row_is_shown(reported):
    one = reported["sealed"]
    sealed = sealed_positions(one.data)
    assert len(sealed) > 5
    found = one.content
    assert not np.isin([example.position for example in found.examples], sealed).any()
    assert found.deflated is None
    said = html_file(report(found, Reader("en")))
    headlines = [one.data.headlines[k] for k in sealed]
    assert not [text for text in headlines if f"{text}<" in said]
    assert "is sealed" in said


def test_rows_that_another_run_sealed_are_no_examples(reported):
    one = reported["return"]
    positions = one.run.predictions.test.positions(one.data)
    hidden = positions[::2]
    shown = [example.position for example in examples(one.run, one.data, None, hidden)]
    assert shown
    assert not set(shown) & set(hidden.tolist())
    assert examples(one.run, one.data, None, positions) == ()


def test_examples_are_right_and_wrong_as_they_say(reported):
    for name in ("return", "classes", "hostile"):
        one = reported[name]
        shown = examples(one.run, one.data, None, np.arange(0))
        assert {example.right for example in shown} == {True, False}
        for example in shown:
            said, outcome = example.said, example.outcome
            truly = said.argmax() == outcome if one.run.classes else said[0] * outcome > 0
            assert truly == example.right
        stories = [one.data.frame["story"].iloc[example.position] for example in shown]
        assert len(set(stories)) == len(stories)


def test_a_damaged_staircase_counts_as_none(own_lab):
    run, data = own_lab
    (run_folder(run.id) / "staircase.json").write_text("[{]", encoding="utf-8")
    assert STAIRCASE in gather(run, data).missing


def test_the_report_ranks_what_was_tested_on_the_same_rows(own_lab):
    run, data = own_lab
    assert gather(run, data).board is None, "there is no other run"
    other = train_and_record(data, None, replace(run.settings, features="table", models=("lgbm",)))
    found = gather(run, data)
    assert {place.candidate.run.id for place in found.board.places} == {run.id, other.id}
    made = report(found, Reader("en"))
    board = next(grid for grid in made.grids() if grid.name == "leaderboard")
    assert len(board.frame) == len(found.board.places)
    own = board.frame["candidate"].str.startswith("● ")
    assert own.sum() == sum(place.candidate.run.id == run.id for place in found.board.places)
    assert board.saved["score"].is_monotonic_decreasing
    said = html_file(made)
    assert str(recommend(found.board).sentences[0]) in said
    change_notes(other.id, archived=True)
    both, alone = found.board.together, gather(run, data).board
    assert {place.candidate.run.id for place in alone.places} == {run.id}
    assert alone.together.comparisons == both.comparisons, "what is put away was compared too"
    away = gather(other, data)
    assert {place.candidate.run.id for place in away.board.places} == {run.id, other.id}
    assert [one.id for one in away.runs] == [other.id, run.id]
    change_notes(other.id, archived=False)
    change_notes(run.id, archived=True)
    assert [one.id for one in gather(run, data).runs] == [other.id, run.id], "the newest first"
