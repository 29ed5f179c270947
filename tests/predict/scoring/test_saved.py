import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.predict import all_kept, forget_scored, keep_scored, load_scored, score_table
from core.predict.scoring import saved


@pytest.fixture
def made(run, table, tmp_path, monkeypatch):
    made = score_table(run, table.head(8).assign(언론사="없던일보"))
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    return made


def test_a_scored_file_is_found_again_as_it_was(made):
    kept = keep_scored("run-1", "다음 주.csv", 9, made)
    (listed,) = all_kept("run-1")
    opened, again = load_scored(listed.id)
    assert opened == listed == kept
    assert (opened.file, opened.given, opened.scored) == ("다음 주.csv", 9, 8)
    pd.testing.assert_frame_equal(again.table, made.table)
    assert again.cautions.codes().tolist() == made.cautions.codes().tolist()
    assert again.cautions.at(0) == made.cautions.at(0)
    assert again.problems == made.problems
    assert again.question(3) == made.question(3)
    np.testing.assert_array_equal(again.values("mean:승"), made.values("mean:승"))
    assert all_kept("run-2") == []


def test_only_the_newest_are_kept(made, monkeypatch):
    monkeypatch.setattr(saved, "MOST", 2)
    names = [keep_scored("run-1", f"{number}.csv", 8, made).file for number in range(4)]
    assert [one.file for one in all_kept()] == names[:1:-1]


@pytest.mark.parametrize("wanted", ["../../etc", "ffffffffffff", ""])
def test_an_unknown_file_is_a_sentence(made, wanted):
    with pytest.raises(UserError, match="not in the workspace"):
        load_scored(wanted)
    forget_scored(wanted)


def test_a_damaged_file_is_a_sentence_and_is_not_listed(made, tmp_path):
    broken, gone = keep_scored("run-1", "a.csv", 8, made), keep_scored("run-1", "b.csv", 8, made)
    (tmp_path / "scored" / broken.id / "table.parquet").write_bytes(b"nothing")
    (tmp_path / "scored" / gone.id / "scored.json").write_text("{", encoding="utf-8")
    assert [one.id for one in all_kept("run-1")] == [broken.id]
    with pytest.raises(UserError, match="not in the workspace"):
        load_scored(broken.id)


def test_one_that_is_forgotten_is_gone(made):
    one = keep_scored("run-1", "a.csv", 8, made)
    forget_scored(one.id)
    assert all_kept() == []
