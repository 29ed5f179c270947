import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.library import delete_dataset, save_dataset
from core.errors import UserError
from core.evaluate import ledger_file
from core.evaluate.bootstrap import Interval
from core.evaluate.ledger import (
    accesses,
    is_sealed,
    looks,
    record_access,
    require_unsealed,
    require_untested,
    seal,
    standard_error,
    unknown_rows,
)
from core.evaluate.ledger_file import FILE, OPENED, SCORED, SEALED, save_rows
from core.evaluate.ledger_rows import Rows
from core.evaluate.ledger_upgrade import upgrade
from core.train.runs import delete_run
from tests.makers.train_tables import make_dataset

ROOT = Path(__file__).parents[2]
DATASET, OTHER = "0123456789abcdef", "fedcba9876543210"
SCORE = Interval(0.6, 0.5, 0.7)


def rows(*numbers):
    return Rows(np.repeat(np.array(numbers, np.uint64)[:, None], 2, axis=1))


HOLDOUT, WALK = rows(*range(60, 80)), rows(*range(30, 60))


def access(run, holdout=HOLDOUT, scored=None, dataset=DATASET, score=SCORE):
    return record_access(dataset, run, holdout, scored, "auc", score)


def open_it(run, holdout=HOLDOUT):
    return record_access(DATASET, run, holdout, metric="auc", score=SCORE, opened=True)


def seal_it(run, holdout=HOLDOUT, walk=WALK):
    return seal(DATASET, run, holdout, walk)


def at(holdout, dataset=DATASET):
    return [entry.run_id for entry in accesses(dataset, save_rows(holdout))]


def file(home):
    return home / "ledger" / FILE


def test_every_scored_run_is_counted_with_its_score(home):
    access("run-1")
    access("run-2", score=Interval(math.nan, math.nan, math.nan))
    access("run-3", rows(1, 2))
    first, second = accesses(DATASET, HOLDOUT.name)
    assert (first.run_id, first.metric, first.value) == ("run-1", "auc", 0.6)
    assert first.se == pytest.approx(0.1 / 1.96, rel=1e-4)
    assert (second.value, second.se) == (None, None)
    assert len(accesses(DATASET)) == 3


def test_a_dataset_without_a_look_has_none(home):
    assert accesses(DATASET, HOLDOUT.name) == accesses(DATASET, "") == []
    assert not file(home).exists()


def test_a_look_at_some_of_the_rows_counts_without_its_score(home):
    access("less", rows(79))
    access("more", rows(*range(40, 80)))
    access("elsewhere", rows(1))
    access("same")
    assert at(HOLDOUT) == ["less", "more", "same"]
    assert [entry.value for entry in accesses(DATASET, HOLDOUT.name)] == [None, None, 0.6]


def test_looks_are_counted_over_tables_and_by_any_row(home):
    assert looks(HOLDOUT) == 0
    access("less", rows(79))
    access("more", rows(*range(40, 80)), dataset=OTHER)
    access("elsewhere", rows(1))
    seal_it("run-0", rows(90), rows(60))
    assert [looks(found) for found in (HOLDOUT, rows(1, 79), rows(90), rows(2))] == [3, 3, 0, 0]


def test_what_was_walked_over_has_been_looked_at(home):
    access("run-1", scored=rows(*range(30, 80)))
    assert at(rows(30, 31)) == ["run-1"]
    assert at(rows(29)) == []


def test_the_walk_before_a_seal_has_been_looked_at_and_the_holdout_not(home):
    seal_it("run-0")
    assert at(rows(59, 60)) == ["run-0"]
    assert at(HOLDOUT) == []


def test_the_same_rows_of_another_table_are_the_same_holdout(home):
    access("run-1", dataset=OTHER)
    assert at(HOLDOUT) == at(HOLDOUT, OTHER) == ["run-1"]
    assert accesses(DATASET, HOLDOUT.name)[0].value == 0.6
    assert accesses(DATASET) == []


def test_deleting_a_run_does_not_delete_its_look(home):
    access("run-1-abcdef")
    folder = home / "runs" / "run-1-abcdef"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    delete_run("run-1-abcdef")
    assert at(HOLDOUT) == ["run-1-abcdef"]


def test_the_ledger_is_private(home):
    access("run-1")
    kept = home / "ledger" / "rows" / f"{HOLDOUT.name}.npy"
    assert [path.stat().st_mode & 0o777 for path in (file(home), kept)] == [0o600, 0o600]
    assert [path.parent.stat().st_mode & 0o777 for path in (file(home), kept)] == [0o700, 0o700]


@pytest.mark.parametrize(
    "torn", ['{"kind": "scored", "run', '{"kind": "sco', "[]", "null", '{"other": 1}', "\x00\x00"]
)
def test_a_torn_line_spoils_no_other(home, torn):
    access("run-1")
    with file(home).open("a") as stream:
        stream.write(torn)
    access("run-2")
    assert at(HOLDOUT) == ["run-1", "run-2"]


@pytest.mark.parametrize("damaged", [b"", b"\x93NUMPY torn"])
def test_a_look_whose_rows_are_damaged_counts_for_its_whole_table(home, damaged, caplog):
    access("run-1", rows(1, 2))
    (home / "ledger" / "rows" / f"{rows(1, 2).name}.npy").write_bytes(damaged)
    assert at(HOLDOUT) == ["run-1"]
    assert at(HOLDOUT, OTHER) == []
    assert "cannot be read" in caplog.text


def at_once(code, names):
    """Run the code in a process for each name, all let go at the same moment; return what each printed."""
    waiting = f"import sys; from tests.evaluate.test_ledger import *; from core.evaluate.ledger_file import Entry, append; print('ready', flush=True); sys.stdin.readline()\n{code}"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", waiting, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in names
    ]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * len(started)
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate()[0].strip() for process in started]
    assert [process.returncode for process in started] == [0] * len(started)
    return printed


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(home):
    at_once("for i in range(400): append(Entry(SCORED, f'{sys.argv[1]}{i}', HOLDOUT.name))", "abc")
    assert {entry.run_id for entry in ledger_file.entries()} == {f"{n}{i}" for n in "abc" for i in range(400)}


@pytest.mark.slow
def test_of_processes_that_open_at_once_exactly_one_is_the_first(home):
    seal_it("run-0")
    printed = at_once("print(open_it(sys.argv[1]) is None)", ["run-1", "run-2", "run-3"])
    assert sorted(printed) == ["False", "False", "True"]


@pytest.mark.slow
def test_of_a_look_and_a_seal_at_once_one_alone_stands(home):
    code = (
        "for i in range(20):\n"
        "    held = rows(1000 + i)\n"
        "    try: print((seal_it('s', held) if sys.argv[1] == 'seal' else access('l', held)) is None, flush=True)\n"
        "    except UserError: print(False)"
    )
    sealing, looking = (printed.split() for printed in at_once(code, ["seal", "look"]))
    assert [(a, b) for a, b in zip(sealing, looking, strict=True) if a == b] == []
    held = [is_sealed(DATASET, rows(1000 + i).name) for i in range(20)]
    assert held == [answer == "True" for answer in sealing]


def test_a_sealed_holdout_opens_once_and_says_who_opened_it(home):
    assert seal_it("run-0") is None
    assert is_sealed(DATASET, HOLDOUT.name)
    assert open_it("run-1") is None
    assert not is_sealed(DATASET, HOLDOUT.name)
    refusal = open_it("run-2")
    assert refusal.params["run"] == "run-1"
    assert accesses(DATASET, HOLDOUT.name)[0].time[:16].replace("T", " ") in str(refusal)


def test_an_opening_that_comes_too_late_still_counts_as_a_look(home):
    for run in ("run-1", "run-2", "run-2"):
        open_it(run)
    assert at(HOLDOUT) == ["run-1", "run-2", "run-2"]


def test_a_holdout_can_be_sealed_by_several_runs_and_is_opened_for_all(home):
    seal_it("run-0")
    assert seal_it("run-1") is None
    open_it("run-2")
    assert not is_sealed(DATASET, HOLDOUT.name)


@pytest.mark.parametrize(
    "scored", [HOLDOUT, rows(79), rows(*range(0, 61))], ids=["all", "one row", "before it"]
)
def test_a_holdout_that_was_looked_at_is_not_sealed_or_opened_as_new(home, scored):
    access("run-1", scored)
    assert seal_it("run-2").params["run"] == "run-1"
    assert not is_sealed(DATASET, HOLDOUT.name)
    assert open_it("run-3").params["run"] == "run-1"


def test_what_was_scored_before_a_seal_is_told_with_its_rows_and_run(home):
    require_untested(DATASET, HOLDOUT)
    access("run-1", rows(*range(50, 65)))
    access("run-2", rows(64, 65))
    with pytest.raises(
        UserError, match=r"6 of the 20 headlines .* first by run run-1 on \d{4}-.* cannot be sealed"
    ):
        require_untested(OTHER, HOLDOUT)


@pytest.mark.parametrize(
    "scored", [HOLDOUT, rows(79), rows(*range(0, 61))], ids=["all", "one row", "before it"]
)
def test_a_look_at_a_sealed_row_is_refused_and_does_not_count(home, scored):
    seal_it("run-0")
    with pytest.raises(UserError, match="Meanwhile run run-0 has sealed rows"):
        access("run-1", scored, dataset=OTHER)
    assert is_sealed(DATASET, HOLDOUT.name)
    assert at(HOLDOUT) == []
    assert open_it("run-2") is None
    assert at(HOLDOUT) == ["run-2"]


def test_a_seal_is_not_opened_through_other_rows(home):
    seal_it("run-0")
    with pytest.raises(UserError, match="Meanwhile run run-0"):
        open_it("run-1", rows(*range(59, 80)))
    assert is_sealed(DATASET, HOLDOUT.name)


def test_a_walk_over_sealed_rows_is_refused_also_when_it_seals(home):
    seal_it("run-0")
    with pytest.raises(UserError, match="Meanwhile run run-0"):
        seal_it("run-1", rows(90), HOLDOUT)
    assert not is_sealed(DATASET, rows(90).name)


def test_before_the_work_sealed_rows_are_refused_in_words(home):
    seal_it("run-0")
    require_unsealed(WALK)
    require_unsealed(rows(*range(30, 80)), HOLDOUT, allowed=True)
    with pytest.raises(UserError, match="This holdout is sealed"):
        require_unsealed(rows(*range(30, 80)), HOLDOUT)
    for holdout, allowed in ((None, False), (rows(79), True)):
        with pytest.raises(UserError, match=r"1 headline that would be scored lies in .* run run-0 sealed"):
            require_unsealed(rows(10, 79), holdout, allowed)


def earlier(home, *lines):
    """Write the ledger of a dataset as the version before wrote it, whose entries name no rows."""
    (home / "ledger").mkdir(exist_ok=True)
    entries = [
        {
            "kind": kind,
            "run_id": run,
            "signature": signature,
            "time": "2026-11-22T10:00:00+00:00",
            "metric": "auc" if kind == SCORED else "",
            "value": 0.6 if kind == SCORED else None,
            "se": None,
            "id": str(i),
        }
        for i, (kind, run, signature) in enumerate(lines)
    ]
    (home / "ledger" / f"{DATASET}.jsonl").write_text(
        "".join(f"\n{json.dumps(entry)}\n" for entry in entries)
    )


OLD, OLD_2 = "a" * 32, "b" * 32


def test_a_ledger_of_an_earlier_version_is_read(home):
    earlier(
        home, (SEALED, "run-0", OLD), (OPENED, "run-1", OLD), (SCORED, "run-1", OLD), (SEALED, "run-2", OLD_2)
    )
    assert [(entry.run_id, entry.value) for entry in accesses(DATASET, OLD)] == [("run-1", 0.6)]
    assert [is_sealed(DATASET, name) for name in (OLD, OLD_2)] == [False, True]
    access("run-3", rows(1))
    assert [entry.run_id for entry in accesses(DATASET)] == ["run-1", "run-3"]


def test_a_look_of_an_earlier_version_counts_for_its_whole_table(home):
    earlier(home, (SCORED, "run-1", OLD))
    assert at(HOLDOUT) == ["run-1"]
    assert at(HOLDOUT, OTHER) == []
    assert (looks(HOLDOUT, DATASET), looks(HOLDOUT, OTHER)) == (1, 0)
    with pytest.raises(UserError, match="20 of the 20 headlines"):
        require_untested(DATASET, HOLDOUT)


def test_rows_found_again_make_an_earlier_entry_exact(home):
    earlier(home, (SCORED, "run-1", OLD), (SEALED, "run-2", OLD_2))
    assert unknown_rows(DATASET) == {OLD, OLD_2}
    assert unknown_rows(OTHER) == set()
    save_rows(rows(1, 2), OLD)
    save_rows(HOLDOUT, OLD_2)
    assert unknown_rows(DATASET) == set()
    assert at(HOLDOUT) == []
    assert at(rows(2, 3)) == ["run-1"]
    assert is_sealed(DATASET, HOLDOUT.name)
    with pytest.raises(UserError, match="Meanwhile run run-2"):
        access("run-3", rows(60))


def as_an_earlier_version_wrote(home, dataset, held, walk):
    """Write a seal and the rows that it names as version 0.2 did: known by the spelling of their headlines."""
    save_dataset(dataset)
    seal(dataset.id, "run-0", held, walk)
    (line,) = filter(None, file(home).read_text().split("\n"))
    entry = json.loads(line)
    del entry["version"]
    file(home).write_text(f"\n{json.dumps(entry)}\n")
    for rows in (held, walk):
        save_rows(rows.as_spelled, anew=True)
    upgrade.cache_clear()


@pytest.fixture
def table():
    made = make_dataset(np.zeros(40), np.arange(40) // 4, name=DATASET)
    names = [f"{'가나다라마바사아자차카타파하'[i % 14 :]} {i * i} 급등" for i in range(40)]
    return replace(made, frame=made.frame.assign(headline=names))


def test_a_seal_of_an_earlier_version_holds_and_learns_to_know_its_rows(home, table):
    held, walk = (Rows.of(table, rows) for rows in (np.arange(30, 40), np.arange(20, 30)))
    as_an_earlier_version_wrote(home, table, held, walk)
    assert is_sealed(DATASET, held.name)
    require_unsealed(walk)
    stopped = replace(table, id=OTHER, frame=table.frame.assign(headline=table.frame["headline"] + "."))
    for rows in (held, Rows.of(stopped, np.arange(30, 40))):
        with pytest.raises(UserError, match=r"10 headlines that would be scored lie in .* run run-0 sealed"):
            require_unsealed(rows)
    assert open_it("run-1", held) is None
    assert not is_sealed(DATASET, held.name)


def test_a_seal_of_an_earlier_version_whose_table_is_gone_holds_as_it_was(home, table):
    held, walk = (Rows.of(table, rows) for rows in (np.arange(30, 40), np.arange(20, 30)))
    as_an_earlier_version_wrote(home, table, held, walk)
    delete_dataset(DATASET)
    assert is_sealed(DATASET, held.name)
    with pytest.raises(UserError, match="run run-0 sealed"):
        require_unsealed(held)


def test_what_an_earlier_version_allowed_undoes_no_seal_of_it(home, table):
    held, walk = (Rows.of(table, rows) for rows in (np.arange(30, 40), np.arange(20, 30)))
    stopped = replace(table, id=OTHER, frame=table.frame.assign(headline=table.frame["headline"] + "."))
    as_an_earlier_version_wrote(home, table, held, walk)
    sealed_then = file(home).read_text()
    file(home).unlink()
    access("run-1", Rows.of(stopped, np.arange(30, 40)), dataset=OTHER)
    allowed_then = file(home).read_text().replace(', "version": 2', "")
    for written in (allowed_then + sealed_then, sealed_then + allowed_then):
        file(home).write_text(written)
        assert is_sealed(DATASET, held.name)
        assert looks(held) == 1


def test_a_full_disk_is_said_and_nothing_counts_as_written(home, monkeypatch):
    access("run-1")
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(ledger_file.os, "write", lambda handle, line: write(handle, line[:20]))
        with pytest.raises(UserError, match="disk is full"):
            access("run-2")
    assert at(HOLDOUT) == ["run-1"]


def test_an_entry_is_one_line_of_json(home):
    access("run-1")
    (line,) = filter(None, file(home).read_text().split("\n"))
    assert json.loads(line)["signature"] == HOLDOUT.name


def test_a_standard_error_is_half_the_width_over_the_normal_quantile():
    assert standard_error(Interval(0.5, 0.402, 0.598)) == pytest.approx(0.05, rel=1e-4)
    assert standard_error(Interval(0.5, math.nan, math.nan)) is None
