"""The way from the average to a prediction."""

import numpy as np
import pytest

from core.explain.contributions import Contributions
from core.explain.path import path, reach, shares, surest_first


def found(values, base=0.5, groups=("headline", "x", "press"), label="승"):
    values = np.asarray(values, float)
    return Contributions(
        groups[: values.shape[1]],
        {"rf": values, "mean": values},
        {"rf": base, "mean": base},
        {"rf": base + values.sum(1), "mean": base + values.sum(1)},
        np.arange(len(values)),
        label,
    )


def test_the_largest_step_comes_first_and_what_is_too_small_to_tell_is_folded():
    way = path(found([[0.0001, -0.2, 0.0002]]), 0, 0.0005)
    assert way.groups == ("x",)
    assert way.steps.tolist() == [-0.2]
    assert (way.others, way.rest) == (2, pytest.approx(0.0003))
    assert way.base + way.steps.sum() + way.rest == pytest.approx(way.end)


def test_many_small_steps_that_sum_to_something_are_not_lost():
    way = path(found([[0.0004] * 3]), 0, 0.0005)
    assert way.others == 3
    assert way.rest == pytest.approx(0.0012)
    assert way.span == pytest.approx((0.5, 0.5012))


def test_one_scale_holds_the_way_of_every_row():
    rng = np.random.default_rng(0)
    made = found(rng.normal(scale=0.1, size=(50, 3)))
    low, high = reach(made)
    spans = np.array([path(made, place, 0).span for place in range(50)])
    assert (low, high) == (pytest.approx(spans[:, 0].min()), pytest.approx(spans[:, 1].max()))


def test_shares_name_what_moves_most_and_the_headlines_part():
    of = shares(found([[0.1, -0.3, 0.0], [-0.1, 0.3, 0.0]]))
    assert (of.most, of.groups, of.of_headline) == ("x", 3, False)
    assert of.size == pytest.approx(0.3)
    assert of.share == pytest.approx(0.75)
    assert of.headline == pytest.approx(0.25)
    assert shares(found([[0.1, 0.0, 0.0]])).of_headline


def test_where_nothing_moves_there_are_no_shares():
    assert shares(found([[0.0, 0.0, 0.0]])) is None


def test_the_surest_rows_come_first():
    assert surest_first(np.array([[0.4, 0.6], [0.9, 0.1], [0.5, 0.5]])).tolist() == [1, 0, 2]
    assert surest_first(np.array([0.01, -0.03, 0.02])).tolist() == [1, 2, 0]
