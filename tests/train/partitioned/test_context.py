import os
import signal as signals
import threading
import time
from dataclasses import fields

import numpy as np
import pytest

from core.jobs import silent
from core.train import TrainSettings, load_run, save_run, train
from core.train.features.inputs import Inputs
from core.train.models import boosted, forest
from core.train.models.model import Explainable
from core.train.partitioned import blocks, context
from core.train.partitioned.workers import using
from tests.makers.train_tables import signal, three_classes

CLOSE = 0.03  # of a log loss, or of the spread of returns; most that was seen in six trainings is 0.015


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(forest, "TREES", 50)
    monkeypatch.setattr(boosted, "MOST_ROUNDS", 100)
    monkeypatch.setattr(blocks, "MOST_ROWS", 60)


def both_ways(client, monkeypatch, table, settings):
    """Train in one piece and in partitions."""
    whole = train(*table, settings)
    monkeypatch.setattr(context, "fits", lambda *_: False)
    with using(client):
        return whole, train(*table, settings)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classify", "regress"])
def test_two_workers_score_as_one_piece_does(two_workers, monkeypatch, task):
    monkeypatch.setattr(forest, "TREES", 200)  # fewer trees, or rows, differ by more from seed to seed
    monkeypatch.setattr(blocks, "MOST_ROWS", 120)
    metric, unit = {"classify": ("log_loss", 1.0), "regress": ("rmse", 0.01)}[task]
    whole, parts = both_ways(two_workers, monkeypatch, signal(960, 96), TrainSettings(task))
    assert set(whole.scores) == set(parts.scores)
    for name, scores in parts.scores.items():
        expected = whole.scores[name][metric].value
        assert scores[metric].value == pytest.approx(expected, abs=CLOSE * unit), name
    for name in ("fusion", "table_only"):
        np.testing.assert_allclose(parts.predictions[name], whole.predictions[name], rtol=1e-5)


@pytest.mark.slow
def test_a_run_in_partitions_says_so_and_is_saved_opened_and_explained(one_worker, monkeypatch):
    data, vectors = three_classes()
    monkeypatch.setattr(context, "fits", lambda *_: False)
    with using(one_worker):
        made = train(data, vectors, TrainSettings(calibrate="sigmoid", folds=1))
    assert [warning.code for warning in made.warnings if warning.code == "partitioned"] == ["partitioned"]
    save_run(made)
    read = load_run(made.id)
    X = read.preparation.matrix(Inputs.of(data, vectors))
    for name, p in made.predict_matrix(X).items():
        np.testing.assert_allclose(read.predict_matrix(X)[name], p)
    for model in read.models.values():
        assert isinstance(model, Explainable)
        assert model.contributions(X[:2])[0].shape == (2, X.shape[1], 3)
    assert not {"shuffled", "encoder_linear", "tfidf_linear"} & set(made.baselines)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_time_and_nothing_else(two_workers, monkeypatch):
    monkeypatch.setattr(context, "fits", lambda *_: False)
    pids = two_workers.run(os.getpid)
    begun = threading.Event()

    def kill():
        begun.wait()
        time.sleep(1)
        os.kill(next(iter(pids.values())), signals.SIGKILL)

    def report(fraction, template, /, **params):
        if "in partitions" in template:
            begun.set()

    threading.Thread(target=kill, daemon=True).start()
    with using(two_workers):
        made = train(*signal(480, 48), TrainSettings(models=("xgb",)), report)
    assert made.scores["xgb"]["log_loss"].value < 0.69


def test_a_table_that_fits_trains_as_ever(monkeypatch):
    data, vectors = signal(120, 24)
    run = train(data, vectors, TrainSettings(models=("lgbm",)))
    assert "partitioned" not in {warning.code for warning in run.warnings}


def test_a_preparation_of_many_rows_reads_a_part_of_them(monkeypatch):
    monkeypatch.setattr(context, "MOST_PREPARED", 50)
    data, vectors = signal(240, 24)
    settings = TrainSettings()
    own = context.TrainingContext.of(data, vectors, data.outcome("classify"), settings, silent)
    made = context.PartitionedContext(
        **{each.name: getattr(own, each.name) for each in fields(own)}
    ).preparation(np.arange(240))
    whole, _ = own.prepare(np.arange(240))
    assert sorted(made.columns) == sorted(
        whole.columns
    )  # outlets stand in the order of the rows that were read
    assert made.parts["features"].to_arrays().keys() == whole.parts["features"].to_arrays().keys()
