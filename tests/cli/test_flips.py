import pytest

from core.cli.main import main
from tests.makers.flipped_lab import make_flipped_lab, use
from tests.makers.shell import in_json


@pytest.mark.slow
def test_flips_prints_a_score_for_each_model_and_word(small_lab, tmp_path, monkeypatch, capsys):
    lab = make_flipped_lab(small_lab, tmp_path)
    use(lab, monkeypatch)
    status, found = in_json(capsys, "flips", "--run", lab.run)
    assert status == 0
    assert found["run_id"] == lab.run
    assert found["n"] == found["models"]["mean"]["n"] > 0
    assert set(found["models"]) == {"rf", "xgb", "lgbm", "mean"}
    mean = found["models"]["mean"]
    assert mean["low"] <= mean["value"] <= mean["high"]
    assert mean["moved"] > 0
    assert mean["verdict"] == "reads"
    assert [(word["good"], word["bad"]) for word in found["words"]] == [("급등", "급락")]


def test_a_run_that_does_not_exist_is_named(home, capsys):
    assert main(["flips", "--run", "0000000000000000"]) == 1
    assert "0000000000000000" in capsys.readouterr().err
