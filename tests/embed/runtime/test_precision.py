import numpy as np
import pytest
import torch

from core.embed.runtime import precision
from core.embed.runtime.precision import half_gain, known_dtype, lowest_cosine, settle_dtype, speed_ratio


class Table(torch.nn.Module):
    """A stand-in for an encoder: its weights are the vectors."""

    def __init__(self, values):
        super().__init__()
        self.values = torch.nn.Parameter(torch.tensor(values))


def pooled(model):
    return model.values.detach().float().numpy()


@pytest.fixture
def native(monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: (torch.bfloat16,))


def settle(monkeypatch, values, ratio):
    monkeypatch.setattr(precision, "half_gain", lambda dtype, device: ratio)
    return settle_dtype(Table(values), "weights", "cpu", pooled).values.dtype


def test_half_precision_is_taken_where_it_agrees_and_is_faster(home, monkeypatch, native):
    assert settle(monkeypatch, [[1.0, 2.0], [3.0, -1.0]], ratio=2.8) == torch.bfloat16
    assert known_dtype("weights", "cpu") == "bfloat16"


def test_half_precision_is_not_taken_where_it_is_slower(home, monkeypatch, native):
    assert settle(monkeypatch, [[1.0, 2.0], [3.0, -1.0]], ratio=0.6) == torch.float32


def test_half_precision_is_not_taken_where_one_vector_disagrees(home, monkeypatch, native):
    monkeypatch.setattr(precision, "MIN_COSINE", 0.9999999)
    assert settle(monkeypatch, [[1.0, 2.0], [3.01, -1.003]], ratio=2.8) == torch.float32
    assert known_dtype("weights", "cpu") == "float32"


def test_half_precision_that_overflows_is_not_taken(home, monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: (torch.float16,))
    assert settle(monkeypatch, [[1.0, 1e6]], ratio=2.8) == torch.float32


def test_another_encoder_or_device_is_settled_on_its_own(home, monkeypatch, native):
    settle(monkeypatch, [[1.0, 2.0]], ratio=2.8)
    assert known_dtype("other weights", "cpu") is None
    assert known_dtype("weights", "cuda") is None


def test_the_gain_of_a_type_is_measured_once_whatever_the_encoder(monkeypatch):
    ratios = iter([2.5, 1.0])
    monkeypatch.setattr(precision, "speed_ratio", lambda old, new: next(ratios))
    half_gain.cache_clear()
    try:
        assert [half_gain(torch.bfloat16, "cpu") for _encoder in range(2)] == [2.5, 2.5]
    finally:
        half_gain.cache_clear()


def test_the_lowest_cosine_is_over_every_pooling_and_text():
    one = np.ones((3, 2, 2), np.float32)
    other = one.copy()
    other[2, 1] = [1, 0]
    assert lowest_cosine(one, other) == pytest.approx(0.5**0.5)


def test_speed_is_compared_by_the_best_of_the_rounds(monkeypatch):
    clock = iter([0, 9, 9, 10, 10, 12, 12, 13])  # old takes 9 and 2, new takes 1 and 1
    monkeypatch.setattr(precision.time, "perf_counter", lambda: next(clock))
    assert speed_ratio(lambda: None, lambda: None, rounds=2) == 2
