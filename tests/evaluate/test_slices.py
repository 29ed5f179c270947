import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import intervals
from core.evaluate.metrics import METRICS
from core.evaluate.slices import MISSING, MOST_LABELS, OTHER, slice_labels, slice_report, slices
from tests.makers.predictions import A_DAY, DAYS, made_up
from tests.makers.train_tables import make_dataset
from tests.makers.worlds import first_always
from tests.simulations.slices import said_to_differ

AUC, IC = METRICS["auc"], METRICS["rank_ic"]


def table(sessions=40, per_session=30, seed=0):
    """Outcomes that are told well for outlet a, badly for the others; `(y, p, ids, outlet)`."""
    rng = np.random.default_rng(seed)
    ids = np.repeat(np.arange(sessions), per_session)
    outlet = np.array(["a", "b", "c"])[rng.integers(0, 3, len(ids))]
    p = rng.normal(size=len(ids))
    y = np.where(outlet == "a", 2.0, 0.0) * p + rng.normal(size=len(ids))
    return y, p, ids, outlet


def by_label(found):
    return {made.label: made for made in found}


@pytest.mark.slow
def test_a_slice_has_the_score_of_its_rows_alone():
    y, p, ids, outlet = table()
    won, probability = (y > 0).astype(float), 1 / (1 + np.exp(-p))
    found = slices(
        won, np.stack([1 - probability, probability], axis=1), Blocks(ids), {"press": outlet}, AUC, seed=0
    )
    for made in found:
        inside = outlet == made.label
        assert made.score.value == pytest.approx(roc_auc_score(won[inside], p[inside]))
        rest = roc_auc_score(won[~inside], p[~inside])
        assert made.difference == pytest.approx(made.score.value - rest)
        assert (made.rows, made.blocks) == (inside.sum(), 40)
        assert made.score.low < made.score.value < made.score.high


def test_the_slice_in_which_the_model_is_better_is_flagged():
    y, p, ids, outlet = table()
    found = by_label(slices(y, p, Blocks(ids), {"press": outlet}, IC, seed=0))
    assert found["a"].differs
    assert found["a"].difference > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("metric", first_always([AUC, IC]))
def test_slices_drawn_by_chance_are_seldom_flagged(metric):
    flagged = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        ids, p = np.repeat(np.arange(40), 4), rng.normal(size=160)
        y = 0.7 * p + rng.normal(size=160)
        if metric is AUC:
            y, p = (y > 0).astype(float), np.stack([-p, p], axis=1)
        label = rng.integers(0, 8, 160).astype(str)
        flagged += any(made.differs for made in slices(y, p, Blocks(ids), {"press": label}, metric, seed))
    assert flagged <= 2


def test_a_perfect_score_in_a_small_slice_is_no_evidence():
    y, p, ids, outlet = table()
    won = np.where(outlet == "c", p > 0, y > 0).astype(float)
    found = by_label(slices(won, np.stack([-p, p], axis=1), Blocks(ids), {"press": outlet}, AUC, seed=0))
    assert found["c"].score.value == 1
    assert math.isnan(found["c"].p_value)
    assert not found["c"].differs


def test_the_interval_of_a_slice_of_all_rows_is_that_of_the_whole():
    y, p, ids, _ = table()
    (only,) = slices(y, p, Blocks(ids), {"press": np.full(len(y), "x")}, IC, seed=0)
    whole = intervals(y, p, Blocks(ids), [IC], seed=0, resamples=500)["rank_ic"]
    assert only.score.low == pytest.approx(whole.low)
    assert math.isnan(only.p_value)
    assert not only.differs


@pytest.mark.slow
@pytest.mark.parametrize("spoil", ["one session", "one class"])
def test_a_slice_too_small_for_a_score_is_undefined(spoil):
    y, p, ids, outlet = table()
    won = (y > 0).astype(float)
    if spoil == "one session":
        outlet = np.where((outlet == "c") & (ids > 0), "b", outlet)
    else:
        won = np.where(outlet == "c", 1.0, won)
    found = by_label(slices(won, np.stack([-p, p], axis=1), Blocks(ids), {"press": outlet}, AUC, seed=0))
    assert not found["c"].defined
    assert math.isnan(found["c"].score.low)
    assert found["c"].rows == (outlet == "c").sum()
    assert found["a"].defined


@pytest.mark.slow
def test_no_slice_is_lost_and_the_largest_comes_first():
    y, p, ids, outlet = table()
    month = np.where(ids < 30, "2024-01", "2024-02")
    found = slices(y, p, Blocks(ids), {"press": outlet, "month": month}, IC, seed=0)
    assert [made.by for made in found] == ["press"] * 3 + ["month"] * 2
    assert found[3].label == "2024-01"
    assert sum(made.rows for made in found) == 2 * len(y)


@pytest.mark.slow
def test_weights_reach_the_slices():
    y, p, ids, outlet = table()
    heavy = np.where(p > 0, 2.0, 1.0)
    plain, weighted = (slices(y, p, Blocks(ids), {"press": outlet}, IC, 0, w)[0] for w in (None, heavy))
    assert plain.score.value != weighted.score.value


def test_labels_are_outlet_month_and_length():
    dataset = make_dataset(
        np.zeros(80), np.arange(80), press=[None if i % 4 == 0 else f"신문{i % 4}" for i in range(80)]
    )
    frame = dataset.frame.assign(headline=["가" * (10 + i) for i in range(80)])
    labels = slice_labels(replace(dataset, frame=frame), np.arange(80))
    assert set(labels) == {"press", "month", "length"}  # one company is no slice
    assert set(labels["press"]) == {MISSING, "신문1", "신문2", "신문3"}
    assert set(labels["month"]) == {"2024-01", "2024-02", "2024-03"}
    assert list(dict.fromkeys(labels["length"])) == ["10-29", "30-49", "50-69", "70-89"]


def test_rare_outlets_are_taken_together():
    dataset = make_dataset(np.zeros(100), np.arange(100), press=[f"신문{min(i, 30)}" for i in range(100)])
    labels = slice_labels(dataset, np.arange(100))["press"]
    assert len(set(labels)) == MOST_LABELS + 1
    assert (labels == OTHER).sum() == 31 - MOST_LABELS


def test_a_table_without_dates_has_no_months():
    assert "month" not in slice_labels(make_dataset(np.zeros(10)), np.arange(10))


@pytest.mark.slow
def test_slices_are_of_the_headlines_under_the_weights_of_the_unit():
    predictions, data, settings = made_up()
    plain, weighted = slice_report(predictions, data, settings), slice_report(*made_up(unit="event"))
    assert {made.by for made in plain.slices} >= {"press", "company", "length"}
    assert not plain.weighted
    assert weighted.weighted
    assert sum(made.rows for made in plain.slices if made.by == "press") == plain.rows == len(data)
    outlet = data.frame["press"].fillna("<missing>").to_numpy()
    alone = slices(
        predictions.outcome,
        predictions["mean"],
        Blocks(np.repeat(np.arange(DAYS), A_DAY)),
        {"press": outlet},
        METRICS[plain.metric],
        0,
    )
    assert [m.score for m in alone] == [m.score for m in plain.slices if m.by == "press"]


@pytest.mark.slow
@pytest.mark.parametrize("repetitions", first_always([20, 40]))
def test_where_none_differs_few_slices_are_said_to(repetitions):
    assert said_to_differ(60, horizon=5, repetitions=repetitions) <= 0.05
