import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.reading import read_table
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.foreign import ForeignSettings
from core.evaluate.ledger_rows import Rows
from core.settings import settings
from core.train.foreign import check, delete_evaluation, judge_and_record, list_evaluations, load_evaluation
from core.train.foreign.judged import as_run, judged_table
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.foreign_predictions import ROWS, as_file, small
from tests.makers.train_tables import make_dataset, signal, three_classes

CLASSIFY = ForeignSettings("classify")


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(forest, "TREES", 25)


def same(one, other):
    """Compare scores, NaN being equal to NaN."""
    assert one.keys() == other.keys()
    for name in one:
        for metric, score in one[name].items():
            ours, theirs = list(vars(score).values()), list(vars(other[name][metric]).values())
            assert np.array_equal(ours, theirs, equal_nan=True), (name, metric)


@pytest.mark.slow
@pytest.mark.parametrize("made", ["csv", "parquet"])
@pytest.mark.parametrize("task", ["classify", "regress", "labels"])
def test_a_run_s_own_predictions_get_the_run_s_own_scores_exactly(task, made):
    data, vectors = three_classes() if task == "labels" else signal(noise=2)
    unit = "headline" if made == "csv" else "event"
    chosen = TrainSettings("classify" if task == "labels" else task, folds=2, unit=unit)
    run = train(data, vectors, chosen)
    table = run.predictions.table
    content = table.to_csv(index=False).encode() if made == "csv" else table.to_parquet(index=False)
    file = read_table(content).frame
    judged = judge_and_record(file, "own.csv", data, ForeignSettings(unit=unit))
    assert judged.task == chosen.task
    for name, scores in run.scores.items():
        same({name: judged.scores[name]}, {name: scores})
    for name, scores in run.walk.scores.items():
        same({name: judged.walk_scores[name]}, {name: scores})
    same({"a": judged.scores["table_only (file)"]}, {"a": run.baselines["table_only"]})
    assert judged.main == "mean"


@pytest.mark.slow
def test_the_table_alone_is_what_the_run_s_baseline_is_where_the_test_is_the_last_fifth():
    data, vectors = signal(noise=2)
    run = train(data, vectors, TrainSettings())
    table = run.predictions.table[["row", "fusion:패", "fusion:승"]]
    judged = judge_and_record(
        read_table(table.to_csv(index=False).encode()).frame,
        "own.csv",
        data,
        ForeignSettings(unit="headline"),
    )
    same({"t": judged.baselines["table_only"]}, {"t": run.baselines["table_only"]})
    lift = judged.lifts["fusion"]
    assert (lift.value, lift.low, lift.high) == (run.lift.value, run.lift.low, run.lift.high)


def test_every_model_of_a_file_and_every_earlier_test_counts_as_a_look(judged):
    made, data = judged
    assert made.evidence.looks == made.lifts["good"].looks == 2
    again = as_file(row=data.frame["row"], p=made.predictions["good"][:, 1].mean() + data.frame["target"])
    assert judge_and_record(again, "p.csv", data, CLASSIFY).evidence.looks == 3


@pytest.fixture
def judged():
    data, score = small()
    table = as_file(row=data.frame["row"], good=score, noise=np.random.default_rng(1).normal(size=ROWS))
    chosen = ForeignSettings("classify", trained_until="2024-01-05")
    return judge_and_record(table, "scores.csv", data, chosen), data


def test_a_signal_that_the_table_lacks_adds_to_it_and_noise_does_not(judged):
    made, _data = judged
    assert made.lifts["good"].verdict == "helps"
    assert made.lifts["noise"].verdict != "helps"
    assert str(made.answer("good")).startswith("good knows more than the table: ROC AUC is")
    assert "good is better than chance: ROC AUC" in str(made.judgement("good"))


def test_scores_show_the_order_alone_and_say_why(judged):
    made, _data = judged
    assert set(made.scores["good"]) == {"auc", "pr_auc"}
    assert any("only their order is judged" in str(note) for note in made.notes)


def test_rows_in_training_are_scored_apart(judged):
    made, data = judged
    assert set(made.inside) == {"good", "noise"}
    assert made.counts["inside_training"] == ROWS - len(made.predictions) > 0
    assert any("lie in the training period" in str(warning) for warning in made.warnings)
    assert (data.frame["session"].iloc[made.predictions.positions(data)] > "2024-01-05").all()


def test_a_training_period_that_nobody_gave_is_warned_of():
    data, score = small()
    made = judge_and_record(as_file(row=data.frame["row"], p=score), "p.csv", data, CLASSIFY)
    assert any(str(warning).startswith("Nobody has said from when") for warning in made.warnings)


def test_the_judgement_survives_the_workspace(judged):
    made, data = judged
    opened = load_evaluation(made.id)
    for name in ("scores", "baselines", "inside"):
        same(getattr(opened, name), getattr(made, name))
    plain = {**vars(opened), "predictions": None} | {"scores": 0, "baselines": 0, "inside": 0}
    asked = {**vars(made), "predictions": None} | {"scores": 0, "baselines": 0, "inside": 0}
    assert plain == asked
    pd.testing.assert_frame_equal(opened.predictions.table, made.predictions.table, check_dtype=False)
    assert [one.id for one in list_evaluations(data.id)] == [made.id]
    assert list_evaluations("other") == []
    delete_evaluation(made.id)
    assert list_evaluations(data.id) == []
    with pytest.raises(UserError):
        load_evaluation(made.id)


def test_a_damaged_judgement_is_said_in_one_sentence(judged):
    made, data = judged
    (Path(settings().home) / "evaluations" / made.id / "record.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        load_evaluation(made.id)
    assert list_evaluations(data.id) == []


@pytest.mark.parametrize("name", ["../../etc", "0123", ""])
def test_an_id_that_names_no_evaluation_is_refused(name):
    with pytest.raises(UserError, match="no evaluation"):
        load_evaluation(name)


def test_a_judgement_counts_as_a_test_access_of_its_rows(judged):
    made, data = judged
    found = ledger.accesses(data.id, made.holdout)
    assert [entry.run_id for entry in found] == [made.id]
    assert found[0].metric == "auc"
    assert found[0].value == made.scores["good"]["auc"].value


def test_sealed_rows_are_refused():
    data, score = small()
    sealed = Rows.of(data, np.arange(200, 240))
    ledger.seal(data.id, "sealing", sealed, Rows.of(data, np.arange(100, 200)))
    whole = as_file(row=data.frame["row"], p=score)
    for refused in (
        lambda: check(whole, data, CLASSIFY),
        lambda: judge_and_record(whole, "p.csv", data, CLASSIFY),
    ):
        with pytest.raises(
            UserError, match="40 headlines of the file lie in a holdout that is sealed"
        ) as caught:
            refused()
        assert "sealing" not in str(caught.value)  # no run's number
    check(as_file(row=data.frame["row"][:200], p=score[:200]), data, CLASSIFY)
    made = judge_and_record(as_file(row=data.frame["row"][:200], p=score[:200]), "p.csv", data, CLASSIFY)
    assert len(made.predictions) == 200


def test_a_table_without_numbers_and_one_without_dates_have_no_lift_and_say_why():
    rng = np.random.default_rng(0)
    target, score = rng.normal(size=60), rng.normal(size=60)
    table = as_file(row=np.arange(1, 61), p=score)
    bare = make_dataset(0.01 * target, np.arange(60) // 3)
    made = judge_and_record(table, "p.csv", bare, CLASSIFY)
    assert not made.lifts
    assert "compared with chance alone" in str(made.notes[-1])
    undated = make_dataset(0.01 * target, None, {"x": rng.normal(size=60)})
    made = judge_and_record(table, "p.csv", undated, CLASSIFY)
    assert not made.lifts
    assert "no dates" in str(made.notes[-1])


def test_the_json_has_the_keys_that_were_promised(judged):
    made, _data = judged
    table = judged_table(made)
    asked = {"dataset", "rows", "matched", "unmatched", "duplicates", "inside_training", "models"}
    assert asked | {"text_lift", "lift_over_table", "effective_n"} <= set(table)
    assert set(table["models"]["good"]["auc"]) == {"value", "low", "high"}
    json.dumps(table, allow_nan=False)


def test_a_judgement_can_be_shown_as_a_run(judged):
    made, data = judged
    run = as_run(made, data, "noise")
    assert np.array_equal(run.predictions["mean"], made.predictions["noise"])
    assert run.scores is made.scores
    assert run.lift == made.lifts["noise"]
    with pytest.raises(LookupError):
        _ = run.preparation
