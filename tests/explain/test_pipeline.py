from dataclasses import replace

import numpy as np
import pytest

from core.arrays import read_arrays, write_arrays
from core.errors import UserError
from core.explain.pipeline import explain_run
from core.train.runs import load_run, save_run


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))


@pytest.fixture
def saved(classified):
    run, dataset, vectors = classified
    return save_run(run), load_run(run.id), dataset, vectors


@pytest.fixture
def never_again(monkeypatch):
    """Forbid, when called, that anything more is explained."""
    return lambda: monkeypatch.setattr("core.explain.pipeline.explain_classes", None)


def test_saved_members_come_back(worded, never_again):
    save_run(worded[0])
    first = explain_run(*worded)
    never_again()
    again = explain_run(*worded)
    assert again.members == first.members
    assert again.inside("text").equals(first.inside("text"))


def test_an_explanation_saved_by_an_earlier_version_is_made_anew(saved):
    folder, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    path = next(folder.glob("explain-1-*.npz"))
    saved = read_arrays(path)
    write_arrays(path, {name: array for name, array in saved.items() if not name.startswith("members")})
    assert explain_run(run, dataset, vectors).members == first.members


def test_the_test_rows_are_explained(saved):
    _, run, dataset, vectors = saved
    made = explain_run(run, dataset, vectors)
    assert made.rows.tolist() == run.predictions.test.positions(dataset).tolist()
    assert made.prediction["mean"] == pytest.approx(run.predictions.test["mean"][:, 1])


def test_the_fusion_which_is_not_explained_is_not_asked(classified, monkeypatch):
    monkeypatch.setattr("core.train.run.with_fusion", None)
    assert explain_run(*classified).label == "승"


def test_no_more_rows_than_the_limit_are_explained_evenly(saved):
    _, run, dataset, vectors = saved
    positions = run.predictions.test.positions(dataset).tolist()
    rows = explain_run(run, dataset, vectors, limit=5).rows.tolist()
    assert len(rows) == len(set(rows)) == 5
    assert (rows[0], rows[-1]) == (positions[0], positions[-1])


def test_the_second_time_nothing_is_computed(saved, never_again):
    _, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    never_again()
    again = explain_run(run, dataset, vectors)
    assert again.groups == first.groups
    assert again.label == first.label
    assert again.base == first.base
    assert again.values.keys() == first.values.keys()
    for name in first.values:
        assert np.array_equal(again.values[name], first.values[name])
        assert np.array_equal(again.prediction[name], first.prediction[name])


def test_another_class_is_not_answered_with_the_saved_one(saved):
    _, run, dataset, vectors = saved
    up, down = (explain_run(run, dataset, vectors, explained=k) for k in (1, 0))
    assert (up.label, down.label) == ("승", "패")
    assert up.values["mean"] == pytest.approx(-down.values["mean"], abs=1e-6)


def test_every_class_is_explained_at_once(labelled, never_again):
    save_run(labelled[0])
    last = explain_run(*labelled)
    never_again()
    others = [explain_run(*labelled, explained=k) for k in (0, 1)]
    assert [one.label for one in (*others, last)] == list(labelled[0].classes)
    total = sum(one.values["mean"] for one in (*others, last))
    assert total == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("number", [2, -2])
def test_a_class_that_the_run_does_not_have_is_refused(classified, number):
    with pytest.raises(ValueError, match="the run has 2"):
        explain_run(*classified, explained=number)


def test_a_saved_explanation_does_not_break_the_manifest(saved):
    _, run, dataset, vectors = saved
    explain_run(run, dataset, vectors)
    assert load_run(run.id).id == run.id


@pytest.mark.parametrize("damage", ["other numbers", "flipped byte", "cut off"])
def test_a_damaged_explanation_is_made_anew(saved, damage, caplog):
    folder, run, dataset, vectors = saved
    first = explain_run(run, dataset, vectors)
    path = next(folder.glob("explain-1-*.npz"))
    if damage == "other numbers":
        with np.load(path) as arrays:
            np.savez(path, **(dict(arrays) | {"values.rf": arrays["values.rf"] + 1}))
    elif damage == "cut off":
        path.write_bytes(path.read_bytes()[:500])
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 255
        path.write_bytes(data)
    again = explain_run(run, dataset, vectors)
    assert np.array_equal(again.values["rf"], first.values["rf"])
    assert "anew" in caplog.text


@pytest.mark.parametrize("fault", [UserError("The disk is full."), OSError(5, "input/output error")])
def test_an_explanation_that_cannot_be_saved_is_returned_all_the_same(saved, monkeypatch, caplog, fault):
    def full(path, write):
        raise fault

    monkeypatch.setattr("core.arrays.write_atomic", full)
    _, run, dataset, vectors = saved
    assert explain_run(run, dataset, vectors).label == "승"
    assert "could not be saved" in caplog.text


def test_an_unsaved_run_is_explained_and_leaves_nothing(tmp_path, returned):
    assert explain_run(*returned).label is None
    assert list(tmp_path.iterdir()) == []


def test_another_dataset_is_refused(classified):
    run, dataset, vectors = classified
    with pytest.raises(ValueError, match="was trained on dataset small"):
        explain_run(run, replace(dataset, id="other"), vectors)
