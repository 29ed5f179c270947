import os
import pickle
import signal
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.compare.cluster import cluster_address, connected, default_workers
from core.compare.grid import run_grid
from core.errors import UserError
from core.jobs import silent
from core.train import train_and_record
from core.train.models.registry import MODELS
from core.train.runs import load_run
from tests.makers import model_samples
from tests.makers.small_grid import copied, grid_of, table


@contextmanager
def two_workers(folder: Path):
    """A scheduler and two worker processes that share no workspace with the test; yields its address."""
    from distributed import LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(folder / "elsewhere"))
        with LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            local_directory=str(folder),
        ) as cluster:
            yield cluster.scheduler_address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with two_workers(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture
def lab(finished_small_lab, tmp_path):
    with copied(finished_small_lab, tmp_path) as made:
        yield made


def killed_once(address: str):
    """A report that kills a worker process as soon as a run is at work; `killed` holds its number then."""
    killed: list[int] = []

    def report(_fraction, _template, /, **params):
        if not params.get("running") or killed:
            return
        with connected(address) as client:
            killed.append(next(iter(client.run(os.getpid).values())))
        os.kill(killed[0], signal.SIGKILL)

    return report, killed


@pytest.mark.slow
def test_a_cell_is_the_same_number_wherever_it_ran_and_whatever_worker_dies(lab, cluster):
    """Models are the same bit for bit; what linear algebra takes part in is to 1e-9, as its threads differ."""
    data = table(lab)
    settings = grid_of(lab, features=("all", "headline"), models=("rf", "xgb", "lgbm"))
    report, killed = killed_once(cluster)
    from core.embed import vectors_if_stored
    from core.train.models import forest

    vectors = vectors_if_stored(data.headlines, lab.encoder, "mean")
    grid = run_grid(data, settings, report, cluster)
    assert killed
    assert grid.failures == ()
    forest.TREES = 200  # as the workers have it; the fixture puts it back
    for run_id in grid.made:
        far = load_run(run_id)
        near = train_and_record(data, vectors, far.settings)
        for name in MODELS:
            assert np.array_equal(far.predictions[name], near.predictions[name])
            assert far.scores[name] == near.scores[name]
        assert far.predictions.names == near.predictions.names
        for name in near.predictions.names:
            np.testing.assert_allclose(far.predictions[name], near.predictions[name], atol=1e-9)


@pytest.mark.slow
def test_workers_of_this_machine_make_vectors_too(lab):
    import shutil

    from core.embed import vectors_if_stored

    texts = table(lab).headlines
    before = vectors_if_stored(texts, lab.encoder, "mean")
    shutil.rmtree(lab.home / "vectors")
    grid = run_grid(table(lab), grid_of(lab, features=("headline",), models=("lgbm",)), workers=1)
    assert len(grid.made) == 1
    np.testing.assert_allclose(vectors_if_stored(texts, lab.encoder, "mean"), before, atol=1e-6)


def test_a_worker_with_another_version_is_refused_by_name(monkeypatch):
    from core.compare import cluster as module

    class Client:
        def wait_for_workers(self, *_given, **_named):
            return None

        def run(self, asked):
            return {"tcp://there:1": asked() | {"xgboost": "1.0"}}

    with pytest.raises(UserError, match=r"tcp://there:1 has xgboost 1\.0"):
        module._require_workers(Client(), "tcp://there:0")


def test_workers_that_cannot_run_the_app_are_refused():
    from core.compare import cluster as module

    class Client:
        def wait_for_workers(self, *_given, **_named):
            return None

        def run(self, _asked):
            raise ModuleNotFoundError("No module named 'core'")

    with pytest.raises(UserError, match="Install the same version"):
        module._require_workers(Client(), "tcp://there:0")


def test_a_scheduler_without_a_worker_is_refused(monkeypatch):
    from core.compare import cluster as module

    class Client:
        def wait_for_workers(self, *_given, **_named):
            raise TimeoutError

    with pytest.raises(UserError, match="has no worker"):
        module._require_workers(Client(), "tcp://there:0")


def test_a_scheduler_that_cannot_be_reached_is_one_sentence(monkeypatch):
    monkeypatch.setattr("core.compare.cluster.SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(UserError, match="cannot be reached"), connected("tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("address", ["host:8786", "http://host:8786", "tcp://host", "tcp://a b:1", "x" * 999])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(UserError, match="tcp://host:8786"):
        cluster_address(address)


def test_the_address_is_the_one_given_or_that_of_the_settings(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_CLUSTER", "tls://far:8786")
    assert cluster_address("") == "tls://far:8786"
    assert cluster_address(" tcp://near:1 ") == "tcp://near:1"
    monkeypatch.delenv("HEADLINE_LAB_CLUSTER")
    assert cluster_address("") == ""


def test_there_are_no_more_workers_than_the_memory_holds(monkeypatch):
    monkeypatch.setattr("core.compare.cluster.cores", lambda: 8)
    monkeypatch.setattr("core.compare.cluster.available_bytes", lambda _device: 5e9)
    assert default_workers() == 2
    monkeypatch.setattr("core.compare.cluster.available_bytes", lambda _device: 1e9)
    assert default_workers() == 1


@pytest.mark.parametrize("key", list(MODELS))
def test_a_model_travels_to_another_process_as_it_is(key):
    sample = model_samples.sample(2)
    model = MODELS[key].fit(sample, silent)
    arrived = pickle.loads(pickle.dumps(model))
    assert np.array_equal(arrived.predict(sample.X), model.predict(sample.X))
    assert arrived.size == model.size


def test_a_refusal_travels_with_its_words():
    arrived = pickle.loads(pickle.dumps(UserError("No {thing}.", thing="bread")))
    assert str(arrived) == "No bread."
    assert arrived.message.params == {"thing": "bread"}
