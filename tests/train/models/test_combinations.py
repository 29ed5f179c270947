import numpy as np
import pytest

from core.train.models.combinations import COMBINATIONS, Combination, Combiners, Reference, learns_outcomes

RNG = np.random.default_rng(0)
PREDICTIONS = {name: RNG.random(40) for name in "ab"}
OUTCOMES = RNG.random(40)


def test_without_outcomes_what_learns_them_is_not_fitted():
    made = Combiners.fit(Reference(PREDICTIONS))
    assert list(made.combine(PREDICTIONS)) == ["a", "b", "mean", "rank_mean"]


def test_with_outcomes_everything_is_fitted():
    made = Combiners.fit(Reference(PREDICTIONS, OUTCOMES))
    combined = made.combine(PREDICTIONS)
    assert list(combined) == ["a", "b", *COMBINATIONS]
    assert combined["mean"] == pytest.approx((PREDICTIONS["a"] + PREDICTIONS["b"]) / 2)


def test_arrays_bring_back_what_was_fitted():
    made = Combiners.fit(Reference(PREDICTIONS, OUTCOMES))
    arrays = made.to_arrays()
    assert {name.split(".")[0] for name in arrays} == {"rank_mean", "stack"}
    again = Combiners.from_arrays(arrays).combine(PREDICTIONS)
    for name, p in made.combine(PREDICTIONS).items():
        assert np.array_equal(again[name], p)


def test_what_learns_nothing_is_there_without_arrays():
    assert list(Combiners.from_arrays({}).fitted) == list(Combiners().fitted) == ["mean"]


def test_a_stack_cannot_be_fitted_without_outcomes():
    with pytest.raises(ValueError, match="out-of-fold"):
        COMBINATIONS["stack"].fit(Reference(PREDICTIONS))


def test_only_the_stack_has_seen_the_outcomes():
    assert [key for key in ("a", *COMBINATIONS) if learns_outcomes(key)] == ["stack"]


class Largest:
    def predict(self, predictions):
        return np.max(list(predictions.values()), axis=0)

    def to_arrays(self):
        return {}


def test_a_registered_combination_is_fitted_and_combines(monkeypatch):
    entry = Combination("max", "Largest", "Max", "nothing", lambda reference: Largest(), lambda a: Largest())
    monkeypatch.setitem(COMBINATIONS, "max", entry)
    made = Combiners.fit(Reference(PREDICTIONS)).combine(PREDICTIONS)
    assert np.array_equal(made["max"], np.maximum(PREDICTIONS["a"], PREDICTIONS["b"]))
