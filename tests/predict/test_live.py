from collections import Counter

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.evaluate.predictions import FUSION
from core.explain import encode_headlines
from core.predict import Question, opposite_news, predict_headline, unread_part
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation


def test_a_typed_headline_gets_the_vector_that_the_store_holds(run, data, vectors):
    alone = encode_headlines(run, [data.headlines[3]])[0]
    cosine = alone @ vectors[3] / np.linalg.norm(alone) / np.linalg.norm(vectors[3])
    assert cosine > 0.9999


def test_a_live_prediction_equals_the_saved_one(run, data, vectors):
    position = int(run.predictions.test.positions(data)[0])
    features = data.features.iloc[position].to_dict()
    press = data.frame["press"].iloc[position]
    made = predict_headline(
        run, vectors[[position]], Question("", None if pd.isna(press) else press, features=features)
    )
    np.testing.assert_allclose(made.values["mean"], run.predictions.test["mean"][0], atol=1e-6)


def test_the_reasons_add_up_to_the_prediction(run, vectors):
    made = predict_headline(run, vectors[:1], Question(""))
    for name, values in made.reasons.values.items():
        total = made.reasons.base[name] + values[0].sum()
        assert total == pytest.approx(made.values[name][-1], abs=1e-4)


def test_an_outlet_that_training_never_saw_is_said(run, vectors):
    assert predict_headline(run, vectors[:1], Question("", "없던일보")).unseen_press
    assert not predict_headline(run, vectors[:1], Question("", run.preparation.outlets[0])).unseen_press


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b"])
def test_an_empty_headline_is_refused(run, text):
    with pytest.raises(UserError, match="empty"):
        encode_headlines(run, [text])


def test_a_typed_headline_is_read_for_the_text_features_and_its_time_is_missing(worded, data, vectors):
    features = data.features.iloc[7]
    made = predict_headline(
        worded, vectors[[7]], Question(f" {data.headlines[7]}", features=features.to_dict())
    )
    known = Inputs.of(data, vectors).take(np.array([7]))
    press = pd.Series([None], dtype="str")
    expected = worded.predict(known._replace(press=press, time=None))
    np.testing.assert_allclose(made.values["mean"], expected["mean"][0], atol=1e-6)
    assert "text" in made.reasons.groups


def test_a_lone_surrogate_in_a_typed_headline_is_no_fault(worded, vectors):
    made = predict_headline(worded, vectors[:1], Question("\ud800 급등"))
    assert np.isfinite(made.values["mean"]).all()


@pytest.fixture
def calls(monkeypatch, worded):
    """How often each model predicts and the matrix is made."""
    counted = Counter()

    def count(name, real):
        def counting(*args):
            counted[name] += 1
            return real(*args)

        return counting

    monkeypatch.setattr(Preparation, "matrix", count("matrix", Preparation.matrix))
    for name, model in worded.models.items():
        monkeypatch.setattr(type(model), "predict", count(name, type(model).predict))
    return counted


def test_a_live_headline_has_one_matrix_and_one_prediction_of_each_model(worded, vectors, calls):
    made = predict_headline(worded, vectors[:1], Question("가온전자 급등"))
    assert calls == {"matrix": 1} | dict.fromkeys(worded.models, 1)
    assert set(made.reasons.values) == {*worded.models, "mean"}


def test_the_one_prediction_is_what_the_run_predicts_and_explains(worded, vectors):
    made = predict_headline(worded, vectors[:1], Question("가온전자 급등", "가나일보", features={"RSI": 1.0}))
    features = pd.DataFrame([{"RSI": 1.0}])
    text, press = pd.Series(["가온전자 급등"], dtype="str"), pd.Series(["가나일보"], dtype="str")
    expected = worded.predict(Inputs(vectors[:1], features, press, text))
    assert made.values.keys() == expected.keys() - {FUSION}
    for name, values in made.values.items():
        assert np.array_equal(expected[name][0], values)
    for name, prediction in made.reasons.prediction.items():
        assert prediction == expected[name][0, -1]


def test_headlines_beside_it_are_predicted_with_the_same_numbers(run, data, vectors):
    features = {"RSI": 1.0}
    made = predict_headline(run, vectors[:3], Question("", features=features), ["b", "c"])
    for number, other in enumerate(made.others, 1):
        alone = predict_headline(run, vectors[[number]], Question("", features=features))
        np.testing.assert_allclose(other["mean"], alone.values["mean"])
    assert len(made.others) == 2
    assert made.reasons.values["mean"].shape[0] == 1


def test_the_reasons_are_of_the_class_that_is_asked_for(run, vectors):
    up, down = (predict_headline(run, vectors[:1], Question(""), explained=number) for number in (-1, 0))
    assert (up.reasons.label, down.reasons.label) == run.classes[::-1]
    np.testing.assert_allclose(up.reasons.values["mean"], -down.reasons.values["mean"], atol=1e-6)


def test_an_opposite_that_is_sealed_is_not_told(run, monkeypatch):
    assert opposite_news(Question("가온전자 <b>급등</b>")).text == "가온전자 급락"
    monkeypatch.setattr("core.predict.live.is_open", lambda text, time: False)
    assert opposite_news(Question("가온전자 급등")) is None


def test_the_end_that_the_encoder_does_not_read_is_told(run):
    assert unread_part(run, "가온전자 급등") == ""
    long = "가온전자 급등 " * 400 + "끝입니다"
    unread = unread_part(run, long)
    assert 0 < len(unread) < len(long)
    assert long.endswith(unread)
    with pytest.raises(UserError, match="empty"):
        unread_part(run, " ")
