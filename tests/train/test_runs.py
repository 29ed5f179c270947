import json
import shutil
from hashlib import sha256

import numpy as np
import pytest

from core.errors import Message, UserError
from core.train.features.inputs import Inputs
from core.train.models import forest
from core.train.pipeline import train
from core.train.run_record import run_table
from core.train.runs import delete_run, list_runs, load_run, run_folder, save_run
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal, three_classes


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 50)
        return train(*signal(), TrainSettings())


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def folder(workspace, trained):
    return save_run(trained)


def test_a_saved_run_predicts_the_same(folder, trained):
    dataset, vectors = signal()
    rows = Inputs.of(dataset, vectors)
    before, after = trained.predict(rows), load_run(trained.id).predict(rows)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_saved_run_keeps_its_record(folder, trained):
    again = load_run(trained.id)
    assert run_table(again) == run_table(trained)
    assert again.settings == trained.settings
    assert again.warnings == trained.warnings
    assert again.classes == trained.classes
    assert again.predictions.table.equals(trained.predictions.table)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["regress", "three classes"])
def test_other_tasks_survive_saving(workspace, monkeypatch, task):
    monkeypatch.setattr(forest, "TREES", 25)
    dataset, vectors = three_classes() if task == "three classes" else signal()
    run = train(dataset, vectors, TrainSettings(task="regress" if task == "regress" else "classify"))
    save_run(run)
    rows = Inputs.of(dataset, vectors)
    assert np.array_equal(load_run(run.id).predict(rows)["mean"], run.predict(rows)["mean"])
    assert run_table(load_run(run.id)) == run_table(run)


def test_no_file_of_a_run_is_a_pickle(folder):
    assert {path.name for path in folder.iterdir()} == {
        "run.json",
        "manifest.json",
        "preparation.npz",
        "combined.npz",
        "predictions.parquet",
        "rf.skops",
        "xgb.ubj",
        "lgbm.txt",
        "table.rf.skops",
        "table.xgb.ubj",
        "table.lgbm.txt",
    }


@pytest.mark.parametrize(
    "name",
    [
        "run.json",
        "preparation.npz",
        "combined.npz",
        "predictions.parquet",
        "rf.skops",
        "table.xgb.ubj",
        "lgbm.txt",
    ],
)
def test_a_flipped_byte_in_any_file_is_refused_by_name(folder, trained, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(UserError, match=name):
        load_run(trained.id)


def test_a_file_changed_after_opening_is_refused_when_it_is_read(folder, trained):
    run = load_run(trained.id)
    (folder / "rf.skops").write_bytes(b"other")
    with pytest.raises(UserError, match=r"rf\.skops"):
        _ = run.models


@pytest.mark.parametrize("lost", ["manifest.json", "lgbm.txt"])
def test_a_lost_file_is_said(folder, trained, lost):
    (folder / lost).unlink()
    with pytest.raises(UserError, match=lost):
        load_run(trained.id)


def test_a_file_that_the_manifest_leaves_out_is_refused(folder, trained):
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["xgb.ubj"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match=r"xgb\.ubj"):
        _ = load_run(trained.id).models


def test_a_manifest_cannot_name_a_file_elsewhere(folder, trained, workspace):
    (workspace / "secret").write_text("x")
    (folder / "manifest.json").write_text(json.dumps({"../../secret": "0"}))
    with pytest.raises(UserError, match="secret"):
        load_run(trained.id)


@pytest.mark.parametrize(
    "wrong", ["../../etc", "..", "", "abc", "ABCDEFGH", "a" * 65, "abcdefgh/../x", "abcdefgh\n"]
)
def test_an_id_that_is_none_is_refused(folder, wrong):
    for use in (load_run, delete_run, run_folder):
        with pytest.raises(UserError, match="no run"):
            use(wrong)


def test_an_unknown_run_is_said(folder):
    with pytest.raises(UserError, match="no run 0123456789abcdef"):
        load_run("0123456789abcdef")


def test_a_link_to_a_folder_outside_is_refused(workspace, folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "copy"
    shutil.copytree(folder, outside)
    (workspace / "runs" / "abcdefgh").symlink_to(outside)
    with pytest.raises(UserError, match="no run abcdefgh"):
        load_run("abcdefgh")


def test_runs_are_listed_newest_first_and_by_dataset(folder, trained):
    record = json.loads((folder / "run.json").read_text())
    for run_id, created, dataset in (("old-one-1", "2020", "other"), ("new-one-1", "2999", "small")):
        copy = folder.parent / run_id
        copy.mkdir()
        (copy / "run.json").write_text(
            json.dumps(record | {"id": run_id, "created": created, "dataset_id": dataset})
        )
    assert [run.id for run in list_runs()] == ["new-one-1", trained.id, "old-one-1"]
    assert [run.id for run in list_runs("small")] == ["new-one-1", trained.id]


def test_a_broken_folder_does_not_break_the_list(folder, trained, caplog):
    for name, text in (("broken-1", "{"), ("broken-2", "{}"), ("broken-3", "[]")):
        (folder.parent / name).mkdir()
        (folder.parent / name / "run.json").write_text(text)
    assert [run.id for run in list_runs()] == [trained.id]
    assert all(f"broken-{i}" in caplog.text for i in (1, 2, 3))


def test_listing_reads_no_model(folder, trained):
    (folder / "rf.skops").unlink()
    assert list_runs()[0].scores == trained.scores


def test_there_are_no_runs_before_the_first(workspace):
    assert list_runs() == []


def test_a_deleted_run_is_gone(folder, trained):
    delete_run(trained.id)
    assert list_runs() == []
    with pytest.raises(UserError, match="no run"):
        load_run(trained.id)


def test_warnings_keep_their_values(workspace, trained):
    from dataclasses import replace

    run = replace(trained, warnings=(Message("The feature {name}", {"name": "수익률"}),))
    save_run(run)
    assert str(load_run(run.id).warnings[0]) == "The feature 수익률"


@pytest.fixture(scope="module")
def whole():
    """A run with everything that a run can hold."""
    from core.train import pipeline
    from core.train.models.tuning import Tuned

    found = Tuned("rf", (("min_samples_leaf", 7.0),), 0.6, 0.55, 3, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        patch.setattr(pipeline, "tune_arms", lambda *_: (found,))
        settings = TrainSettings(
            folds=1, unit="event", calibrate="sigmoid", extras=("length",), tune_seconds=1, embargo=1
        )
        return train(*signal(), settings)


@pytest.fixture
def reopened(workspace, whole):
    save_run(whole)
    return load_run(whole.id)


@pytest.mark.parametrize("part", ["lift", "effective", "walk", "tuned", "holdout", "split", "settings"])
def test_what_a_run_found_out_survives_saving(reopened, whole, part):
    assert getattr(whole, part)
    assert getattr(reopened, part) == getattr(whole, part)


def test_the_predictions_of_walk_and_holdout_survive_saving(reopened, whole):
    assert reopened.predictions.table.equals(whole.predictions.table)
    assert len(reopened.predictions.test) == whole.split.test_rows < len(reopened.predictions.table)


def test_combiners_survive_saving(reopened, whole):
    dataset, vectors = signal()
    rows = Inputs.of(dataset, vectors)
    before, after = whole.predict(rows), reopened.predict(rows)
    assert {"rank_mean", "stack", "fusion"} <= set(before)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_calibrators_survive_saving_and_give_what_was_scored(reopened, whole):
    dataset, vectors = signal()
    tested = reopened.predictions.test.positions(dataset)
    rows = Inputs.of(dataset, vectors).take(tested)
    raw = reopened.predict(rows)
    made = reopened.calibrated(raw)
    assert set(reopened.parts.calibrators) == set(raw) - {
        "stack",
        "fusion",
    }  # fitted on the rows that calibrate
    for name in raw:
        assert made[name] == pytest.approx(reopened.predictions.test[name]), name
        assert np.allclose(made[name], raw[name]) == (name in ("stack", "fusion")), name


def test_without_a_calibration_predictions_stay_as_they_are(folder, trained):
    run = load_run(trained.id)
    raw = run.predict(Inputs.of(*signal()))
    assert run.parts.calibrators == {}
    assert all(run.calibrated(raw)[name] is raw[name] for name in raw)


@pytest.fixture
def earlier(folder, trained):
    """The run as the first version saved it: three models and their mean on one holdout."""
    record = json.loads((folder / "run.json").read_text())
    new = ("walk", "lift", "effective", "tuned", "holdout")
    record = {key: value for key, value in record.items() if key not in new}
    first = ("task", "split", "test_share", "horizon", "encoder", "pooling", "seed", "use_press", "outlets")
    record["settings"] = {key: record["settings"][key] for key in first}
    del record["split"]["embargoed_rows"]
    for scores in ("scores", "baselines"):
        kept = ("rf", "xgb", "lgbm", "mean", "majority", "table_only")
        record[scores] = {name: row for name, row in record[scores].items() if name in kept}
    table = trained.predictions.table.rename(columns={"outcome": "actual"})
    table.insert(0, "position", trained.predictions.positions(signal()[0]))
    known = ("position", "row", "session", "actual", "rf", "xgb", "lgbm", "mean", "majority", "table_only")
    columns = [c for c in table if c.split(":")[0] in known]
    table[columns].to_parquet(folder / "predictions.parquet", index=False)
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "combined.npz").unlink()
    hashes = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    del hashes["manifest.json"]
    (folder / "manifest.json").write_text(json.dumps(hashes))
    return load_run(trained.id)


def test_a_run_of_an_earlier_version_still_predicts(earlier, trained):
    rows = Inputs.of(*signal())
    made = earlier.predict(rows)
    assert list(made) == ["rf", "xgb", "lgbm", "mean"]
    assert np.array_equal(made["mean"], trained.predict(rows)["mean"])
    assert earlier.calibrated(made)["mean"] is made["mean"]


def test_a_run_of_an_earlier_version_keeps_its_record(earlier, trained):
    assert earlier.scores == {name: trained.scores[name] for name in ("rf", "xgb", "lgbm", "mean")}
    assert len(earlier.predictions.test) == len(earlier.predictions.table) == trained.split.test_rows
    assert np.array_equal(earlier.predictions.test["mean"], trained.predictions.test["mean"])
    assert (earlier.walk, earlier.lift, earlier.effective, earlier.tuned) == (None, None, None, ())
    assert run_table(earlier)["walk_forward"] is None
    assert [run.id for run in list_runs()] == [earlier.id]


def test_a_run_of_an_earlier_version_says_that_it_weighed_rows_alike(earlier):
    assert earlier.settings.weighting == "rows"


def test_cautions_of_earlier_versions_are_read_in_korean():
    from core.locale import translate
    from core.train.run_record import RETIRED

    assert all(translate(sentence, "ko") != sentence for sentence in RETIRED)
