import shutil

import pytest

from core.cli.main import main
from core.train.runs import list_runs, load_run
from tests.makers.shell import in_json


@pytest.fixture
def other_home(tmp_path, monkeypatch):
    def use():
        monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "other"))

    return use


@pytest.mark.slow
def test_a_run_goes_from_one_workspace_into_another(small_lab, tmp_path, capsys, other_home):
    out = tmp_path / "run.zip"
    status, found = in_json(capsys, "export", small_lab.run, "--out", out)
    assert (status, found["run_id"], found["bytes"]) == (0, small_lab.run, out.stat().st_size)
    other_home()
    status, found = in_json(capsys, "import", out)
    assert (status, found) == (
        0,
        {"run_id": small_lab.run, "dataset": small_lab.dataset, "new": True, "table": False},
    )
    assert [run.id for run in list_runs()] == [small_lab.run]
    table = tmp_path / "news.csv"
    table.write_text("headline\n삼성전자 실적 개선\n카카오 급락\n", encoding="utf-8")
    shutil.copytree(small_lab.encoder, tmp_path / "tiny")
    status, found = in_json(capsys, "score", table, "--run", small_lab.run, "--out", tmp_path / "scored.csv")
    assert (status, found["scored"]) == (0, 2)
    assert len(load_run(small_lab.run).models) == 3


def test_a_file_that_is_no_run_is_refused_in_one_line(home, tmp_path, capsys):
    file = tmp_path / "run.zip"
    file.write_bytes(b"headline,target\n")
    assert main(["import", str(file)]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 2  # progress, and the sentence


def test_a_run_that_is_unknown_is_named(home, tmp_path, capsys):
    for command in (
        ["export", "0123456789abcdef", "--out", str(tmp_path / "x.zip")],
        ["repeat", "0123456789abcdef"],
    ):
        assert main(command) == 1
        assert "0123456789abcdef" in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


def test_without_a_server_nothing_is_mirrored(small_lab, capsys, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["mirror"]) == 1
    assert "MLFLOW_TRACKING_URI" in capsys.readouterr().err


@pytest.mark.slow
def test_a_repeat_says_that_all_numbers_are_the_same(small_lab, capsys, monkeypatch):
    from core.train.models import forest

    monkeypatch.setattr(forest, "TREES", 25)
    status, found = in_json(capsys, "repeat", small_lab.run)
    assert (status, found["same"], found["packages"]) == (0, True, [])
    assert found["largest_difference"] == 0
