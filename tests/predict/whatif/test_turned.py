from dataclasses import replace

import numpy as np
import pytest

from core.predict import Question, predict_headline, predict_questions
from core.predict.finance_words.flips import Flip
from core.predict.whatif import flip_answers, open_flips

UP = Flip("가온전자 흑자전환", "적자", "흑자", 1)


@pytest.fixture
def question(data):
    return Question("가온전자 적자전환", None, features=data.features.iloc[3].to_dict())


def test_a_flip_is_predicted_beside_the_same_numbers(run, vectors, question):
    made = predict_headline(run, vectors[3:4], question)
    flips = [UP, replace(UP, text="다른 제목", turn=-1), replace(UP, turn=0)]
    answers = flip_answers(run, question, made, flips, vectors[4:7])
    expected = predict_questions(run, [replace(question, headline=flip.text) for flip in flips], vectors[4:7])
    assert [answer.reading.other for answer in answers] == expected["mean"][:, -1].tolist()
    assert {answer.reading.typed for answer in answers} == {made.values["mean"][-1]}
    assert [answer.known for answer in answers] == [True, True, False]


def test_the_way_it_should_go_turns_with_the_class(run, vectors, question, monkeypatch):
    made = predict_headline(run, vectors[3:4], question)
    after = {name: (values + np.array([-0.2, 0.2]))[None] for name, values in made.values.items()}
    monkeypatch.setattr("core.predict.whatif.turned.predict_questions", lambda *_: after)
    verdicts = {
        (turn, explained): flip_answers(
            run, question, made, [replace(UP, turn=turn)], vectors[:1], explained
        )[0]
        for turn in (1, -1)
        for explained in (0, 1)
    }
    assert {key: answer.reading.verdict for key, answer in verdicts.items()} == {
        (1, 1): "reads",  # better news, a higher probability of win
        (1, 0): "reads",  # and a lower one of lose
        (-1, 1): "wrong",
        (-1, 0): "wrong",
    }


def test_sealed_flips_are_not_told_and_no_word_no_flip(monkeypatch, question):
    assert open_flips(question)
    assert open_flips(replace(question, headline="새로운 공장")) == ()
    monkeypatch.setattr("core.predict.whatif.turned.is_open", lambda text, time: False)
    assert open_flips(question) == ()


def test_no_flips_need_no_prediction(run, question):
    assert flip_answers(run, question, None, (), np.empty((0, 1))) == ()
