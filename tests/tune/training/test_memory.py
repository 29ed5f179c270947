"""Halving, and the number type of training."""

from __future__ import annotations

import pytest
import torch

from core.errors import UserError
from core.tune.training import memory
from core.tune.training.memory import halved, training_dtype


@pytest.fixture
def nothing_known(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))


def fails_above(most):
    def attempt(size):
        if size > most:
            raise torch.OutOfMemoryError("out of memory")
        return size

    return attempt


def test_the_size_is_halved_until_it_fits_and_each_failure_is_undone():
    undone = []
    assert halved(fails_above(3), 20, "cpu", lambda: undone.append(1)) == (3, 3)
    assert len(undone) == 3


def test_where_not_even_one_text_fits_it_is_said_what_helps():
    with pytest.raises(UserError, match="gradient checkpointing"):
        halved(fails_above(0), 8, "cpu")


@pytest.mark.parametrize(
    ("natives", "gain", "dtype"),
    [
        ((torch.bfloat16,), 1.5, "bfloat16"),
        ((torch.bfloat16,), 1.1, "float32"),
        ((torch.float16,), 9.0, "float32"),
        ((), 9.0, "float32"),
    ],
)
def test_bfloat16_is_taken_where_it_is_native_and_faster(nothing_known, monkeypatch, natives, gain, dtype):
    monkeypatch.setattr(memory, "native_halves", lambda device: natives)
    monkeypatch.setattr(memory, "half_gain", lambda half, device: gain)
    assert training_dtype("cpu") == dtype


def test_the_number_type_is_measured_once(nothing_known, monkeypatch):
    monkeypatch.setattr(memory, "native_halves", lambda device: (torch.bfloat16,))
    monkeypatch.setattr(memory, "half_gain", lambda half, device: 2.0)
    assert training_dtype("cpu") == "bfloat16"
    monkeypatch.setattr(memory, "half_gain", lambda half, device: 0.5)
    assert training_dtype("cpu") == "bfloat16"
