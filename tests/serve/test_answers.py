"""Runs of other kinds than two classes of a table with everything."""

import numpy as np
import pandas as pd
import pytest

from core.predict import Question
from core.serve.answers import Answerer
from core.train.runs import load_run
from tests.makers.bare_lab import CLASSES, make_bare_lab
from tests.makers.small_lab import table_of, train_beside
from tests.makers.train_tables import make_dataset
from tests.serve.conftest import client_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    lab = make_bare_lab(tmp_path_factory.mktemp("bare"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(lab.home))
        yield Answerer.of(load_run(lab.run))


@pytest.fixture(scope="module")
def of_returns(finished_small_lab, tmp_path_factory):
    from core.train import TrainSettings

    small = table_of(finished_small_lab)
    data = make_dataset(small.frame["target"], name="0011223344556677")
    data.frame["headline"] = small.headlines
    data.frame["company"] = pd.Series([None] * len(data), dtype="str")
    settings = TrainSettings("regress", split="random", encoder=finished_small_lab.encoder, pooling="mean")
    home, link = train_beside(finished_small_lab, tmp_path_factory.mktemp("returns"), data, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        yield Answerer.of(load_run(link["run"]))


def test_three_classes_without_anything_else(bare):
    with client_of(bare) as client:
        found = client.post(
            "/predict", json={"headline": "수주", "time": "2024-03-05", "press": "한국경제"}
        ).json()
        refused = client.post("/predict", json={"headline": "수주", "features": {"RSI": 1}})
    assert found["predictions"]["mean"].keys() == set(CLASSES)
    assert sum(found["predictions"]["mean"].values()) == pytest.approx(1)
    assert found["class"] == CLASSES[-1]
    assert not found["run"]["reads_press"]
    assert refused.status_code == 422
    assert bare.clock(None) is None


def test_returns_are_numbers(of_returns):
    with client_of(of_returns) as client:
        found = client.post("/predict", json={"headline": "수주"}).json()
    assert np.isfinite(found["predictions"]["mean"])
    assert found["class"] is None
    assert found["run"]["task"] == "regress"
    assert found["run"]["classes"] == []
    added = sum(group["contribution"] for group in found["groups"])
    assert abs(added) < 1
    (answer,) = of_returns.answer([Question("수주")])
    assert answer.predictions["mean"] == pytest.approx(found["predictions"]["mean"])
