import numpy as np
import pytest

from core.train.partitioned import blocks
from core.train.partitioned.blocks import cut


def test_every_row_is_in_one_block_and_every_set_is_a_number_of_whole_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_ROWS", 7)
    sets = [np.arange(40), np.arange(45, 60), np.arange(20), np.arange(20, 45)]
    made = cut(70, sets, 1)
    assert sorted(np.concatenate(made)) == list(range(70))
    assert max(map(len, made)) <= 7
    for rows in sets:
        assert {np.isin(block, rows).mean() for block in made} <= {0.0, 1.0}


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_each_part_has_a_block_for_every_worker(workers):
    made = cut(30, [np.arange(20), np.arange(20, 30)], workers)
    assert len([block for block in made if block[0] < 20]) == workers
    assert len([block for block in made if block[0] >= 20]) == workers


def test_a_part_of_fewer_rows_than_workers_has_a_block_for_each_row():
    assert [len(block) for block in cut(3, [np.arange(3)], 5)] == [1, 1, 1]


def test_an_empty_set_asks_for_nothing():
    assert len(cut(10, [np.arange(0)], 1)) == 1
