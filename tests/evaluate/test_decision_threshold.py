import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.errors import UserError
from core.evaluate.blocks import Blocks
from core.evaluate.decision_threshold import calls_at, confusion_at, cost_curve, saving, threshold_costs
from core.evaluate.events import to_events
from core.evaluate.predictions import Predictions
from core.evaluate.verdict import Evidence
from tests.makers.predictions import COMPANIES, DAYS, made_up
from tests.makers.worlds import first_always
from tests.simulations import decision_threshold as simulation

RNG = np.random.default_rng(0)
SCORE = RNG.random(300).round(2)
WON = (RNG.random(300) < SCORE).astype(float)


def by_hand(threshold, false_positive, false_negative):
    (_, fp), (fn, _) = confusion_matrix(WON, threshold <= SCORE)
    return (false_positive * fp + false_negative * fn) / len(WON)


def test_the_cost_at_each_threshold_is_that_of_its_confusion():
    curve = cost_curve(WON, SCORE, 1, 3)
    assert curve.cost == pytest.approx([by_hand(t, 1, 3) for t in curve.thresholds])
    assert curve.best_cost == curve.cost.min() == pytest.approx(by_hand(curve.best, 1, 3))


def test_the_ends_are_acting_always_and_never():
    curve = cost_curve(WON, SCORE, 1, 3)
    assert curve.always == pytest.approx(curve.cost[0])
    assert curve.always == pytest.approx((1 - WON).mean())
    assert curve.never == pytest.approx(3 * WON.mean())


def test_with_true_probabilities_the_best_threshold_is_near_the_fair_one():
    rng = np.random.default_rng(1)
    score = rng.random(50_000)
    curve = cost_curve((rng.random(50_000) < score).astype(float), score, 1, 3)
    assert curve.fair == 0.25
    assert curve.best == pytest.approx(0.25, abs=0.05)
    assert curve.fair_cost == pytest.approx(curve.best_cost, rel=0.01)


def test_a_dearer_miss_lowers_the_threshold():
    assert cost_curve(WON, SCORE, 1, 9).best < cost_curve(WON, SCORE, 9, 1).best


def test_weights_count_as_copies():
    times = np.arange(300) % 3 + 1
    weighted = cost_curve(WON, SCORE, 1, 2, times.astype(float))
    assert weighted.cost == pytest.approx(cost_curve(WON.repeat(times), SCORE.repeat(times), 1, 2).cost)


def told(y, p, false_positive=1, false_negative=1):
    curve = cost_curve(y, p, false_positive, false_negative)
    blocks = Blocks(np.arange(len(y)))
    found = saving(y, p, blocks, curve, false_positive, false_negative, seed=0)
    return found, str(replace(curve, saving=found, evidence=Evidence.of(blocks)).sentence())


def test_no_saving_is_claimed_after_very_many_tests():
    curve = cost_curve(WON, SCORE, 1, 1)
    found = saving(WON, SCORE, Blocks(np.arange(300)), curve, 1, 1, seed=0)
    evidence = Evidence(300, looks=10**6)
    assert "it cannot be said" in str(replace(curve, saving=found, evidence=evidence).sentence())


def test_of_few_blocks_no_saving_is_claimed_and_no_interval_written():
    curve = cost_curve(WON, SCORE, 1, 1)
    found = saving(WON, SCORE, Blocks(np.arange(300)), curve, 1, 1, seed=0)
    sentence = str(replace(curve, saving=found, evidence=Evidence(5)).sentence())
    assert "Too short a test" in sentence
    assert "[" not in sentence


def test_of_three_classes_a_threshold_is_for_one_against_the_rest():
    predictions, data, settings = made_up("classify")
    three = Predictions(predictions.table.assign(**{"mean:보합": 0.0}), ("패", "승", "보합"))
    two, one = (threshold_costs(some, data, settings, 1, 2, target=1) for some in (predictions, three))
    assert one.cost == pytest.approx(two.cost)
    assert calls_at(three, data, settings, 0.5, target=1) == calls_at(predictions, data, settings, 0.5)
    never = calls_at(three, data, settings, 0.5, target=2)
    assert (never.hits, never.false_alarms, never.misses) == (0, 0, 0)


def test_a_useless_model_is_said_to_be_one():
    assert "no threshold beats" in told(WON, np.full(300, 0.5))[1]


def test_a_saving_is_claimed_where_its_interval_leaves_nothing_out():
    found, sentence = told(WON, SCORE)
    curve = cost_curve(WON, SCORE, 1, 1)
    assert found.value == pytest.approx(min(curve.never, curve.always) - curve.fair_cost)
    assert found.low > 0
    assert sentence.startswith("With these costs the model saves: at 50%")
    assert "which flatters" in sentence
    rare = (np.arange(300) % 5 == 0).astype(float)
    assert "the model costs more than doing without" in told(rare, np.where(rare == 1, 0.9, 0.6))[1]


def test_the_cheapest_threshold_of_noise_is_hindsight():
    noise = np.random.default_rng(5).random(300)
    curve = cost_curve(WON, 0.8 * noise + 0.2 * SCORE, 1, 1)
    assert curve.best_cost < min(curve.never, curve.always)
    assert "it cannot be said that the model saves anything" in told(WON, 0.8 * noise + 0.2 * SCORE)[1]


@pytest.mark.slow
@pytest.mark.parametrize("miss", first_always([3, 1]))
@pytest.mark.parametrize(("sessions", "companies"), simulation.SIZES)
def test_a_model_without_skill_is_seldom_said_to_save(sessions, companies, miss):
    assert simulation.said_to_save(sessions, companies, miss=miss) <= 0.05


@pytest.mark.slow
def test_a_model_with_skill_is_said_to_save():
    assert simulation.said_to_save(60, 10, skill=1.0) > 0.6


@pytest.mark.parametrize("costs", [(-1, 1), (0, 0), (float("nan"), 1), (1, float("inf"))])
def test_costs_that_are_none_are_refused(costs):
    with pytest.raises(UserError, match="0 or more"):
        cost_curve(WON, SCORE, *costs)


def test_the_confusion_at_a_threshold_is_that_of_scikit_learn():
    p = np.stack([1 - SCORE, SCORE], axis=1)
    assert np.array_equal(confusion_at(WON, p, 0.3), confusion_matrix(WON, SCORE >= 0.3))
    assert confusion_at(WON, p, 1.01)[:, 1].sum() == 0


def test_a_threshold_counts_every_row_once_and_its_share_has_an_interval():
    predictions, data, settings = made_up("classify", unit="event")
    found = calls_at(predictions, data, settings, 0.6)
    p, y = (to_events(data, np.arange(len(data)), predictions.test["mean"], data.outcome("classify")))[:2]
    called = p[:, 1] >= 0.6
    assert found.rows == DAYS * COMPANIES
    assert found.precision.value == pytest.approx(y[called].mean())
    assert found.recall.value == pytest.approx(called[y == 1].mean())
    assert found.precision.low < found.precision.value < found.precision.high


def test_a_threshold_that_calls_nothing_has_no_precision():
    assert math.isnan(calls_at(*made_up("classify"), 1.0).precision.value)


def test_the_cheapest_threshold_follows_the_costs():
    predictions, data, settings = made_up("classify")
    careful, bold = (threshold_costs(predictions, data, settings, *costs).best for costs in ((5, 1), (1, 5)))
    assert bold < 0.5 < careful
    with pytest.raises(UserError):
        threshold_costs(predictions, data, settings, -1, 1)
