"""While a holdout is sealed, none of its rows is predicted from a file or as a headline typed."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.ledger import is_sealed, record_access, seal
from core.evaluate.ledger_rows import Rows
from core.predict import Background, Question, precedents, predict_headline, score_table
from core.train.recording import train_and_record
from tests.makers.disguises import DISGUISES

TOO_FEW = ("a fifth of it", "the outlet after it")  # of twelve short headlines, to be found
CLOSED = np.arange(12, 24)  # rows that the run has learned from and not tested

ANY = Background(np.array([-2.0]))  # every headline is nearer


@pytest.fixture(autouse=True)
def own(small_lab, tmp_path, monkeypatch):
    """A copy of the small workspace, in which a test may seal and open."""
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return home


@pytest.fixture
def sealed(own, data):
    rows = Rows.of(data, CLOSED)
    assert seal(data.id, "run-0", rows, rows.take(np.arange(0))) is None
    return rows


@pytest.fixture
def sealed_file(data, table):
    """Make the sealed part of the user's file, disguised."""

    def make(name):
        frame = data.frame.iloc[CLOSED].reset_index(drop=True)
        disguised = DISGUISES[name](frame)
        made = table.iloc[disguised["row"].to_numpy() - 1].reset_index(drop=True)
        times = disguised["session"].dt.strftime("%Y-%m-%d").fillna("").to_numpy()
        return made.assign(제목=disguised["headline"].to_numpy(), 작성일시=times)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in DISGUISES if name not in TOO_FEW])
def test_no_disguise_lets_a_file_of_sealed_rows_be_predicted(sealed, run, sealed_file, name):
    with pytest.raises(UserError, match=r"of this file .* the holdout that run run-0 sealed"):
        score_table(run, sealed_file(name))
    with pytest.raises(UserError, match=r"none is left to predict|take its rows out of the file"):
        score_table(run, sealed_file(name), skip_sealed=True)
    assert is_sealed(run.dataset_id, sealed.name)


def test_sealed_rows_are_left_out_where_that_is_asked_for(sealed, run, table):
    with pytest.raises(UserError, match="12 headlines of this file"):
        score_table(run, table)
    scored = score_table(run, table, skip_sealed=True)
    assert scored.table["row"].tolist() == [row for row in range(1, 61) if row - 1 not in CLOSED]
    (left_out,) = [problem for problem in scored.problems if problem.code == "sealed"]
    assert left_out.rows == tuple(CLOSED + 1)
    with pytest.raises(UserError, match="none is left to predict"):
        score_table(run, table.iloc[CLOSED], skip_sealed=True)


def test_a_file_without_dates_is_not_let_through(sealed, run, table):
    with pytest.raises(UserError, match="12 headlines of this file"):
        score_table(run, table.drop(columns="작성일시"))


def test_other_rows_are_predicted_as_ever(sealed, run, table):
    assert len(score_table(run, table.iloc[30:]).table) == 30


def test_an_opened_holdout_is_predicted(sealed, run, data, table):
    record_access(data.id, "run-1", sealed, opened=True)
    assert len(score_table(run, table).table) == 60


@pytest.mark.parametrize("change", ["{}", "{}.", " [속보]  {}", "{}…"])
def test_a_sealed_headline_is_not_predicted_live(sealed, run, data, vectors, change):
    typed = change.format(data.headlines[CLOSED[3]])
    with pytest.raises(UserError, match="This headline lies in the holdout that run run-0 sealed"):
        predict_headline(run, vectors[:1], Question(typed))
    predict_headline(run, vectors[:1], Question("오늘 처음 나온 제목"))


def test_what_followed_a_sealed_row_is_no_precedent(data, vectors):
    def shown():
        return {p.row - 1 for p in precedents(data, vectors, vectors[[15]], ANY, most=60).found}

    assert shown() == set(range(60))
    rows = Rows.of(data, CLOSED)
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    assert shown() == set(range(60)) - set(CLOSED)


@pytest.mark.parametrize("name", ["full stop", "a session later", "other target", "one letter more"])
def test_no_disguise_lets_a_training_score_sealed_rows(sealed, data, vectors, small_lab, name):
    chosen = np.r_[np.arange(12), CLOSED]
    frame = DISGUISES[name](data.frame.iloc[chosen].reset_index(drop=True))
    with pytest.raises(UserError, match="lie in the holdout that run run-0 sealed"):
        train_and_record(replace(data, id="other", frame=frame), vectors[chosen], small_lab.settings)
