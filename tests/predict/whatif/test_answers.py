from dataclasses import replace

import numpy as np
import pytest

from core.predict import Question, predict_questions
from core.predict.whatif import ask, ask_beside


@pytest.fixture
def question(run, data):
    return Question(data.headlines[0], run.preparation.outlets[0], features=data.features.iloc[0].to_dict())


def test_the_answers_are_those_of_the_page(run, vectors, question):
    questions = [question, replace(question, press=None), replace(question, features={"RSI": 2.0})]
    made = predict_questions(run, questions, vectors[:3])
    said = ask(run, questions, vectors[:3])
    assert list(said) == ["mean", *run.models]
    for name, values in said.items():
        assert np.array_equal(values, made[name][:, -1])
    assert np.array_equal(ask(run, questions, vectors[:3], 0)["mean"], made["mean"][:, 0])


def test_questions_that_share_their_headline_need_its_vector_once(run, vectors, question):
    questions = [question, replace(question, features={})]
    expected = ask(run, questions, np.repeat(vectors[4:5], 2, axis=0))
    for name, values in ask_beside(run, questions, vectors[4:5]).items():
        assert np.array_equal(values, expected[name])


def test_a_class_that_the_run_does_not_have_is_refused(run, vectors, question):
    with pytest.raises(ValueError, match="no class number 2"):
        ask(run, [question], vectors[:1], 2)
