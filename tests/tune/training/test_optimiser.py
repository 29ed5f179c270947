"""Rates and weight decay."""

from __future__ import annotations

import pytest

from core.tune.training.optimiser import average_share, parameter_groups, rate_factor
from tests.makers import tunings


def test_the_rate_rises_over_the_warm_up_and_falls_to_nothing():
    factors = [rate_factor(step, 10, 0.2) for step in range(10)]
    assert factors == pytest.approx([0.5, 1, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])


def test_the_average_forgets_its_first_steps_and_then_reaches_back_a_hundred():
    assert [average_share(steps) for steps in (1, 90, 890, 10_000)] == pytest.approx(
        [9 / 11, 0.09, 0.01, 0.01]
    )


def test_without_warm_up_the_first_rate_is_whole():
    assert rate_factor(0, 4, 0.0) == 1


def groups(home, tmp_path, **choices):
    model = tunings.model(tunings.tuning(tunings.encoder(tmp_path / "e"), **choices))
    names = {
        id(w): n
        for n, w in (*model.model.named_parameters(), *(("head", w) for w in model.head.parameters()))
    }
    found = parameter_groups(model.model, model.head, model.settings)
    return {(names[id(w)], w.dim()): (g["rate"], g["weight_decay"]) for g in found for w in g["params"]}


def test_weight_decay_is_on_matrices_only(home, tmp_path):
    for (_name, dims), (_rate, decay) in groups(home, tmp_path, weight_decay=0.1).items():
        assert decay == (0.1 if dims > 1 else 0.0)


def test_each_layer_has_a_part_of_the_rate_above_it(home, tmp_path):
    rates = {
        name: rate
        for (name, _), (rate, _) in groups(home, tmp_path, layer_decay=0.5, learning_rate=0.1).items()
    }
    assert rates["head"] == pytest.approx(0.1)
    assert rates["encoder.layer.1.output.dense.weight"] == pytest.approx(0.1)
    assert rates["encoder.layer.0.output.dense.weight"] == pytest.approx(0.05)
    assert rates["embeddings.word_embeddings.weight"] == pytest.approx(0.025)
