from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.predict import Question, predict_questions
from core.predict.whatif import curve, surface


@pytest.fixture
def question(data):
    return Question(data.headlines[3], None, features=data.features.iloc[3].to_dict())


def test_a_feature_that_makes_the_outcome_moves_the_prediction_its_way(run, data, vectors, question):
    """The world of the small lab: the return is the RSI and noise, so a higher RSI wins more often."""
    made = curve(run, data, question, vectors[3:4], "RSI")
    third = len(made.scale.grid) // 3
    low, high = made.values["mean"][:third].mean(), made.values["mean"][-third:].mean()
    assert high - low > 0.2
    fell = curve(run, data, question, vectors[3:4], "RSI", explained=0)
    np.testing.assert_allclose(fell.values["mean"], 1 - made.values["mean"], atol=1e-6)


def test_each_point_is_what_the_page_says_to_that_value(run, data, vectors, question):
    made = curve(run, data, question, vectors[3:4], "RSI", points=7)
    values = data.features["RSI"]
    assert made.scale.own == question.features["RSI"]
    assert made.scale.own in made.scale.grid
    assert (made.scale.low, made.scale.high) == (values.min(), values.max())
    ends = np.quantile(values, [0.01, 0.99])
    assert set(ends) <= set(made.scale.grid)
    assert len(made.scale.grid) == 8
    for place, value in enumerate(made.scale.grid):
        asked = replace(question, features={**question.features, "RSI": value})
        expected = predict_questions(run, [asked], vectors[3:4])
        for name in ("mean", *run.models):
            assert made.values[name][place] == expected[name][0, -1]
    assert made.now == predict_questions(run, [question], vectors[3:4])["mean"][0, -1]


def test_two_features_are_moved_at_once_the_first_along_x(run, data, vectors, question):
    made = surface(run, data, question, vectors[3:4], ("RSI", "거래량"), side=4)
    assert made.values.shape == (5, 5)  # the question's own values too
    asked = {"RSI": made.x.grid[1], "거래량": made.y.grid[3]}
    expected = predict_questions(run, [replace(question, features=asked)], vectors[3:4])
    assert made.values[3, 1] == expected["mean"][0, -1]
    assert made.values[:, -1].mean() > made.values[:, 0].mean()
    own = np.flatnonzero(made.y.grid == made.y.own)[0], np.flatnonzero(made.x.grid == made.x.own)[0]
    assert made.values[own] == made.now


@pytest.mark.parametrize("own", [None, np.nan, np.inf, 1e9])
def test_a_value_that_is_missing_or_far_away_is_not_on_the_scale(run, data, vectors, question, own):
    features = {"거래량": 0.0} | ({} if own is None else {"RSI": own})
    made = curve(run, data, replace(question, features=features), vectors[3:4], "RSI")
    assert made.scale.grid.max() <= data.features["RSI"].max()
    assert made.scale.marked is None
    assert made.scale.own == (own if own == 1e9 else None)
    assert np.isfinite(made.now)


def test_a_value_just_outside_the_table_is_on_the_scale(run, data, vectors, question):
    beyond = data.features["RSI"].max() + 0.5
    made = curve(run, data, replace(question, features={"RSI": beyond}), vectors[3:4], "RSI")
    assert made.scale.marked == made.scale.grid[-1] == beyond
    assert made.scale.high < beyond


def test_few_values_are_asked_as_they_are(run, data, vectors, question, monkeypatch):
    table = pd.DataFrame({"RSI": np.resize([0.0, 1.0, np.nan, np.inf], len(data))})
    monkeypatch.setattr(type(data), "features", property(lambda _self: table))
    made = curve(run, data, replace(question, features={"RSI": 1.0}), vectors[3:4], "RSI")
    assert made.scale.grid.tolist() == [0.0, 1.0]


def test_a_feature_that_nearly_always_is_the_same_is_moved_between_its_ends(
    run, data, vectors, question, monkeypatch
):
    values = np.zeros(len(data))
    values[0] = 1.0
    monkeypatch.setattr(type(data), "features", property(lambda _self: pd.DataFrame({"RSI": values})))
    made = curve(run, data, replace(question, features={}), vectors[3:4], "RSI", points=1)
    assert made.scale.grid.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("values", [[1.0], [np.nan], [1.0, np.nan, np.inf]])
def test_a_feature_without_two_values_cannot_be_moved(run, data, vectors, question, monkeypatch, values):
    table = pd.DataFrame({"RSI": np.resize(values, len(data)), "거래량": data.features["거래량"].to_numpy()})
    monkeypatch.setattr(type(data), "features", property(lambda _self: table))
    assert curve(run, data, question, vectors[3:4], "RSI") is None
    assert surface(run, data, question, vectors[3:4], ("거래량", "RSI")) is None


def test_what_the_run_does_not_read_cannot_be_moved(run, data, vectors, question):
    with pytest.raises(ValueError, match="no feature"):
        curve(run, data, question, vectors[3:4], "없는 변수")
    with pytest.raises(ValueError, match="two features"):
        surface(run, data, question, vectors[3:4], ("RSI", "RSI"))
