"""The files that a training goes on from."""

from __future__ import annotations

import pytest
import torch

from core.tune.history import Point
from core.tune.training.checkpoint import Checkpoint, Progress

WEIGHTS = {"a": torch.arange(3.0)}


def progress(best=1):
    return Progress(4, 7, [Point(7, 1, 0.5, 0.6, 0.7, 0.8, float("nan"), 1.0)], [0.5] * 7, best, 2.0, 28)


def written(folder):
    checkpoint = Checkpoint(folder, "key")
    checkpoint.write_best(1, WEIGHTS)
    checkpoint.write(progress(), WEIGHTS, {"state": {0: {"step": torch.tensor(7.0)}}, "param_groups": []})
    return checkpoint


def test_what_was_written_is_read(tmp_path):
    found, weights, state = written(tmp_path).read()
    assert repr(found) == repr(progress())
    assert torch.equal(weights["a"], WEIGHTS["a"])
    assert state["state"][0]["step"] == 7


def test_that_of_another_training_counts_as_none(tmp_path):
    written(tmp_path)
    assert Checkpoint(tmp_path, "other").read() is None


@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04 and no more"])
def test_a_damaged_one_counts_as_none(tmp_path, contents):
    checkpoint = written(tmp_path)
    (tmp_path / "checkpoint.pt").write_bytes(contents)
    assert checkpoint.read() is None


def test_one_without_its_best_weights_counts_as_none(tmp_path):
    checkpoint = written(tmp_path)
    (tmp_path / "best-1.safetensors").unlink()
    assert checkpoint.read() is None


def test_only_the_best_weights_are_kept(tmp_path):
    checkpoint = written(tmp_path)
    checkpoint.write_best(2, WEIGHTS)
    checkpoint.write(progress(best=2), WEIGHTS, {})
    assert [file.name for file in tmp_path.glob("best-*")] == ["best-2.safetensors"]
