from dataclasses import replace

import numpy as np
import pytest

from core.predict import Question, predict_questions
from core.predict.whatif import outlet_answers
from core.train.features.outlets import Outlets

OTHER = "(other)"


@pytest.fixture
def question(data):
    return Question(data.headlines[3], None, features=data.features.iloc[3].to_dict())


def test_each_outlet_is_asked_once_the_highest_first_beside_another_and_none(run, vectors, question):
    found = outlet_answers(run, question, vectors[3:4])
    assert set(found.outlets) == {*run.preparation.outlets, OTHER, None}
    assert len(found.outlets) == len(run.preparation.outlets) + 2
    assert (np.diff(found.values) <= 0).all()
    for outlet, value in zip(found.outlets, found.values, strict=True):
        asked = replace(question, press="없던일보" if outlet == OTHER else outlet)
        assert value == predict_questions(run, [asked], vectors[3:4])["mean"][0, -1]


@pytest.mark.parametrize(
    ("press", "place"), [(None, None), ("없던일보", OTHER), ("(other)", OTHER), ("", OTHER)]
)
def test_the_present_outlet_has_its_place(run, vectors, question, press, place):
    found = outlet_answers(run, replace(question, press=press), vectors[3:4])
    assert found.outlets[found.present] == place
    first = run.preparation.outlets[0]
    found = outlet_answers(run, replace(question, press=first), vectors[3:4])
    assert found.outlets[found.present] == first


def test_outlets_that_the_models_do_not_tell_apart_are_one(run, vectors, question, monkeypatch):
    rare = run.preparation.outlets[-1]
    kept = len(run.preparation.outlets) - 1
    monkeypatch.setattr(Outlets, "levels", property(lambda self: self.outlets[:kept]))
    monkeypatch.setattr(
        "core.predict.whatif.outlets.ask_beside", lambda run, asked, *rest: {"mean": np.zeros(len(asked))}
    )
    found = outlet_answers(run, replace(question, press=rare), vectors[3:4])
    assert rare not in found.outlets
    assert found.outlets[found.present] == OTHER
    assert found.rarer == 1


def test_an_outlet_named_as_the_others_are_is_still_one_of_its_own(run, vectors, question, monkeypatch):
    asked = []

    def said(_run, questions, *_rest):
        asked.extend(questions)
        return {"mean": np.zeros(len(questions))}

    monkeypatch.setattr("core.predict.whatif.outlets.ask_beside", said)
    monkeypatch.setattr(Outlets, "levels", property(lambda _self: (OTHER, "가")))
    found = outlet_answers(run, question, vectors[3:4])
    assert found.other == f"{OTHER}*"
    assert [one.press for one in asked] == [OTHER, "가", f"{OTHER}*", None]
