"""`headline-lab run --features`, and what is done with a run that reads no headline where no encoder is."""

import csv

import pytest

from core.cli.main import main
from core.train.runs import load_run
from tests.makers.shell import in_json
from tests.makers.tables import SMALL


@pytest.fixture
def file(home, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_table_alone_is_trained_on_without_an_encoder(home, file, capsys):
    wanted = ("--features", "table", "--models", "lgbm", "--encoder", "/no/such/encoder", "--split", "random")
    status, found = in_json(capsys, "run", file, *wanted)
    assert status == 0
    assert (found["features"], found["encoder"]) == ("table", "")
    assert {"rf", "xgb"}.isdisjoint(found["models"])
    assert not (home / "vectors").exists()
    assert load_run(found["run_id"]).settings.models == ("lgbm",)


def test_a_model_that_there_is_not_is_refused(home, file, capsys):
    assert main(["run", str(file), "--features", "table", "--models", "svm"]) == 1
    assert "svm" in capsys.readouterr().err


def test_a_run_of_the_table_scores_a_file_and_explains_a_headline(table_lab, tmp_path, capsys):
    file, out = tmp_path / "new.csv", tmp_path / "out.csv"
    file.write_text(
        "제목,언론사,RSI\n삼성전자 급등,가나일보,1.5\n삼성전자 급락,가나일보,1.5\n", encoding="utf-8"
    )
    status, found = in_json(capsys, "score", file, "--run", table_lab.run, "--out", out, "--headline", "제목")
    assert status == 0
    assert found["scored"] == 2
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0]["mean:승"] == rows[1]["mean:승"] != ""
    status, found = in_json(
        capsys, "explain", "--run", table_lab.run, "--text", "삼성전자 급등", "--feature", "RSI=2"
    )
    assert status == 0
    assert found["words"] == []
    assert found["topics"] == []
    assert "do not read the headline" in found["warnings"][-1]["message"]
    assert {"RSI", "거래량"} <= {group["group"] for group in found["groups"]}
    assert main(["flips", "--run", table_lab.run]) == 1
    assert "trained without headlines" in capsys.readouterr().err
