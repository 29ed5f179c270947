import json
import math
import re

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.leakage import STEPS, Step
from core.evaluate.leakage_text import sentence, summary
from core.jobs import Cancelled, silent
from core.train.leakage import staircase
from core.train.settings import TrainSettings
from core.train.splits.leakage import draw_fits, leakage_folds
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import make_dataset
from tests.makers.worlds import first_always
from tests.simulations.staircase import falls

DAYS = np.repeat(np.arange(60), 6)


class Table:
    """Rows of sessions, and a model that knows its neighbours' outcomes by one number for each row."""

    def __init__(self, clue, outcome, days=DAYS, story=None):
        self.outcome = np.asarray(outcome, float)
        self.dataset = make_dataset(self.outcome - 0.5, days, story=story)
        self.clue, self.calls = np.asarray(clue), []

    def fit_predict(self, train, test, report):
        """Predict the mean outcome of the training rows with the same clue, else a guess by the row."""
        self.calls.append((train, test))
        share = self.outcome[train].mean()
        seen = {c: self.outcome[train][self.clue[train] == c].mean() for c in np.unique(self.clue[train])}
        p = np.array([seen.get(c, share) for c in self.clue[test]])
        return np.column_stack([1 - p, p])

    def steps(self, report=silent, **settings):
        plan = plan_splits(self.dataset, TrainSettings(**settings))
        return staircase(plan, leakage_folds(plan), self.fit_predict, report)


def coin(n, seed=0):
    return np.random.default_rng(seed).integers(0, 2, n)


def returning(days=DAYS):
    """Each headline is told twice, on any two days, with the same outcome."""
    n = len(days)
    story = np.random.default_rng(3).permutation(n) // 2
    return Table(story, coin(n)[story], days, story)


def shared_by_session():
    """The clue gives the session away, whose rows share one outcome."""
    return Table(DAYS, coin(60)[DAYS])


def noise(seed=0):
    rng = np.random.default_rng(seed)
    return Table(rng.integers(0, 4, len(DAYS)), rng.integers(0, 2, len(DAYS)))


@pytest.mark.slow
def test_the_steps_are_those_of_the_command_line_in_order():
    assert [step.step for step in noise().steps()] == [
        "random",
        "ordered",
        "ordered+groups",
        "ordered+groups+purge",
    ]
    assert list(STEPS) == [step.step for step in noise().steps()]


def test_outcomes_shared_by_session_are_known_at_random_and_not_in_order():
    random, ordered, grouped, purged = shared_by_session().steps()
    assert random.value == 1
    assert ordered.value == pytest.approx(0.5, abs=0.1)
    assert ordered.drop_low > 0.2
    assert [grouped.drop, purged.drop] == pytest.approx([0, 0], abs=0.1)


def test_returning_headlines_are_known_until_they_are_taken_from_the_training():
    random, ordered, grouped, _purged = returning().steps()
    assert random.value > ordered.value > 0.6
    assert grouped.value == pytest.approx(0.5, abs=0.1)
    assert grouped.drop_low > 0
    assert grouped.taken > 0


def test_outcomes_that_reach_into_the_test_are_known_until_they_are_purged():
    pair = (DAYS + 1) // 2
    days = DAYS * 2 + 1
    table = Table(pair, coin(31)[pair], days)
    *_, grouped, purged = table.steps(folds=20)
    assert purged.drop_low > 0
    assert grouped.value > purged.value


@pytest.mark.parametrize("seed", range(3))
def test_on_noise_no_step_is_better_or_worse_than_guessing(seed):
    random, *others = noise(seed).steps()
    assert random.value == pytest.approx(0.5, abs=0.06)
    assert all(step.low < 0.5 < step.high for step in others)


def test_every_step_scores_the_same_rows():
    steps = noise().steps()
    assert len({step.rows for step in steps}) == 1
    assert steps[0].rows == 5 * 7 * 6  # 5 folds of 7 of the 48 sessions before the holdout


@pytest.mark.parametrize("table", [noise(), returning()])
def test_in_a_fold_and_a_repeat_every_step_learns_from_as_many_rows(table):
    plan = plan_splits(table.dataset, TrainSettings(embargo=2))
    fits = list(draw_fits(plan, leakage_folds(plan)))
    for repeat in range(10):
        for fold in range(5):
            here = [fit for fit in fits if (fit.repeat, fit.fold) == (repeat, fold)]
            assert len({len(fit.train) for fit in here}) == 1
            assert [fit.step for fit in here] == ["random", *STEPS]


def test_the_strictest_step_learns_from_half_of_the_sessions_other_ones_in_each_repeat():
    plan = plan_splits(noise().dataset, TrainSettings(horizon=0))
    tested = leakage_folds(plan)
    fits = [fit for fit in draw_fits(plan, tested) if fit.step == "ordered+groups+purge" and fit.fold == 4]
    drawn = [frozenset(DAYS[fit.train]) for fit in fits]
    assert {len(days) for days in drawn} == {20}  # of the 40 before the last test
    assert len(set(drawn)) == 10
    assert all(len(fit.train) == 20 * 6 for fit in fits)


def test_at_random_half_of_the_tested_rows_is_learned_from_and_the_other_tested():
    plan = plan_splits(noise().dataset, TrainSettings())
    (fold, *_others) = tested = leakage_folds(plan)
    first, second = (
        fit for fit in draw_fits(plan, tested) if (fit.step, fit.fold, fit.repeat) == ("random", 0, 0)
    )
    ((_, half),) = first.tests.items()
    ((_, other),) = second.tests.items()
    assert sorted([*half, *other]) == fold.test.tolist()
    assert not set(half) & set(first.train)
    assert abs(len(half) - len(other)) <= 1
    assert len(set(other) & set(first.train)) > 0


def test_the_final_holdout_is_neither_learned_from_nor_scored():
    table = noise()
    table.steps()
    assert all(DAYS[rows].max() < 48 for call in table.calls for rows in call)


def test_the_drop_is_the_score_before_less_the_score_and_the_first_has_none():
    first, *others = returning().steps()
    assert math.isnan(first.drop)
    before = first
    for step in others:
        assert step.drop == pytest.approx(before.value - step.value)
        assert step.drop_low <= step.drop <= step.drop_high
        before = step


def test_training_that_did_not_change_is_not_fitted_again():
    table = noise()
    steps = table.steps(horizon=0)
    assert len(table.calls) == 10 * 5 * (2 + 1)
    assert [step.taken for step in steps[2:]] == [0, 0]
    assert [step.drop for step in steps[2:]] == [0, 0]


def test_events_are_scored_where_the_unit_is_the_event():
    steps = shared_by_session().steps(unit="event")
    assert {step.rows for step in steps} == {35}
    assert steps[0].value == 1


def test_returns_are_scored_by_rank():
    table = shared_by_session()
    table.outcome = table.outcome - 0.5 + np.random.default_rng(0).normal(0, 0.01, 60)[DAYS]

    def mean_of_the_clue(train, test, report):
        return table.fit_predict(train, test, report)[:, 1]

    plan = plan_splits(make_dataset(table.outcome, DAYS), TrainSettings("regress"))
    steps = staircase(plan, leakage_folds(plan), mean_of_the_clue)
    assert {step.metric for step in steps} == {"rank_ic"}
    assert steps[0].value > 0.95
    assert "Rank information coefficient" in str(sentence(steps[1]))


def test_rows_without_an_outcome_take_no_part():
    table = noise()
    table.outcome[::7] = np.nan
    table.dataset = make_dataset(table.outcome - 0.5, DAYS)
    table.steps()
    assert not any(np.isnan(table.outcome[rows]).any() for call in table.calls for rows in call)


def test_cancel_stops_the_work():
    def cancel(fraction, template, /, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        noise().steps(cancel)


def test_progress_goes_up_to_the_end():
    seen = []
    noise().steps(lambda fraction, template, /, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] >= 0.9


@pytest.mark.parametrize(
    ("table", "settings", "words"),
    [
        (Table(coin(60), coin(60), np.full(60, -1)), {"split": "group"}, "no date, so the staircase"),
        (noise(), {"folds": 20, "horizon": 30}, "20 folds .* need at least 51"),
        (Table(DAYS, DAYS > 20), {}, "no training row is of the class 승"),
    ],
)
def test_a_table_without_a_staircase_is_one_sentence(table, settings, words):
    with pytest.raises(UserError, match=words):
        table.steps(**settings)


def test_with_few_sessions_there_are_as_many_folds_as_can_be():
    days = np.repeat(np.arange(6), 10)
    table = Table(coin(60), coin(60, 1), days)
    table.steps()
    assert len({days[test].min() for _train, test in table.calls}) == 1


@pytest.mark.parametrize("table", [noise(), returning(), shared_by_session()])
def test_steps_survive_json(table):
    steps = table.steps()
    again = [Step.from_dict(json.loads(json.dumps(step.as_dict(), allow_nan=False))) for step in steps]
    assert [str(sentence(step)) for step in again] == [str(sentence(step)) for step in steps]


def test_the_sentence_of_a_fall_says_what_is_forbidden_and_what_it_cost():
    text = str(sentence(shared_by_session().steps()[1]))
    assert text.startswith(
        "Once the model may learn from earlier days only, the ROC AUC falls from 1.000 to 0."
    )
    assert "cannot be had in real use" in text


def test_the_sentence_of_a_step_with_nothing_to_forbid_says_that_it_cost_nothing():
    assert str(sentence(noise().steps()[2])).startswith("No headline of a test stands in its training")


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        (
            (0.3, 0.2, 0.4),
            "falls from 0.900 to 0.600, by 0.300 \\[0.200, 0.400\\]. That part was recognising",
        ),
        ((0.001, -0.02, 0.03), "from 0.601 to 0.600 \\(a change of -0.001 .*cost nothing here"),
        ((-0.2, -0.3, -0.1), "from 0.400 to 0.600 \\(a change of \\+0.200.*cost nothing here"),
        ((0.1, -0.1, 0.3), "from 0.700 to 0.600. That may be chance .*cannot be said"),
        ((0.1, math.nan, math.nan), "too few days to say"),
    ],
)
def test_the_sentence_goes_by_the_interval_of_the_drop(drop, words):
    step = Step("ordered+groups", 0.6, 0.5, 0.7, *drop, rows=100, train_rows=200, taken=5)
    assert re.search(words, str(sentence(step)))


def test_an_undefined_score_is_said():
    step = Step("random", *[math.nan] * 6, rows=100, train_rows=200)
    assert "undefined" in str(sentence(step))
    assert "undefined" in str(summary([step, step]))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.55, 0.7, "better than guessing"), (0.45, 0.7, "no evidence"), (0.3, 0.45, "worse than guessing")],
)
def test_the_summary_says_what_is_left(low, high, words):
    careless = Step("random", 1, 1, 1, *[math.nan] * 3, rows=100, train_rows=200)
    honest = Step("ordered+groups+purge", 0.6, low, high, 0, 0, 0, rows=100, train_rows=200)
    assert words in str(summary([careless, honest]))
    assert "1.00" in str(summary([careless, honest]))


@pytest.mark.slow
@pytest.mark.parametrize(("horizon", "tables"), first_always([(5, 20), (1, 40), (5, 40)]))
def test_without_a_leak_at_most_one_staircase_in_twenty_falls(horizon, tables):
    assert falls("leak-free", horizon, tables=tables).any_step <= 0.05


@pytest.mark.slow
def test_where_sessions_share_outcomes_and_topics_most_staircases_fall():
    assert falls("leaky", horizon=1, tables=6).ordered > 0.8
