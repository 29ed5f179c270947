import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from importlib.util import find_spec

import pytest

from core.compare import mlflow_mirror
from core.compare.mlflow_mirror import (
    ADDRESS,
    TAG,
    metrics_of,
    mirror,
    mirror_if_asked,
    mirror_in_job,
    parameters_of,
    tags_of,
)
from core.errors import UserError
from core.train.run_notes import change_notes
from core.train.runs import load_run, run_folder

NEEDED = ("mlflow", "flask", "flask_cors", "gunicorn", "sqlalchemy", "alembic")
SECONDS = 240  # until the server answers: its libraries are many, and the machine may be busy


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """What the mirror sets for MLflow is gone after the test."""
    for name in (*mlflow_mirror._QUIET, *mlflow_mirror._PATIENCE):
        monkeypatch.setenv(name, os.environ.get(name, ""))
        monkeypatch.delenv(name)
    monkeypatch.delenv(ADDRESS, raising=False)


@pytest.fixture
def run(small_lab):
    return load_run(small_lab.run)


def test_nothing_is_sent_unless_a_server_is_named(run, monkeypatch):
    monkeypatch.setattr(mlflow_mirror, "_client", lambda: pytest.fail("a client was made"))
    assert mirror_if_asked([run]) is None
    assert mirror_in_job(pytest.fail("a run was read") for _ in range(1)) == {}
    with pytest.raises(UserError, match=ADDRESS):
        mirror(run)


def test_without_mlflow_the_extra_is_named_and_the_run_stays(run, monkeypatch):
    monkeypatch.setenv(ADDRESS, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert "headline-lab[mlflow]" in str(mirror_if_asked([run]))
    assert "headline-lab[mlflow]" in json.dumps(mirror_in_job([run])["said"])


def test_whatever_a_server_does_a_training_goes_on(run, monkeypatch):
    class Broken:
        def get_experiment_by_name(self, name):
            raise RuntimeError("http://kim:secret@server/api is away\nfor good")

    monkeypatch.setenv(ADDRESS, "http://kim:secret@server")
    monkeypatch.setattr(mlflow_mirror, "_client", Broken)
    said = str(mirror_if_asked([run]))
    assert "http://server" in said
    assert "is away" in said
    assert "secret" not in said
    assert "\n" not in said


def test_of_several_runs_the_first_that_is_refused_ends_the_sending(run, monkeypatch):
    sent = []
    monkeypatch.setenv(ADDRESS, "http://127.0.0.1:9")

    def one(run):
        sent.append(run)
        if len(sent) == 2:
            raise UserError("no")

    monkeypatch.setattr(mlflow_mirror, "mirror", one)
    assert mirror_if_asked([run]) is None
    assert mirror_in_job([run, run, run]) == {"said": {"template": "no", "params": {}}}
    assert len(sent) == 2


def test_scores_go_with_their_intervals_and_what_is_unknown_stays(run):
    metrics = metrics_of(run)
    score = run.scores["mean"]["auc"]
    assert metrics["mean.auc"] == score.value
    assert metrics["mean.auc.low"] == score.low
    assert metrics["baseline.table_only.auc"] == run.baselines["table_only"]["auc"].value
    unknown = replace(score, value=float("nan"))
    assert "mean.auc" not in metrics_of(replace(run, scores={"mean": {"auc": unknown}}, baselines={}))


def test_parameters_and_tags_are_settings_ids_and_versions(run):
    assert parameters_of(run)["models"] == "rf, xgb, lgbm"
    assert set(parameters_of(run)) == set(run.settings.as_dict())
    tags = tags_of(run)
    assert tags[f"{TAG}dataset"] == run.dataset_id
    assert tags[f"{TAG}version.numpy"] == run.versions["numpy"]
    assert all(len(value) <= 500 for value in tags_of(replace(run, dataset_name="가" * 9999)).values())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a real MLflow server; it is ended after these tests."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        pytest.skip(f"a server needs {', '.join(missing)}: see the extra [test]")
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'runs.db'}", "--workers", "1"]
    command += ["--artifacts-destination", str(folder / "artefacts"), "--gunicorn-opts", "--timeout 120"]
    environment = os.environ | {
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **mlflow_mirror._QUIET,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True
        )
        try:
            yield _answering(f"http://127.0.0.1:{port}", process, folder / "log")
        finally:
            import signal

            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _answering(address, process, log):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return address
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the server does not answer: {log.read_text()[-2000:]}")


@pytest.mark.slow
def test_a_real_server_has_the_run_with_its_numbers(server, small_lab, run, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(ADDRESS, server)
    sent = mirror(run)
    assert capsys.readouterr().out == ""  # the shell prints JSON there
    from mlflow import MlflowClient
    from mlflow.telemetry.utils import is_telemetry_disabled

    assert is_telemetry_disabled()
    client = MlflowClient(server)
    kept = client.get_run(sent)
    assert kept.data.metrics == pytest.approx(metrics_of(run))
    assert kept.data.params == parameters_of(run)
    assert tags_of(run).items() <= kept.data.tags.items()
    assert kept.info.status == "FINISHED"
    assert [file.path for file in client.list_artifacts(sent)] == ["run.json"]
    file = client.download_artifacts(sent, "run.json", str(tmp_path))
    with open(file, "rb") as record:
        assert record.read() == (run_folder(run.id) / "run.json").read_bytes()


@pytest.mark.slow
def test_a_run_is_sent_once_and_a_try_that_broke_off_is_sent_again(server, run, monkeypatch):
    from mlflow import MlflowClient

    monkeypatch.setenv(ADDRESS, server)
    monkeypatch.setenv(mlflow_mirror.EXPERIMENT, "broke off")
    client = MlflowClient(server)
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_artifact", lambda *_: (_ for _ in ()).throw(OSError("away")))
        assert "away" in str(mirror_if_asked([run]))
    first = mirror(run)
    assert mirror(run) == first
    experiment = client.get_experiment_by_name("broke off").experiment_id
    assert [each.info.run_id for each in client.search_runs([experiment])] == [first]


@pytest.mark.slow
def test_a_server_that_is_away_costs_a_sentence(run, monkeypatch):
    pytest.importorskip("mlflow")
    monkeypatch.setenv(ADDRESS, "http://127.0.0.1:9")
    said = str(mirror_if_asked([run]))
    assert f"Run {run.id} is saved here" in said
    assert "Send it again later" in said


@pytest.mark.slow
def test_a_named_run_keeps_its_name(server, small_lab, tmp_path, monkeypatch):
    import shutil

    from mlflow import MlflowClient

    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    monkeypatch.setenv(ADDRESS, server)
    monkeypatch.setenv(mlflow_mirror.EXPERIMENT, "named")
    change_notes(small_lab.run, name="삼성전자 첫 실험")
    sent = mirror(load_run(small_lab.run))
    assert MlflowClient(server).get_run(sent).info.run_name == "삼성전자 첫 실험"
