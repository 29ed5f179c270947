import numpy as np
import pytest

from core.compare import disagreement as module
from core.compare.candidate import Candidate
from core.compare.disagreement import disagreement
from tests.makers.boards import board_table, made_run

pytestmark = pytest.mark.usefixtures("home")


def two(data):
    base = np.full(len(data), 0.5)
    other = base.copy()
    other[[7, 3]] = [0.9, 0.4]
    run = made_run(data, {"rf": base, "xgb": other}, "aaaaaaaa")
    return Candidate(run, "rf"), Candidate(run, "xgb")


@pytest.mark.parametrize("kind", ["return", "label"])
def test_what_differs_most_comes_first_whatever_happened(kind):
    data = board_table(kind)
    found = disagreement(data, *two(data), most=2)
    assert found.positions.tolist() == [7, 3]
    assert found.distance == pytest.approx([0.4, 0.1])
    assert found.rows == len(data)


def test_the_one_nearer_to_what_happened_is_named():
    data = board_table("label")
    found = disagreement(data, *two(data), most=1)
    assert found.nearer[0] == (-1 if found.outcome[0] == 1 else 1)


def test_a_sealed_row_is_not_shown(monkeypatch):
    data = board_table()
    monkeypatch.setattr(module, "sealed_positions", lambda data: np.array([7]))
    assert 7 not in disagreement(data, *two(data)).positions


def test_a_headline_comes_once():
    data = board_table()
    data.frame.loc[[3, 7], "headline"] = "같은 제목"
    assert disagreement(data, *two(data), most=5).positions[:1].tolist() == [7]
    assert 3 not in disagreement(data, *two(data)).positions[1:]
