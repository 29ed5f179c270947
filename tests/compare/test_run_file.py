import hashlib
import io
import json
import pickle
import shutil
import stat
import zipfile

import numpy as np
import pandas as pd
import pytest

from core.compare import archive
from core.compare.archive import packed
from core.compare.run_file import FORMAT, MANIFEST, export_run, import_run
from core.data import build
from core.data.library import load_dataset, save_dataset
from core.data.plan import Plan
from core.errors import UserError
from core.evaluate.ledger import accesses, is_sealed, looks, seal
from core.evaluate.ledger_file import entries
from core.evaluate.ledger_rows import Rows
from core.train.run_notes import change_notes, notes_of
from core.train.run_record import to_record
from core.train.runs import list_runs, load_run

pytestmark = pytest.mark.usefixtures("checked_here", "made_up_id")


@pytest.fixture
def made_up_id(finished_small_lab, monkeypatch):
    """The small workspace's table has a made-up id: it counts as that of its content."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        data = load_dataset(finished_small_lab.dataset)
    own = build.content_id(data.frame, Plan(data.roles))
    real = build.content_id
    monkeypatch.setattr(build, "content_id", lambda *given: data.id if real(*given) == own else real(*given))


@pytest.fixture(scope="module")
def exported(finished_small_lab):
    """The small workspace's run as a file, without and with its data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        return {data: export_run(finished_small_lab.run, data) for data in (False, True)}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "other"))
    return tmp_path / "other"


@pytest.fixture
def refused(workspace):
    """A file is refused in one sentence that says why, and leaves nothing behind."""

    def check(data, match):
        with pytest.raises(UserError, match=match) as raised:
            import_run(data)
        assert "\n" not in str(raised.value)
        assert list_runs() == entries() == []
        assert not list(workspace.glob("datasets/*")) + list(workspace.glob("runs/*"))

    return check


def files_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed(data, **changes):
    """Return the file with other contents of its files, under hashes that are right: as a forger would make it."""
    files = files_of(data) | {name.replace("__", "."): content for name, content in changes.items()}
    files = {name if "/" in name or name == MANIFEST else f"run/{name}": c for name, c in files.items()}
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != MANIFEST}
    return packed({**files, MANIFEST: json.dumps(manifest).encode()})


def record_of(data, **fields):
    return json.dumps(json.loads(files_of(data)["run/run.json"]) | fields, ensure_ascii=False).encode()


def with_entry(data, name, content=b"x", **attributes):
    """Return the file with one more entry."""
    buffer = io.BytesIO(data)
    entry = zipfile.ZipInfo(name)
    for key, value in attributes.items():
        setattr(entry, key, value)
    with zipfile.ZipFile(buffer, "a") as opened:
        opened.writestr(entry, content)
    return buffer.getvalue()


def test_a_run_without_its_data_predicts_in_another_workspace(exported, finished_small_lab, workspace):
    made = import_run(exported[False])
    assert (made.run_id, made.new, made.table) == (finished_small_lab.run, True, False)
    run = load_run(made.run_id)
    X = np.random.default_rng(0).normal(size=(5, len(run.preparation.columns))).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        theirs = load_run(made.run_id)
        before = theirs.predict_matrix(X)
    assert all(np.array_equal(before[name], p) for name, p in run.predict_matrix(X).items())
    assert to_record(run) == to_record(theirs)
    assert any("score a file" in str(sentence) for sentence in made.sentences())


def test_without_its_data_no_row_can_be_read(exported, small_lab):
    data, files = load_dataset(small_lab.dataset), files_of(exported[False])
    table = pd.read_parquet(io.BytesIO(files["run/predictions.parquet"]))
    assert set(table) & {"session", "company", "outcome"} == set()
    assert "row" in table
    whole = b"".join(files.values())
    assert not [text for text in data.headlines if text.encode() in whole]
    assert not any(name.startswith("dataset/") for name in files)


def test_its_predictions_are_whole_once_the_table_is_there(exported, finished_small_lab, workspace):
    run_id = import_run(exported[False]).run_id
    with pytest.raises(UserError, match="came without its data"):
        _ = load_run(run_id).predictions
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        data, before = load_dataset(finished_small_lab.dataset), load_run(run_id).predictions.table
    save_dataset(data)
    after = load_run(run_id).predictions.table
    pd.testing.assert_frame_equal(after, before, check_dtype=False)
    again = files_of(export_run(run_id))["run/predictions.parquet"]
    assert again == files_of(exported[False])["run/predictions.parquet"]


def test_with_its_data_all_of_it_is_there(exported, finished_small_lab, workspace):
    made = import_run(exported[True])
    assert made.table
    data, run = load_dataset(made.dataset_id), load_run(made.run_id)
    tested = run.predictions.positions(data)
    assert np.array_equal(run.predictions.outcome, data.outcome("classify")[tested])


def test_the_same_file_twice_changes_nothing(exported, workspace):
    assert import_run(exported[False]).new
    assert not import_run(exported[False]).new
    assert len(entries()) == 1
    later = import_run(exported[True])  # with the table that was missing
    assert (later.new, later.table, len(entries())) == (False, True, 1)
    assert load_run(later.run_id).predictions.outcome.size


def test_another_run_of_the_same_id_is_refused(exported, workspace):
    run_id = import_run(exported[False]).run_id
    forged = changed(
        exported[False], run__json=record_of(exported[False], created="2026-01-01T00:00:00+00:00")
    )
    with pytest.raises(UserError, match=r"here already, and its file run\.json"):
        import_run(forged)
    assert load_run(run_id).created != "2026-01-01T00:00:00+00:00"


def test_notes_stay_where_they_were_written(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    change_notes(small_lab.run, note="비밀 메모")
    assert "비밀 메모".encode() not in b"".join(files_of(export_run(small_lab.run, True)).values())
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "other"))
    assert notes_of(import_run(export_run_of(home, small_lab.run)).run_id).note == ""


def export_run_of(home, run_id):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        return export_run(run_id)


# -- the ledger


def test_a_test_made_elsewhere_counts_here(exported, workspace, finished_small_lab):
    data_of = import_run(exported[True])
    data = load_dataset(data_of.dataset_id)
    run = load_run(data_of.run_id)
    assert [entry.run_id for entry in accesses(data.id, run.holdout)] == [run.id]
    assert accesses(data.id, run.holdout)[0].value == run.scores["mean"]["auc"].value
    assert looks(Rows.of(data, run.predictions.test.positions(data)), data.id) == 1


def test_a_test_of_a_table_that_is_not_here_counts_at_all_of_it(exported, workspace):
    made = import_run(exported[False])
    run = load_run(made.run_id)
    assert len(accesses(made.dataset_id)) == 1
    unknown = Rows.of_headlines(["한 제목"], np.array(["2024-01-02"], "datetime64[D]"))
    assert looks(unknown, made.dataset_id) == 1
    assert looks(unknown, "fedcba9876543210") == 0
    assert len(accesses(made.dataset_id, run.holdout)) == 1


def test_a_run_that_tested_rows_sealed_here_is_refused(exported, workspace, finished_small_lab):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        data = load_dataset(finished_small_lab.dataset)
        tested = load_run(finished_small_lab.run).predictions.test.positions(data)
    save_dataset(data)
    rows = Rows.of(data, tested[:4])
    seal(data.id, "run-0-sealed", rows, rows.take(np.arange(0)))
    with pytest.raises(UserError, match="run-0-sealed"):
        import_run(exported[False])
    assert list_runs() == []


def test_a_sealed_holdout_is_sealed_here_too(exported, workspace):
    sealed = as_sealed(exported[True])
    made = import_run(sealed)
    run = load_run(made.run_id)
    assert run.settings.sealed
    assert is_sealed(made.dataset_id, run.holdout)


def as_sealed(data):
    """Return a file of the run as if it kept its holdout sealed: walked forward in one fold, the holdout not predicted."""
    files = files_of(data)
    record = json.loads(files["run/run.json"])
    record["settings"] |= {"sealed": True, "folds": 1}
    record["walk"] = {"models": record["scores"], "baselines": record["baselines"], "folds": []}
    table = pd.read_parquet(io.BytesIO(files["run/predictions.parquet"])).assign(fold=1)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return changed(data, run__json=json.dumps(record).encode(), predictions__parquet=buffer.getvalue())


def test_a_run_that_predicts_what_it_keeps_sealed_is_refused(exported, refused):
    record = json.loads(files_of(exported[False])["run/run.json"])
    record["settings"] |= {"sealed": True, "folds": 1}
    refused(changed(exported[False], run__json=json.dumps(record).encode()), "keeps sealed")


# -- hostile archives


@pytest.mark.parametrize(
    "name",
    ["../run.json", "run/../../etc/passwd", "/etc/passwd", "C:\\x", "\\\\host\\share", "run\\..\\x", "a:b"],
)
def test_a_path_that_leads_outside_is_refused(exported, refused, name):
    refused(with_entry(exported[False], name), "outside")


def test_a_link_is_refused(exported, refused):
    refused(
        with_entry(
            exported[False], "run/rf2.skops", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16
        ),
        "link",
    )


@pytest.mark.parametrize(
    "name", ["run/model.pkl", "run/rf.joblib", "evil.py", "dataset/x.parquet", "run/notes.jsonl"]
)
def test_a_file_that_is_no_part_of_a_run_is_refused(exported, refused, name):
    refused(with_entry(exported[False], name), "no part of a run")


def test_a_name_that_stands_twice_is_refused(exported, refused):
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = with_entry(exported[False], "run/run.json", b"{}")
    refused(twice, "twice")


def test_too_many_files_are_refused(exported, refused):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for number in range(archive.MOST_FILES + 1):
            opened.writestr(f"{number}", b"")
    refused(buffer.getvalue(), "65 files")


def test_what_becomes_too_large_is_refused_before_it_is_unpacked(refused, monkeypatch):
    bomb = packed({MANIFEST: b"0" * (20 * 2**20)})
    refused(bomb, "times larger")
    monkeypatch.setenv("HEADLINE_LAB_MAX_UNPACKED_MB", "10")
    refused(bomb, "becomes 20 MB")
    monkeypatch.setenv("HEADLINE_LAB_MAX_UPLOAD_MB", "1")
    refused(b"0" * (2 * 2**20), "The file has 2 MB")


def test_an_array_or_a_forest_that_is_a_bomb_is_refused(exported, refused):
    bomb = packed({"a.npy": b"0" * (60 * 2**20)})
    refused(changed(exported[False], preparation__npz=bomb), "times larger")
    refused(changed(exported[False], rf__skops=bomb), "times larger")


def test_a_size_that_is_a_lie_is_refused(exported, refused):
    data = bytearray(packed({MANIFEST: b"0" * 1000}))
    place = data.rindex(b"PK\x01\x02") + 24  # the unpacked size in the directory
    data[place : place + 4] = (10).to_bytes(4, "little")
    refused(bytes(data), "damaged")


def test_an_archive_with_a_password_is_refused(exported, refused):
    data = bytearray(packed({MANIFEST: b"{}"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    refused(bytes(data), "password")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", b"headline,target\n"])
def test_what_is_no_archive_is_refused(refused, data):
    refused(data, "no ZIP file")


def test_changed_bytes_are_refused(exported, refused):
    files = files_of(exported[False])
    files["run/lgbm.txt"] = files["run/lgbm.txt"].replace(b"0.05", b"0.06")
    refused(packed(files), r"run/lgbm\.txt in the archive is not as it was exported")


def test_a_file_that_is_missing_or_not_listed_is_refused(exported, refused):
    files = files_of(exported[False])
    refused(packed({name: c for name, c in files.items() if name != "run/combined.npz"}), "combined.npz")
    manifest = json.loads(files[MANIFEST])
    del manifest["files"]["run/combined.npz"]
    refused(packed(files | {MANIFEST: json.dumps(manifest).encode()}), "combined.npz")


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format": "headline-lab run", "version": 1, "run": "../x", "files": {}}',
    ],
)
def test_a_manifest_that_is_none_is_refused(exported, refused, manifest):
    refused(packed(files_of(exported[False]) | {MANIFEST: manifest}), "no run")


def test_a_run_of_a_newer_format_is_refused(exported, refused):
    manifest = json.loads(files_of(exported[False])[MANIFEST]) | {"version": 2, "format": FORMAT}
    refused(packed(files_of(exported[False]) | {MANIFEST: json.dumps(manifest).encode()}), "newer version")


# -- hostile contents, under right hashes


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was opened",))


@pytest.mark.parametrize(
    "file",
    ["rf__skops", "xgb__ubj", "lgbm__txt", "preparation__npz", "combined__npz", "predictions__parquet"],
)
def test_a_pickle_in_the_place_of_a_file_is_never_opened(exported, refused, file):
    forged = changed(exported[False], **{file: pickle.dumps(Evil())})
    refused(forged, "cannot be opened|no ZIP file")


def test_a_pickle_among_arrays_is_never_opened(exported, refused):
    buffer = io.BytesIO()
    np.savez(buffer, **{"features.names": np.array([Evil()], object)})
    refused(changed(exported[False], preparation__npz=buffer.getvalue()), "cannot be opened")


def test_a_forest_of_types_that_are_not_trusted_is_never_made(exported, refused, tmp_path):
    from functools import partial

    import skops.io

    forged = skops.io.dumps(partial(shutil.rmtree, str(tmp_path / "gone")))
    (tmp_path / "gone").mkdir()
    refused(changed(exported[False], rf__skops=forged), "cannot be opened.*Untrusted")
    assert (tmp_path / "gone").is_dir()


SENTENCE = {"template": "![x](http://evil.example/{a})", "params": {"a": "1"}}
RECORDS = {
    "not JSON": b"{",
    "a sentence of its own": {"warnings": [SENTENCE]},
    "a time that is none": {"created": "yesterday"},
    "another id": {"id": "fedcba9876543210"},
    "settings that cannot be": {"settings": {"split": "evil"}},
    "settings of a later version": {"settings": {"quantum": 1}},
    "a field of a later version": {"quantum": 1},
    "models that are unknown": {"sizes": {"../../etc": 1}},
    "a text without end": {"dataset_name": "가" * 100_000},
    "no score": {"scores": {}},
    "a holdout that is a path": {"holdout": "../../x"},
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_no_page_could_show_is_refused(exported, refused, name):
    fields = RECORDS[name]
    forged = fields if isinstance(fields, bytes) else record_of(exported[False], **fields)
    refused(changed(exported[False], run__json=forged), "cannot be opened")


def test_a_table_that_is_not_the_one_of_its_id_is_refused(exported, refused):
    frame = pd.read_parquet(io.BytesIO(files_of(exported[True])["dataset/frame.parquet"]))
    frame.loc[0, "headline"] = "바꿔치기한 제목"
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    refused(
        changed(exported[True], **{"dataset/frame.parquet": buffer.getvalue()}),
        "not the one that it was trained on",
    )


@pytest.mark.parametrize("fields", [{"rows": "many"}, {"rows": 10**12}, {"name": 5}, {"events": None}])
def test_a_table_that_no_list_could_show_is_refused(exported, refused, fields):
    record = json.loads(files_of(exported[True])["dataset/dataset.json"]) | fields
    refused(
        changed(exported[True], **{"dataset/dataset.json": json.dumps(record).encode()}), "cannot be opened"
    )


def test_a_staircase_that_no_page_could_show_is_refused(exported, refused):
    step = {"step": "![x](http://evil.example)", "value": 1}
    forged = changed(exported[False], **{"run/staircase.json": json.dumps([step]).encode()})
    refused(forged, "cannot be opened")


def test_a_model_of_other_columns_is_refused(exported, refused):
    arrays = dict(np.load(io.BytesIO(files_of(exported[False])["run/preparation.npz"])))
    buffer = io.BytesIO()
    np.savez(buffer, **{name: a for name, a in arrays.items() if not name.startswith("press.")})
    refused(changed(exported[False], preparation__npz=buffer.getvalue()), "cannot be opened")


@pytest.mark.slow
def test_what_breaks_its_reader_breaks_a_process_of_its_own(exported, workspace, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(workspace))
    assert import_run(exported[False]).new
    monkeypatch.setenv("HEADLINE_LAB_PARSER_SECONDS", "1")
    with pytest.raises(UserError, match="takes longer than 1 seconds"):
        import_run(exported[False])
