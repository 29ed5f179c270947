import numpy as np
import pytest

from core.errors import UserError
from core.train.features.block import FeatureOptions
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.models import forest
from core.train.pipeline import train
from core.train.seen import seen_tests
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from tests.makers.feature_tables import series, texts_alone
from tests.makers.train_tables import signal
from tests.makers.tuned_encoders import put

CLASSES = ("부정", "중립", "긍정")
OPTIONS = FeatureOptions(extras=("classifier",), classifier="tuned:mine")
TEXTS = ("삼성전자 급등", "코스피 급락", "환율 상승", "수출 부진")


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setattr(forest, "TREES", 25)


def test_the_probabilities_of_all_classes_but_the_first_are_columns_of_the_headline():
    put(classes=CLASSES)
    prepared = Preparation.fit(texts_alone(series(*TEXTS)), OPTIONS)
    names = [name for name in prepared.columns if name.startswith("classifier")]
    assert names == ["classifier: 중립", "classifier: 긍정"]
    assert prepared.of_headline[[prepared.columns.index(name) for name in names]].all()


def test_a_text_that_taught_the_classifier_has_no_probability_in_training_or_later():
    put(texts=[TEXTS[0], "[속보] 환율 상승"], classes=CLASSES)
    prepared = Preparation.fit(texts_alone(series(*TEXTS)), OPTIONS)
    flag = prepared.columns.index("classifier: 긍정 (missing)")
    assert prepared.matrix(texts_alone(series(*TEXTS)))[:, flag].tolist() == [1, 0, 1, 0]
    assert prepared.matrix(texts_alone(series("새 제목", TEXTS[2])))[:, flag].tolist() == [0, 1]


def test_a_classifier_that_saw_every_training_text_leaves_no_column_and_that_is_said():
    put(texts=TEXTS, classes=CLASSES)
    prepared = Preparation.fit(texts_alone(series(*TEXTS)), OPTIONS)
    assert prepared.dropped == ("classifier",)
    assert prepared.matrix(texts_alone(series("새 제목"))).shape == (1, len(prepared.columns))


def test_what_was_learned_goes_through_arrays():
    put(texts=TEXTS[:1], classes=CLASSES)
    rows = texts_alone(series(*TEXTS))
    prepared = Preparation.fit(rows, OPTIONS)
    again = Preparation.from_arrays(prepared.to_arrays())
    assert again.columns == prepared.columns
    assert np.array_equal(again.matrix(rows), prepared.matrix(rows))


def test_the_extra_and_its_encoder_belong_together():
    for given in ({"extras": ("classifier",)}, {"classifier": "tuned:mine"}):
        with pytest.raises(UserError, match="belong together"):
            TrainSettings(**given)


def test_a_classifier_that_saw_the_tested_sessions_counts_as_an_encoder_that_did():
    dataset, _vectors = signal(n=200, days=40)
    put(sessions=dataset.frame["session"].iloc[-3:], classes=CLASSES)
    settings = TrainSettings(extras=("classifier",), classifier="tuned:mine")
    assert seen_tests(plan_splits(dataset, settings), settings).holdout > 0


@pytest.mark.slow
def test_a_run_trains_and_predicts_with_the_probabilities_of_a_classifier():
    dataset, vectors = signal(n=200, days=40)
    put(classes=CLASSES)
    run = train(dataset, vectors, TrainSettings(extras=("classifier",), classifier="tuned:mine"))
    assert "classifier: 긍정" in run.preparation.columns
    assert run.predict(Inputs.of(dataset, vectors).take(np.arange(3)))["mean"].shape == (3, 2)
