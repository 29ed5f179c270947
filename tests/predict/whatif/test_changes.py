from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from core.explain.shapley import shapley
from core.predict import Question
from core.predict.whatif import ask, changed, compare, is_read
from core.predict.whatif.changes import Changed

NOW = datetime(2026, 11, 27, 9)


@pytest.fixture
def question(run, data):
    features = data.features.iloc[0].to_dict()
    return Question(data.headlines[0], run.preparation.outlets[0], None, NOW, features)


def test_what_differs_is_told_in_order_and_what_is_missing_is_none():
    one = Question("가온전자 급등", "가", None, NOW, {"a": 1.0, "b": np.nan, "c": 3.0})
    other = Question(" 가온전자  급락", None, "나", NOW, {"a": 1.0, "b": 2.0, "d": np.nan})
    assert changed(one, other) == (
        Changed("headline", "가온전자 급등", "가온전자 급락"),
        Changed("press", "가", None),
        Changed("company", None, "나"),
        Changed("feature", None, 2.0, "b"),
        Changed("feature", 3.0, None, "c"),
    )
    assert changed(one, replace(one, headline="가온전자   급등")) == ()  # nothing that is read differs


def test_one_change_has_the_whole_effect_and_what_did_not_change_has_none(run, vectors, question):
    other = replace(question, features={**question.features, "RSI": 2.0})
    found = compare(run, question, other, vectors[[0, 0]])
    assert [one.name for one in found.differences] == ["RSI"]
    for name, values in ask(run, [question, other], vectors[[0, 0]]).items():
        assert [found.before[name], found.after[name]] == values.tolist()
        assert found.effects[name] == pytest.approx([values[1] - values[0]])


def test_effects_of_several_changes_sum_to_the_whole_and_are_shared_fairly(run, data, vectors, question):
    other = Question(
        data.headlines[7], run.preparation.outlets[1], "가온", NOW, {**question.features, "RSI": -2.0}
    )
    some = vectors[[0, 7]]
    found = compare(run, question, other, some)
    kinds = [one.kind for one in found.differences]
    assert kinds == ["headline", "press", "company", "feature"]
    assert found.exact
    for name, effects in found.effects.items():
        assert effects.sum() == pytest.approx(found.after[name] - found.before[name])
        assert effects[kinds.index("company")] == 0
    # the effect of the outlet by the definition: its mean gain over the six orders of three changes
    order = {"headline": 0, "press": 1, "feature": 2}

    def said(*made):
        asked = replace(
            question,
            press=other.press if "press" in made else question.press,
            features=other.features if "feature" in made else question.features,
        )
        return ask(run, [asked], some[[int("headline" in made)]])["mean"][0]

    gains = (
        2 * (said("press") - said()),
        said("headline", "press") - said("headline"),
        said("feature", "press") - said("feature"),
        2 * (said(*order) - said("headline", "feature")),
    )
    assert found.effects["mean"][1] == pytest.approx(sum(gains) / 6)


def test_many_changes_are_drawn_and_still_sum_to_the_whole(run, vectors, question, monkeypatch):
    monkeypatch.setattr(
        "core.predict.whatif.changes.shapley",
        lambda worth, players, whole, exact: shapley(worth, players, whole, most=3, exact=1),
    )
    other = replace(question, features={"RSI": -2.0, "거래량": 2.0}, press=None)
    found = compare(run, question, other, vectors[[0, 0]])
    assert not found.exact
    assert found.effects["mean"].sum() == pytest.approx(found.after["mean"] - found.before["mean"])


def test_what_the_run_does_not_read_is_told(run, worded):
    time, company, unknown = (
        Changed("time", None, NOW),
        Changed("company", None, "가"),
        Changed("feature", 1, 2, "?"),
    )
    assert not is_read(run, time)
    assert is_read(worded, time)
    assert not is_read(run, company)
    assert not is_read(run, unknown)
    assert is_read(run, Changed("feature", 1, 2, "RSI"))
    assert is_read(run, Changed("press", None, "가"))
    assert is_read(run, Changed("headline", "가", "나"))


def test_a_question_compared_with_itself_has_no_differences(run, vectors, question):
    found = compare(run, question, question, vectors[[0, 0]])
    assert found.differences == ()
    assert found.before == found.after
    assert found.effects["mean"].shape == (0,)
