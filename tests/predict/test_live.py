import numpy as np
import pandas as pd
import pytest

from core.data.library import load_dataset
from core.data.reading import read_table
from core.embed import vectors_if_stored
from core.errors import UserError
from core.predict import encode_headline, precedents, predict_headline, score_table
from core.train import TrainSettings, load_run, train
from core.train.features.inputs import Inputs
from core.train.features.registry import EXTRAS
from core.train.models import forest


@pytest.fixture
def run(lab):
    return load_run(lab.runs["classify"])


@pytest.fixture
def data(lab):
    return load_dataset(lab.dataset)


@pytest.fixture
def vectors(data):
    return vectors_if_stored(data.headlines, "multilingual-e5-small")


def test_a_typed_headline_gets_the_vector_that_the_store_holds(run, data, vectors):
    alone = encode_headline(run, data.headlines[3])[0]
    cosine = alone @ vectors[3] / np.linalg.norm(alone) / np.linalg.norm(vectors[3])
    assert cosine > 0.9999


def test_a_live_prediction_equals_the_saved_one(run, data, vectors):
    position = int(run.predictions.test.positions(data)[0])
    features = data.features.iloc[position].to_dict()
    press = data.frame["press"].iloc[position]
    made = predict_headline(run, vectors[[position]], features, None if pd.isna(press) else press)
    np.testing.assert_allclose(made.values["mean"], run.predictions.test["mean"][0], atol=1e-6)


def test_the_reasons_add_up_to_the_prediction(run, vectors):
    made = predict_headline(run, vectors[:1], {}, None)
    for name, values in made.reasons.values.items():
        total = made.reasons.base[name] + values[0].sum()
        assert total == pytest.approx(made.values[name][-1], abs=1e-4)


def test_an_outlet_that_training_never_saw_is_said(run, vectors):
    assert predict_headline(run, vectors[:1], {}, "없던일보").unseen_press
    assert not predict_headline(run, vectors[:1], {}, run.preparation.outlets[0]).unseen_press


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b"])
def test_an_empty_headline_is_refused(run, text):
    with pytest.raises(UserError, match="empty"):
        encode_headline(run, text)


def test_the_nearest_precedents_come_first_and_each_story_stands_once(data, vectors):
    found = precedents(data, vectors, vectors[[5]])
    assert found[0].headline == data.headlines[5]
    assert found[0].similarity == pytest.approx(1, abs=1e-5)
    assert [p.similarity for p in found] == sorted((p.similarity for p in found), reverse=True)
    stories = data.frame.set_index("row")["story"].loc[[p.row for p in found]]
    assert stories.is_unique
    assert len(found) == 5


def test_a_headline_is_no_precedent_of_itself(data, vectors):
    found = precedents(data, vectors, vectors[[5]], data.headlines[5])
    assert data.headlines[5] not in [p.headline for p in found]


def test_precedents_are_strictly_earlier_and_have_an_outcome(data, vectors):
    before = data.frame["session"].sort_values().iloc[len(data) // 2]
    found = precedents(data, vectors, vectors[[0]], before=before)
    assert all(p.session < before and p.target is not None for p in found)
    assert precedents(data, vectors, vectors[[0]], before=data.frame["session"].min()) == []


def test_a_file_is_scored_row_by_row_with_its_own_columns(lab, run):
    table = read_table(lab.file.read_bytes()).frame.head(30)
    scored = score_table(run, table).table
    assert len(scored) == 30
    assert scored["제목"].tolist() == table["제목"].tolist()
    np.testing.assert_allclose(scored["mean:승"] + scored["mean:패"], 1, atol=1e-6)


def test_a_missing_feature_and_a_new_outlet_are_told(lab, run):
    table = read_table(lab.file.read_bytes()).frame.head(5).drop(columns="RSI")
    table["언론사"] = "없던일보"
    problems = {problem.code: problem for problem in score_table(run, table).problems}
    assert problems["missing_feature"].message.params["columns"] == "RSI"
    assert problems["unseen_press"].rows == (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def worded(finished_lab):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_lab.home))
        patch.setattr(forest, "TREES", 25)
        data = load_dataset(finished_lab.dataset)
        vectors = vectors_if_stored(data.headlines, "multilingual-e5-small")
        return train(data, vectors, TrainSettings(extras=tuple(EXTRAS), components=4, winsor=0.01))


def test_a_typed_headline_is_read_for_the_text_features_and_its_time_is_missing(worded, data, vectors):
    features = data.features.iloc[7]
    made = predict_headline(worded, vectors[[7]], features.to_dict(), None, f" {data.headlines[7]}")
    known = Inputs.of(data, vectors).take(np.array([7]))
    press = pd.Series([None], dtype="str")
    expected = worded.predict(known._replace(press=press, time=None))
    np.testing.assert_allclose(made.values["mean"], expected["mean"][0], atol=1e-6)
    assert "text" in made.reasons.groups


def test_a_run_with_text_features_refuses_a_prediction_without_the_headline(worded, vectors):
    with pytest.raises(ValueError, match="no headlines were given"):
        predict_headline(worded, vectors[:1], {}, None)


def test_a_lone_surrogate_in_a_typed_headline_is_no_fault(worded, vectors):
    made = predict_headline(worded, vectors[:1], {}, None, "\ud800 급등")
    assert np.isfinite(made.values["mean"]).all()


def test_a_file_is_scored_with_its_own_texts_and_times(lab, worded, data, vectors):
    table = read_table(lab.file.read_bytes()).frame
    scored = score_table(worded, table).table.set_index("row")
    expected = worded.predict(Inputs.of(data, vectors))["mean"][:, 1]
    np.testing.assert_allclose(scored.loc[data.frame["row"], "mean:승"], expected, atol=1e-5)


def test_a_file_without_dates_is_scored_with_its_clock_missing(lab, worded):
    table = read_table(lab.file.read_bytes()).frame.head(5).drop(columns="작성일시")
    assert np.isfinite(score_table(worded, table).table["mean:승"]).all()
