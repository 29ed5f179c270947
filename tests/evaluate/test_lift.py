import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from core.evaluate.blocks import Blocks
from core.evaluate.lift import Lift, apart_sentence, sentence, text_lift
from core.locale import translate_message

SESSIONS = 40


def rows(strength, sessions=SESSIONS, per_session=6, seed=0):
    """Outcomes that a headline tells with this strength and a table does not; `(y, with, without, ids)`."""
    rng = np.random.default_rng(seed)
    ids = np.repeat(np.arange(sessions), per_session)
    text, table = rng.normal(size=len(ids)), rng.normal(size=len(ids))
    y = strength * text + 0.3 * table + rng.normal(size=len(ids))
    return y, 0.3 * table + strength * text, 0.3 * table, Blocks(ids)


def test_the_lift_is_the_difference_of_the_two_scores():
    y, ours, other, ids = rows(1.0)
    made = text_lift(y, ours, other, ids, "rank_ic", seed=0)
    assert made.with_text == pytest.approx(spearmanr(y, ours).statistic)
    assert made.value == pytest.approx(spearmanr(y, ours).statistic - spearmanr(y, other).statistic)
    assert made.low < made.value < made.high


def test_headlines_that_tell_the_outcome_help():
    made = text_lift(*rows(1.0), "rank_ic", seed=0)
    assert made.verdict == "helps"
    assert str(sentence(made)).startswith("The headlines help: Rank information coefficient is ")


def test_models_that_do_worse_with_the_headlines_get_nothing_out_of_them():
    y, ours, other, ids = rows(1.0)
    made = text_lift(y, other, ours, ids, "rank_ic", seed=0)
    assert made.verdict == "none"
    assert str(sentence(made)).startswith("These models get nothing out of the headlines")


def test_a_lower_error_helps():
    y, ours, other, ids = rows(1.0)
    made = text_lift(y, ours, other, ids, "mae", seed=0)
    assert made.value < 0
    assert made.verdict == "helps"
    assert " bp [" in str(sentence(made))


def test_classes_are_scored_by_their_probabilities():
    y, ours, other, ids = rows(1.0)
    won = (y > 0).astype(float)
    ours, other = (np.stack([1 - p, p], axis=1) for p in (1 / (1 + np.exp(-ours)), 1 / (1 + np.exp(-other))))
    made = text_lift(won, ours, other, ids, "auc", seed=0)
    assert made.value == pytest.approx(roc_auc_score(won, ours[:, 1]) - roc_auc_score(won, other[:, 1]))
    assert made.verdict == "helps"


def test_noise_has_no_lift_and_a_small_test_says_that_it_cannot_tell():
    y, _, other, ids = rows(0.0, sessions=17)
    noise = other + np.random.default_rng(5).normal(size=len(y))
    made = text_lift(y, noise, other, ids, "rank_ic", seed=0)
    assert made.verdict == "none"
    assert made.too_wide
    assert "No evidence that the headlines add anything" in str(sentence(made))
    assert "17 sessions are too few to rule it out" in str(sentence(made))


def test_a_prediction_that_hardly_differs_leaves_little_room():
    y, _, other, ids = rows(0.0, sessions=200)
    made = text_lift(y, other + 1e-3 * np.random.default_rng(1).normal(size=len(y)), other, ids, "rank_ic", 0)
    assert made.verdict == "none"
    assert not made.too_wide
    assert "little room for it with these models" in str(sentence(made))


def test_the_same_prediction_twice_adds_exactly_nothing():
    y, _, other, ids = rows(0.0)
    made = text_lift(y, other, other, ids, "rank_ic", seed=0)
    assert (made.value, made.low, made.high, made.verdict) == (0, 0, 0, "none")


def test_five_sessions_that_agree_are_too_few_for_a_verdict():
    made = text_lift(*rows(3.0, sessions=5, per_session=40), "rank_ic", seed=0)
    assert made.low > 0
    assert made.verdict == "none"
    assert str(sentence(made)).startswith("Cannot tell whether the headlines help: the test holds 5 sessions")


def test_a_score_that_is_undefined_is_said_to_be():
    ids = Blocks(np.arange(10))
    sure = np.tile([0.4, 0.6], (10, 1))
    made = text_lift(np.ones(10), sure, sure, ids, "auc", seed=0)
    assert made.verdict == "none"
    assert "undefined" in str(sentence(made))


def test_weights_decide_which_rows_count():
    y, ours, other, ids = rows(1.0)
    odd = (np.arange(len(y)) % 2).astype(float)
    half = text_lift(y[odd > 0], ours[odd > 0], other[odd > 0], ids.take(odd > 0), "rank_ic", seed=0)
    weighted = text_lift(y, ours, other, ids, "rank_ic", seed=0, weights=odd)
    assert weighted.value == pytest.approx(half.value)
    assert weighted.low == pytest.approx(half.low)


def test_sessions_shuffled_outcomes_seldom_claim_a_lift():
    claims = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        ids = np.repeat(np.arange(17), 8)
        y = rng.normal(size=17)[ids]  # one outcome a session
        ours, other = rng.normal(size=17)[ids] + 0.3 * rng.normal(size=len(ids)), rng.normal(size=len(ids))
        claims += text_lift(y, ours, other, Blocks(ids), "rank_ic", seed).verdict == "helps"
    assert claims <= 3


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        text_lift(np.ones(4), np.ones(4), np.ones(3), Blocks(np.arange(4)), "mae", seed=0)


def test_a_lift_comes_back_from_its_plain_values():
    made = Lift("auc", math.nan, math.nan, math.nan, 0.5, 0.5, 3, "story")
    plain = made.as_dict()
    assert plain["value"] is None
    again = Lift.from_dict(plain)
    assert math.isnan(again.value)
    assert (again.verdict, again.unit, again.blocks) == ("none", "story", 3)


def test_the_sentence_is_a_translatable_message():
    made = text_lift(*rows(1.0), "rank_ic", seed=0)
    assert translate_message(sentence(made), "en") == str(sentence(made))


def overlapping(sessions=60, horizon=5):
    y, ours, other, blocks = rows(1.0, sessions)
    return y, ours, other, Blocks(blocks.ids, horizon, horizon)


def test_the_blocks_that_outlast_the_horizon_are_said():
    made = text_lift(*overlapping(), "rank_ic", seed=0)
    assert (made.blocks, made.length, made.sessions) == (12, 5, 60)
    assert str(sentence(made)).endswith("over 60 sessions (12 blocks of 5).")


def test_too_few_blocks_say_that_outcomes_overlap():
    made = text_lift(*overlapping(sessions=20), "rank_ic", seed=0)
    assert made.verdict == "none"
    assert "20 sessions (4 blocks of 5) stand for too few independent outcomes" in str(sentence(made))


def test_a_help_found_in_the_twentieth_test_of_the_same_rows_is_no_verdict():
    first = text_lift(*rows(0.25, sessions=60), "rank_ic", seed=0)
    assert first.verdict == "helps"
    again = first.after(20)
    assert (again.verdict, again.low) == ("none", first.low)
    assert "these rows have been tested 20 times" in str(sentence(again))
    assert first.after(1) == first
    assert text_lift(*rows(3.0, sessions=60), "rank_ic", seed=0).after(20).verdict == "helps"


def test_a_test_that_leaks_has_no_verdict_and_says_why():
    made = replace(text_lift(*rows(1.0), "rank_ic", seed=0), withheld="the split leaks.")
    assert made.verdict == "none"
    assert "cannot be told from this test: the split leaks." in str(sentence(made))


def test_sessions_that_do_not_overlap_are_told_beside():
    made = text_lift(*overlapping(), "rank_ic", seed=0)
    assert apart_sentence(made) is None
    apart = replace(made, apart=text_lift(*rows(1.0, sessions=12), "rank_ic", seed=0))
    assert "over 12 sessions." in str(apart_sentence(apart))
    again = Lift.from_dict(apart.as_dict())
    assert again == apart


def test_a_lift_saved_before_blocks_were_known_opens():
    plain = {
        "metric": "auc",
        "value": 0.1,
        "low": 0.02,
        "high": 0.2,
        "verdict": "hurts",
        "blocks": 17,
        "unit": "session",
    }
    made = Lift.from_dict(plain)
    assert (made.verdict, made.evidence.sessions, made.length) == ("helps", 17, 1)


def test_a_fusion_that_leaves_the_headlines_out_is_no_evidence_against_them():
    same = {"value": 0.0, "low": 0.0, "high": 0.0, "with_text": 0.53, "without_text": 0.53}
    left_out = Lift("auc", **same, blocks=66, sessions=66, unit="session", arm="fusion")
    assert left_out.verdict == "none"
    assert "the fused model leaves them out" in str(sentence(left_out))
    assert "little room" in str(sentence(replace(left_out, arm="all")))
