"""The prepared run of the sample: that it is a run of the present code, and what it is in a workspace."""

import shutil
from contextlib import suppress

import numpy as np
import pytest

from core.data.ingest import File, ingest
from core.data.library import delete_dataset, list_datasets, load_dataset, save_dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.ledger_file import entries
from core.evaluate.pipeline import evaluate, scores_of
from core.evaluate.predictions import FUSION, MEAN
from core.settings import settings
from core.train import prepared
from core.train.features.inputs import Inputs
from core.train.leakage import saved_staircase
from core.train.pipeline import train
from core.train.prepared import (
    prepared_vectors,
    put_prepared,
    shipped_run,
    shipped_staircase,
    shipped_vectors,
)
from core.train.recording import delete_recorded
from core.train.run_record import from_record, to_record
from core.train.runs import list_runs, load_run
from core.train.splits.plan import plan_splits

NAME = "Sample"


@pytest.fixture
def put(home):
    return put_prepared(NAME)


@pytest.fixture
def elsewhere(home, tmp_path, monkeypatch):
    """A copy of what is shipped, to be damaged."""
    folder = tmp_path / "shipped"
    shutil.copytree(prepared.prepared_folder(), folder)
    monkeypatch.setattr(prepared, "prepared_folder", lambda: folder)
    return folder


def test_it_is_small_enough_to_commit():
    assert sum(path.stat().st_size for path in prepared.prepared_folder().iterdir()) < 6_000_000


def test_its_table_is_the_one_that_the_sample_file_is_read_as(put):
    content = (settings().sample_data / "headlines.csv").read_bytes()
    read = ingest([File("headlines.csv", content)]).dataset
    assert put.dataset_id == read.id
    assert load_dataset(put.dataset_id).frame.equals(read.frame)


def test_the_present_code_opens_it_and_its_models_predict_what_was_saved(put):
    data = load_dataset(put.dataset_id)
    some = put.predictions.holdout.positions(data)[::40]
    made = put.predict(Inputs.of(data, shipped_vectors(), put.settings.use_press).take(some))
    saved = put.predictions.at(data, some)
    for name in (MEAN, FUSION):
        np.testing.assert_allclose(made[name], saved[name], atol=1e-6, err_msg=name)


def numbers(scores, lift):
    """Every number of the scores and of the lift, by its name."""
    told = {f"{model}.{metric}": score for model, table in scores.items() for metric, score in table.items()}
    return {
        f"{name}.{end}": getattr(one, end)
        for name, one in (told | {"lift": lift}).items()
        for end in ("value", "low", "high")
    }


@pytest.mark.slow
def test_its_scores_are_what_the_present_code_makes_of_its_predictions(put):
    data = load_dataset(put.dataset_id)
    found = evaluate(put.predictions, data, put.settings.evaluation, arms=(FUSION, "table_only"))
    ours, saved = numbers(scores_of(found.scores, put.scores), found.lift), numbers(put.scores, put.lift)
    assert ours == pytest.approx(saved, rel=1e-13, nan_ok=True)  # another processor rounds otherwise
    assert found.evidence == put.evidence


@pytest.mark.slow
def test_training_anew_gives_it(put):
    data = load_dataset(put.dataset_id)
    again = train(data, shipped_vectors(), put.settings)
    for name in put.predictions.names:
        np.testing.assert_allclose(again.predictions[name], put.predictions[name], atol=1e-4, err_msg=name)
    assert again.lift.value == pytest.approx(put.lift.value, abs=1e-3)


@pytest.mark.slow
def test_embedding_anew_gives_its_vectors(put):
    from core.embed import embed

    texts = load_dataset(put.dataset_id).headlines[:64]
    made, shipped = embed(texts, put.settings.encoder, put.settings.pooling).vectors, shipped_vectors()[:64]
    cosine = (made * shipped).sum(1) / np.linalg.norm(made, axis=1) / np.linalg.norm(shipped, axis=1)
    assert cosine.min() > 0.999


def test_it_is_marked_and_a_run_of_before_is_not(put):
    assert put.prepared
    record = to_record(put)
    del record["prepared"]
    assert not from_record(record, put.parts).prepared


def test_it_comes_with_its_staircase_and_vectors(put):
    assert saved_staircase(put) == shipped_staircase()
    assert len(shipped_staircase()) == 4
    vectors = prepared_vectors(put.dataset_id, put.settings.encoder, put.settings.pooling)
    assert vectors.shape == (len(load_dataset(put.dataset_id)), 384)
    assert prepared_vectors(put.dataset_id, put.settings.encoder, "cls") is None
    assert prepared_vectors("0" * 16, put.settings.encoder, put.settings.pooling) is None


def test_it_has_no_vectors_before_it_is_put(home):
    run = shipped_run()
    assert prepared_vectors(run.dataset_id, run.settings.encoder, run.settings.pooling) is None


def test_opening_it_is_the_first_look_and_a_training_the_second(put):
    data = load_dataset(put.dataset_id)
    plan = plan_splits(data, put.settings)
    assert (put.looks, put.lift.looks) == (1, 1)
    assert 1 + ledger.looks(plan.holdout_rows, data.id) == 2
    assert 1 + ledger.looks(plan.test_rows, data.id) == 2


def test_opening_it_again_counts_nothing(put):
    counted = len(ledger.accesses(put.dataset_id))
    assert put_prepared(NAME).id == put.id
    assert len(ledger.accesses(put.dataset_id)) == counted
    delete_recorded(put.id)
    again = put_prepared(NAME)
    assert len(ledger.accesses(put.dataset_id)) == counted
    assert again.looks == 1


@pytest.mark.slow
def test_rows_that_were_tested_before_are_counted_with_it(home):
    content = (settings().sample_data / "headlines.csv").read_bytes()
    data = ingest([File("headlines.csv", content)]).dataset
    save_dataset(data)
    ledger.record_access(data.id, "0123456789abcdef", plan_splits(data, shipped_run().settings).holdout_rows)
    assert put_prepared(NAME).looks == 2


def test_it_is_not_opened_where_one_of_its_rows_is_sealed(home):
    content = (settings().sample_data / "headlines.csv").read_bytes()
    data = ingest([File("headlines.csv", content)]).dataset
    plan = plan_splits(data, shipped_run().settings)
    ledger.seal(data.id, "0123456789abcdef", plan.holdout_rows, plan.walk_rows)
    with pytest.raises(UserError):
        put_prepared(NAME)
    assert list_runs() == []
    assert len(ledger.accesses(data.id)) == 1  # the walk of the seal


def test_it_takes_the_name_of_the_reader_and_leaves_one_that_is_there(put):
    assert (put.dataset_name, list_datasets()[0].name) == (NAME, NAME)
    delete_recorded(put.id)
    assert put_prepared("예제").dataset_name == NAME
    delete_dataset(put.dataset_id)
    assert load_run(put.id).id == put.id
    put_prepared("예제")
    assert list_datasets()[0].name == "예제"


@pytest.mark.parametrize("file", [prepared.RUN, prepared.TABLE])
@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_where_it_cannot_be_read_it_is_said_and_nothing_is_counted(elsewhere, file, damage):
    path = elsewhere / file
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"no archive")
    with pytest.raises(UserError, match="cannot be read"):
        put_prepared(NAME)
    assert list_runs() == []
    assert entries() == []


@pytest.mark.slow
@pytest.mark.parametrize("file", [prepared.RUN, prepared.TABLE, prepared.VECTORS])
@pytest.mark.parametrize("place", [0.0001, 0.001, 0.01, 0.3, 0.99, 0.999, 0.9999])
def test_one_wrong_byte_is_said_or_harmless_wherever_it_is(elsewhere, file, place):
    path = elsewhere / file
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 0xFF
    path.write_bytes(content)
    shipped_run(), shipped_staircase(), shipped_vectors()
    with suppress(UserError):
        load_run(put_prepared(NAME).id)
        return
    assert list_runs() == []
    assert entries() == []


def test_without_its_files_there_is_nothing_to_show(elsewhere):
    for path in elsewhere.iterdir():
        path.unlink()
    assert shipped_run() is None
    assert shipped_staircase() == []
    assert shipped_vectors() is None
