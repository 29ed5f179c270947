import math

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score

from core.evaluate.blocks import Blocks
from core.evaluate.ceiling import noise_ceiling, returning
from tests.makers.worlds import first_always
from tests.simulations import ceiling as simulation


def repeated(stories=3000, times=2, days=300, seed=0):
    """Stories that stand in several events of one company, `(story, event, sessions)`; one event a session."""
    rng = np.random.default_rng(seed)
    day = np.stack([rng.choice(days, times, replace=False) for _ in range(stories)]).ravel()
    return np.repeat(np.arange(stories), times), day, day


def wins(q, times=2, seed=1):
    """Outcomes of classes 0 and 1 drawn for each story's probability `q`."""
    chance = np.repeat(q, times)
    return (np.random.default_rng(seed).random(len(chance)) < chance).astype(float), chance


def ceiling(y, where, classes=2, length=1):
    story, event, day = where
    sessions = Blocks(np.unique(day, return_inverse=True)[1], length, length)
    return noise_ceiling(y, story, event, sessions, classes, seed=0)


def test_the_true_probabilities_reach_the_ceiling_where_they_are_spread_evenly():
    y, q = wins(np.random.default_rng(0).uniform(0.3, 0.9, 3000))
    best = ceiling(y, repeated()).best["auc"]
    assert best.low < roc_auc_score(y, q) < best.high
    assert best.value == pytest.approx(roc_auc_score(y, q), abs=0.03)


@pytest.mark.parametrize("a", [0.3, 1.0, 4.0])
def test_no_model_of_the_headline_exceeds_the_ceiling(a):
    y, q = wins(np.random.default_rng(0).beta(a, a, 3000))
    best = ceiling(y, repeated()).best
    assert roc_auc_score(y, q) <= best["auc"].high
    assert accuracy_score(y, q > 0.5) <= best["accuracy"].high


def test_the_accuracy_of_cover_and_hart_is_reached_where_each_headline_is_as_sure():
    y, _ = wins(np.random.default_rng(0).choice([0.2, 0.8], 3000))
    made = ceiling(y, repeated())
    assert made.agreement.value == pytest.approx(0.8**2 + 0.2**2, abs=0.02)
    assert made.best["accuracy"].value == pytest.approx(0.8, abs=0.02)


def test_outcomes_that_always_agree_leave_no_ceiling_and_noise_leaves_chance():
    story = repeated()[0]
    sure = ceiling((story % 2).astype(float), repeated()).best
    assert sure["auc"].value == sure["accuracy"].value == pytest.approx(1)
    noise, _ = wins(np.full(3000, 0.5))
    best = ceiling(noise, repeated()).best
    assert best["auc"].low == pytest.approx(0.5)
    assert best["auc"].value < 0.65


def test_three_classes_have_an_accuracy_alone():
    rng = np.random.default_rng(0)
    kind = np.repeat(rng.integers(0, 3, 3000), 2)
    y = np.where(rng.random(6000) < 0.7, kind, rng.integers(0, 3, 6000)).astype(float)  # right in 0.7 + 0.1
    best = ceiling(y, repeated(), classes=3).best
    assert set(best) == {"accuracy"}
    assert best["accuracy"].value == pytest.approx(0.8, abs=0.02)


def test_the_r2_of_the_true_mean_reaches_the_ceiling_of_returns():
    rng = np.random.default_rng(11)
    mean = np.repeat(rng.normal(size=3000), 2)
    y = 0.01 * (mean + 2 * rng.normal(size=6000))
    made = ceiling(y, repeated(), classes=0)
    assert made.best["r2"].value == pytest.approx(np.corrcoef(y[::2], y[1::2])[0, 1], abs=1e-3)
    assert made.best["rank_ic"].value == pytest.approx(
        math.sqrt(spearmanr(y[::2], y[1::2]).statistic), abs=0.01
    )
    assert made.best["r2"].low < r2_score(y, 0.01 * mean) < made.best["r2"].high
    assert "Rank information coefficient" in str(made.sentence())


def test_rows_of_one_event_are_one_outcome_and_no_pair():
    y = np.tile([0.0, 1.0], 50)
    same = np.zeros(100, int)
    made = ceiling(y, (same, np.arange(100) // 50, np.arange(100) // 50))
    assert (made.pairs, made.stories, made.sessions) == (1, 1, 2)


def test_a_headline_of_every_day_does_not_crowd_out_the_others():
    story, event, day = repeated(200, days=300)
    daily = np.arange(300)
    where = np.r_[story, np.full(300, 9999)], np.r_[event, 1000 + daily], np.r_[day, daily]
    y, _ = wins(np.random.default_rng(0).choice([0.05, 0.95], 200))
    made = ceiling(np.r_[y, np.random.default_rng(2).integers(0, 2, 300)], where)
    assert made.pairs == 200 + 190
    assert made.agreement.value > 0.8


def test_one_outcome_a_session_widens_the_interval():
    where = repeated(2000, days=20)
    rng = np.random.default_rng(0)
    alone, _ = wins(np.full(2000, 0.5))
    shared = rng.integers(0, 2, 20)[where[2]].astype(float)
    narrow, wide = (ceiling(y, where).agreement for y in (alone, shared))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


@pytest.mark.parametrize("classes", [2, 0])
def test_outcomes_that_agree_less_than_by_chance_do_not_prove_that_nothing_can_be_known(classes):
    y = np.tile([0.0, 1.0], 60)  # a story once down and once up
    y[:30] = np.repeat(np.arange(15) % 2, 2)  # but for a quarter of them
    best = ceiling(y, repeated(60, days=60), classes).best["auc" if classes else "rank_ic"]
    chance = 0.5 if classes else 0.0
    assert best.value == best.low == chance
    assert best.high > chance + 0.02


def test_many_pairs_of_a_few_stories_are_too_few():
    y, _ = wins(np.full(20, 0.5), times=10)
    made = ceiling(y, repeated(20, times=10))
    assert made.pairs == 20 * 45
    assert made.best == {}


def test_too_few_pairs_are_said():
    y, _ = wins(np.full(10, 0.5))
    made = ceiling(y, repeated(10))
    assert made.best == {}
    assert str(made.sentence()).startswith("Too few near-identical headlines for a noise ceiling: 10 stories")


@pytest.mark.parametrize("event", [-1, None])
def test_a_table_without_sessions_or_repeats_has_no_ceiling(event):
    n = 100
    events = np.full(n, -1) if event == -1 else np.arange(n)
    made = ceiling(np.zeros(n), (np.arange(n), events, np.arange(n)))
    assert (made.pairs, made.best) == (0, {})


def test_the_sentence_names_the_ceiling_with_its_interval_and_its_rows():
    y, _ = wins(np.random.default_rng(0).uniform(0.3, 0.9, 3000))
    story, event, day = repeated()
    once = 6000 + np.arange(18_000)
    where = np.r_[story, once], np.r_[event, once], np.r_[day, once % 300]
    made = ceiling(np.r_[y, np.zeros(18_000)], where)
    assert (made.rows, made.of) == (6000, 24_000)
    said = str(made.sentence())
    assert said.startswith("Headlines that returned in several events (25% of the rows)")
    assert f"again in {np.mean(y[::2] == y[1::2]):.0%} of 3,000 pairs. On these rows" in said
    assert f"reaches ROC AUC {made.best['auc'].value:.3f} [" in said
    assert "of headlines that came once this says nothing" in said


def test_headlines_that_came_once_change_the_share_and_not_the_ceiling():
    y, _ = wins(np.random.default_rng(0).uniform(0.3, 0.9, 3000))
    story, event, day = repeated()
    once = 6000 + np.arange(1000)
    more = np.r_[story, once], np.r_[event, once], np.r_[day, once % 300]
    alone, beside = ceiling(y, (story, event, day)), ceiling(np.r_[y, np.ones(1000)], more)
    assert alone.best == beside.best
    assert (alone.share, beside.share) == ("100%", "86%")


def test_a_headline_that_is_told_twice_of_one_event_did_not_return():
    story, event = np.array([1, 1, 2, 2, 3, 4, 4]), np.array([7, 7, 7, 8, 8, -1, 9])
    assert returning(story, event).tolist() == [False, False, True, True, False, False, False]


def test_outcomes_that_overlap_widen_the_interval():
    y, _ = wins(np.random.default_rng(0).uniform(0.3, 0.9, 500))
    short, long = (ceiling(y, repeated(500, days=120), length=length).best["auc"] for length in (1, 10))
    assert long.value == short.value
    assert long.high > short.high + 0.01
    assert ceiling(y, repeated(500, days=120), length=30).best == {}


@pytest.mark.slow
@pytest.mark.parametrize("task", first_always(["classify", "regress"]))
@pytest.mark.parametrize("world", ["alike", "once tells more"])
def test_what_is_said_of_the_ceiling_is_true_in_both_worlds(world, task):
    found = simulation.ceiling_world(world, task, repetitions=75)
    assert found.exceeded <= 0.05
    assert found.apart <= 0.05
    if world == "once tells more":
        assert found.denied == 1
        assert found.all_rows > found.returned + 0.1
