"""`headline-lab tune`: its JSON, its settings from a file, and what it says of bad input."""

import json

import pytest

from core.cli.main import main
from core.embed import resolve
from core.train.models import forest
from core.tune import pipeline
from tests.makers.tunings import COMMON, WORDS, encoder


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setenv("HEADLINE_LAB_LANG", "en")
    monkeypatch.setattr(forest, "TREES", 10)
    monkeypatch.setattr(pipeline, "baselines", lambda *_given: {})
    encoder(tmp_path / "tiny")
    lines = [
        f"{COMMON[k % 6]} {WORDS[k % 3][k % 2]} {k} {k * 37 % 101},{['부정', '중립', '긍정'][k % 3]}"
        for k in range(60)
    ]
    (tmp_path / "글.csv").write_text("\n".join(["제목,라벨", *lines]), encoding="utf-8")
    return tmp_path


def _tune(lab, *arguments, file="글.csv"):
    return main(["tune", str(lab / file), "--encoder", str(lab / "tiny"), "--json", *arguments])


@pytest.mark.slow
def test_it_prints_what_it_made_and_how_that_was_judged(lab, capsys):
    assert _tune(lab, "--epochs", "2", "--learning-rate", "0.001", "--test-size", "0.25") == 0
    made = json.loads(capsys.readouterr().out)
    keys = {"encoder", "method", "epochs", "best_epoch", "before", "after", "verdict", "seconds", "folder"}
    assert keys <= made.keys()
    assert (made["method"], made["epochs"]) == ("classify", 2)
    assert set(made["after"]["accuracy"]) == {"value", "low", "high"}
    assert str(resolve(made["encoder"]).folder) == made["folder"]


@pytest.mark.slow
def test_an_ini_gives_the_settings_and_the_command_line_counts_first(lab, capsys):
    (lab / "config.ini").write_text(
        f"[Path]\nmodel_name = {lab / 'tiny'} ; a folder\n[Hyperparameters]\nepochs = 3 ; passes\nbatch_size = 16\n",
        encoding="utf-8",
    )
    assert (
        main(["tune", str(lab / "글.csv"), "--config", str(lab / "config.ini"), "--epochs", "1", "--json"])
        == 0
    )
    made = json.loads(capsys.readouterr().out)
    assert made["epochs"] == 1
    record = json.loads(
        (lab / "lab" / "encoders" / "tuned" / "tiny-classify" / "tune.json").read_text("utf-8")
    )
    assert record["settings"]["batch_size"] == 16


def test_a_file_of_settings_with_unknown_keys_is_one_sentence(lab, capsys):
    (lab / "config.toml").write_text("epoch = 3\n", encoding="utf-8")
    assert _tune(lab, "--config", str(lab / "config.toml")) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_table_of_one_class_is_one_sentence(lab, capsys):
    text = "\n".join(["제목,라벨", *(f"소식 {k * 37 % 101} 번,긍정" for k in range(30))])
    (lab / "하나.csv").write_text(text, encoding="utf-8")
    assert _tune(lab, "--headline", "제목", "--target", "라벨", file="하나.csv") == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("The target holds one class only")


def test_another_number_of_classes_than_an_ini_expects_is_said_before_the_training(lab, capsys, monkeypatch):
    monkeypatch.setattr(pipeline, "fit", None)
    (lab / "config.ini").write_text("[Hyperparameters]\nnum_labels = 2\n", encoding="utf-8")
    assert _tune(lab, "--config", str(lab / "config.ini")) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("The file of settings expects 2 classes (num_labels); the table has 3")
