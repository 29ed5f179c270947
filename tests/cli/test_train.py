import json
import re
import shutil
from dataclasses import replace

import pytest

from core.cli.main import main
from core.errors import UserError
from core.evaluate.metrics import METRICS
from core.train import leakage
from core.train.leakage import saved_staircase
from core.train.models import forest
from core.train.runs import load_run
from tests.makers.shell import SCORE, in_json


@pytest.mark.parametrize(
    ("task", "metrics", "baseline"),
    [
        (
            "classify",
            {"auc", "pr_auc", "accuracy", "balanced_accuracy", "f1", "mcc", "log_loss", "brier", "ece"},
            "majority",
        ),
        pytest.param(
            "regress",
            {"mae", "rmse", "r2", "rank_ic", "hit_rate", "spread"},
            "average",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_run_prints_the_fixed_keys(own_lab, capsys, task, metrics, baseline):
    status, found = in_json(capsys, "run", own_lab.file, "--task", task)
    assert status == 0
    assert list(found) == [
        "run_id",
        "task",
        "split",
        "rows",
        "distinct_headlines",
        "train_rows",
        "test_rows",
        "sessions",
        "events",
        "encoder",
        "pooling",
        "features",
        "models",
        "baselines",
        "walk_forward",
        "sealed",
        "horizon",
        "blocks",
        "effective_n",
        "seconds",
        "looks",
        "text_lift",
        "warnings",
    ]
    assert set(found["models"]) == {"rf", "xgb", "lgbm", "mean", "rank_mean", "stack", "fusion"}
    assert set(found["baselines"]) == {
        baseline,
        "table_only",
        "shuffled",
        "outlet_only",
        "encoder_linear",
        "tfidf_linear",
    }
    assert (found["walk_forward"], found["sealed"]) == (None, False)
    assert 0 < found["effective_n"] <= found["events"]
    assert found["looks"] >= 1
    assert found["horizon"] == found["blocks"]["length"] == 1
    assert found["blocks"]["number"] >= 6
    assert all(set(warning) == {"code", "message"} for warning in found["warnings"])
    assert {"read", "embed", "split", "prepare", "fit", "score"} <= set(found["seconds"])
    for scores in (*found["models"].values(), *found["baselines"].values()):
        assert set(scores) == metrics
        assert all(set(score) == SCORE for score in scores.values())
        without = [scores[name] for name in metrics if not METRICS[name].has_interval]
        assert all((score["low"], score["high"]) == (None, None) for score in without)


@pytest.fixture
def own_lab(lab, tmp_path, monkeypatch):
    """A copy of the finished workspace, in which no holdout has been looked at and each may be sealed."""
    home = shutil.copytree(lab.home, tmp_path / "own", symlinks=True)
    shutil.rmtree(home / "ledger", ignore_errors=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    monkeypatch.setattr(forest, "TREES", 25)
    return replace(lab, home=home)


@pytest.mark.slow
def test_lift_and_staircase_are_printed_and_explained(own_lab, capsys):
    asked = ("--folds", 1, "--unit", "event", "--staircase", "--lift")
    status = main(["run", str(own_lab.file), *map(str, asked), "--json"])
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert status == 0
    assert set(found["text_lift"]) == {
        *("metric", "value", "low", "high", "verdict", "withheld", "looks", "blocks", "arm", "arms"),
    }
    assert found["text_lift"]["verdict"] in ("helps", "none")
    assert found["text_lift"]["arm"] == "fusion"
    assert set(found["text_lift"]["arms"]) == {"table", "all", "fusion"}
    assert [step["step"] for step in found["staircase"]] == [
        "random",
        "ordered",
        "ordered+groups",
        "ordered+groups+purge",
    ]
    assert all(set(step) == SCORE | {"step"} for step in found["staircase"])
    assert "headlines" in captured.err.lower()
    assert "careless" in captured.err
    walk = found["walk_forward"]
    assert set(walk) == {"models", "baselines", "folds"}
    assert set(walk["models"]["mean"]["auc"]) == SCORE
    assert len(walk["folds"]) == 1
    assert set(walk["folds"][0]) == {
        "first",
        "last",
        "train_rows",
        "test_rows",
        "train_sessions",
        "test_sessions",
    }
    assert load_run(found["run_id"]).settings.unit == "event"
    assert len(saved_staircase(load_run(found["run_id"]))) == 4


@pytest.mark.slow
def test_a_holdout_is_sealed_refused_and_opened_once(own_lab, capsys):
    run = ("run", own_lab.file, "--folds", 1)
    status, sealed = in_json(capsys, *run, "--sealed")
    assert (status, sealed["sealed"], sealed["looks"]) == (0, True, 0)
    assert sealed["models"] == sealed["walk_forward"]["models"]
    assert main([*map(str, run)]) == 1
    assert "sealed" in capsys.readouterr().err.strip().splitlines()[-1]
    status, opened = in_json(capsys, *run, "--open")
    assert (status, opened["sealed"], opened["looks"]) == (0, False, 1)
    assert main([*map(str, run), "--open"]) == 0
    assert opened["run_id"] in capsys.readouterr().err


def test_a_staircase_that_cannot_be_drawn_is_said_before_the_training(own_lab, capsys):
    text = own_lab.file.read_text(encoding="utf-8").replace("작성일시", "비고")
    undated = own_lab.home.parent / "undated.csv"
    undated.write_text(re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d,", "-,", text), encoding="utf-8")
    assert main(["run", str(undated), "--staircase", "--json"]) == 1
    captured = capsys.readouterr()
    assert "no date" in captured.err.strip().splitlines()[-1]
    assert "Trained" not in captured.err
    assert not (own_lab.home / "ledger").exists()


@pytest.mark.slow
def test_a_staircase_that_fails_after_the_training_leaves_the_run_printed(own_lab, capsys, monkeypatch):
    def refuse(*given):
        raise UserError("The disk is full.")

    monkeypatch.setattr(leakage, "draw_staircase", refuse)
    assert main(["run", str(own_lab.file), "--staircase", "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["staircase"] is None
    assert captured.err.strip().splitlines()[-1] == "The disk is full."
    assert load_run(found["run_id"]).id == found["run_id"]


@pytest.mark.slow
def test_a_seal_holds_whatever_columns_are_used(own_lab, capsys):
    run = ("run", str(own_lab.file), "--folds", "1")
    assert main([*run, "--sealed"]) == 0
    for other in (("--numeric", "RSI"), ("--target", "승패"), ("--group", "종목코드"), ("--unit", "event")):
        capsys.readouterr()
        assert main([*run, *other]) == 1
        assert "sealed" in capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.slow
def test_without_json_a_run_can_be_read_by_a_person(own_lab, capsys):
    assert main(["run", str(own_lab.file), "--split", "group", "--extras", "length, clock"]) == 0
    shown = capsys.readouterr().out
    assert "walk_forward: " in shown
    assert "effective_n: " in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--folds", "21"], "folds"),
        (["--folds", "20", "--embargo", "10"], "20 folds"),
        (["--embargo", "200"], "embargo"),
        (["--embargo", "251"], "embargo"),
        (["--extras", "length,smell"], "smell"),
        (["--sealed"], "folds"),
        (["--sealed", "--open", "--folds", "2"], "either sealed or opened"),
        (["--winsor", "0.5"], "winsor"),
        (["--tune", "-1"], "tune_seconds"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_cannot_be_end_with_one_sentence(own_lab, capsys, arguments, words):
    assert main(["run", str(own_lab.file), *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err.strip().splitlines()[-1]
    assert "Traceback" not in captured.err
