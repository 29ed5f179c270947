"""The table side: values, partners, partial dependence, and what swapping whole sessions costs the score."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import explain_run
from core.explain.features import (
    continuous_groups,
    partial_dependence,
    permutation_importance,
    ranks,
    strongest_partner,
    table_groups,
    values_of,
)
from core.explain.features.permutation import swapped
from core.train.features.inputs import Inputs
from core.train.features.registry import CLOCK
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset, signal


def test_ranks_share_ties_leave_missing_out_and_stand_in_the_middle_where_all_are_equal():
    assert ranks(np.array([3.0, 1.0, np.nan, 2.0])).tolist()[:2] == [1.0, 0.0]
    assert np.isnan(ranks(np.array([3.0, 1.0, np.nan, 2.0]))[2])
    assert ranks(np.array([1.0, 1.0, 2.0])).tolist() == [0.25, 0.25, 1.0]
    assert ranks(np.array([5.0, 5.0])).tolist() == [0.5, 0.5]


def test_the_groups_of_the_table_go_without_the_headline_and_by_size(classified):
    run, data, vectors = classified
    found = explain_run(run, data, vectors)
    assert table_groups(found)[0] == "x"
    assert set(table_groups(found)) == {"x", "idle", "press"}


def test_values_are_those_of_the_table_the_clock_has_hours_and_the_outlet_none(classified):
    run, data, _ = classified
    rows = np.array([5, 2])
    assert values_of(run, data, rows, "x") == pytest.approx(data.features["x"].to_numpy()[rows])
    timed = replace(data, frame=data.frame.assign(time=data.frame["time"] + np.timedelta64(570, "m")))
    assert values_of(run, timed, rows, CLOCK).tolist() == [9.5, 9.5]
    assert values_of(run, data, rows, "press") is None


def test_the_partner_is_the_feature_that_turns_the_effect_round(few_trees):
    rng = np.random.default_rng(0)
    x, turn, idle = rng.normal(size=(3, 900))
    data = make_dataset(0.01 * x * np.sign(turn), np.arange(900) // 9, {"idle": idle, "x": x, "turn": turn})
    run = train(data, None, TrainSettings(task="regress"))
    found = explain_run(run, data, None)
    assert strongest_partner(run, data, found, "x") == "turn"


def test_a_feature_alone_has_no_partner(labelled):
    run, data, vectors = labelled
    assert strongest_partner(run, data, explain_run(run, data, vectors), "x") is None


def test_the_curves_are_the_predictions_with_the_feature_set_by_hand(returned):
    run, data, vectors = returned
    rows = run.predictions.test.positions(data)
    made = partial_dependence(run, data, vectors, rows, "x", points=5, curves=4)
    inputs = Inputs.of(data, vectors).take(made.rows)
    for k, value in enumerate(made.grid):
        by_hand = run.predict(inputs._replace(features=inputs.features.assign(x=value)))
        assert made.curves[:, k] == pytest.approx(by_hand[MEAN])
        assert made.means["rf"][k] == pytest.approx(by_hand["rf"].mean())
    assert made.means[MEAN] == pytest.approx(made.curves.mean(axis=0))
    assert made.means[MEAN][-1] > made.means[MEAN][0] + 0.005  # the planted slope
    assert made.label is None


def test_the_curves_of_a_class_are_its_probabilities(labelled):
    run, data, vectors = labelled
    rows = run.predictions.test.positions(data)
    low, middle, high = (partial_dependence(run, data, vectors, rows, "x", k).means[MEAN] for k in range(3))
    assert low + middle + high == pytest.approx(1)
    assert low[0] > low[-1]
    assert high[0] < high[-1]


def test_what_cannot_be_moved(classified):
    run, data, vectors = classified
    with pytest.raises(ValueError, match="press is no continuous feature"):
        partial_dependence(run, data, vectors, np.arange(5), "press")
    same = replace(data, frame=data.frame.assign(**{"feature.x": 1.0}))
    assert partial_dependence(run, same, vectors, np.arange(5), "x") is None


def test_a_feature_called_as_a_group_of_ours_is_found(few_trees):
    rng = np.random.default_rng(0)
    press = rng.normal(size=120)
    data = make_dataset(0.01 * press, np.arange(120) // 5, {"press": press})
    run = train(data, None, TrainSettings(task="regress"))
    assert continuous_groups(run) == {"feature.press": "press"}
    rows = run.predictions.test.positions(data)
    assert values_of(run, data, rows, "feature.press") == pytest.approx(press[rows])
    assert partial_dependence(run, data, None, rows, "feature.press").feature == "press"


def test_every_session_takes_the_values_of_one_other_in_their_order():
    session = np.array([4, 4, 4, 7, 9, 9, 4])
    donor = swapped(session, np.random.default_rng(0))
    for number in np.unique(session):
        own = session == number
        (given,) = np.unique(session[donor[own]])
        assert given != number
        places = np.flatnonzero(session == given)
        assert donor[own].tolist() == np.resize(places, own.sum()).tolist()
    givers = {session[donor[session == number]][0] for number in np.unique(session)}
    assert givers == set(session)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classify", "regress"])
def test_what_is_planted_helps_and_noise_is_not_said_to(task, few_trees):
    data, vectors = signal(600, days=60)
    run = train(data, vectors, TrainSettings(task=task))
    found = permutation_importance(run, data, vectors)
    assert set(found.groups) == {"headline", "x", "idle", "press"}
    assert found.helps("x") is True
    assert found.helps("idle") is False
    assert found.score == pytest.approx(run.scores[MEAN][found.metric].value)
    drop = found.drops[found.groups.index("x")]
    assert drop.low < drop.value < drop.high


def test_too_few_sessions_give_a_drop_without_an_interval(classified):
    found = permutation_importance(*classified, repeats=3)
    assert found.evidence.blocks == 5
    assert found.helps("x") is None
    assert found.drops[found.groups.index("x")].value > 0.1


def test_the_same_seed_swaps_the_same(labelled):
    run, data, vectors = labelled
    one, same, other = (permutation_importance(run, data, vectors, repeats=3, seed=s) for s in (0, 0, 1))
    assert one.drops == same.drops
    assert one.drops != other.drops


def test_a_sealed_holdout_is_not_touched(classified):
    run, data, vectors = classified
    sealed = replace(run, settings=replace(run.settings, folds=2, sealed=True))
    with pytest.raises(UserError, match="once it is opened"):
        permutation_importance(sealed, data, vectors)


def test_a_holdout_of_one_session_cannot_swap(classified):
    run, data, vectors = classified
    one = replace(data, frame=data.frame.assign(session=data.frame["session"].iloc[0]))
    with pytest.raises(UserError, match="in one session"):
        permutation_importance(run, one, vectors)


def test_another_dataset_is_refused(classified):
    run, data, vectors = classified
    with pytest.raises(ValueError, match="was trained on"):
        permutation_importance(run, replace(data, id="another"), vectors)
