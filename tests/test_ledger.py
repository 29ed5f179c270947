import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.train.scores import ledger
from core.train.scores.bootstrap import Interval
from core.train.scores.ledger import (
    holdout_signature,
    looks,
    open_once,
    record_look,
    seal,
    sealed,
    standard_error,
)
from core.train.store import delete_run

ROOT = Path(__file__).parents[1]
DATASET, HOLDOUT = "0123456789abcdef", "f" * 32
SCORE = Interval(0.6, 0.5, 0.7)


def look(run, signature=HOLDOUT, score=SCORE):
    record_look(DATASET, signature, run, "auc", score)


def file(home):
    return home / "ledger" / f"{DATASET}.jsonl"


def test_every_scored_run_is_counted_with_its_score(home):
    look("run-1")
    look("run-2", score=Interval(math.nan, math.nan, math.nan))
    look("run-3", signature="a" * 32)
    first, second = looks(DATASET, HOLDOUT)
    assert (first.run_id, first.metric, first.value) == ("run-1", "auc", 0.6)
    assert first.se == pytest.approx(0.1 / 1.96, rel=1e-4)
    assert (second.value, second.se) == (None, None)
    assert len(looks(DATASET)) == 3


def test_a_dataset_without_a_look_has_none(home):
    assert looks(DATASET, HOLDOUT) == []
    assert not file(home).exists()


def test_deleting_a_run_does_not_delete_its_look(home):
    look("run-1-abcdef")
    folder = home / "runs" / "run-1-abcdef"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    delete_run("run-1-abcdef")
    assert [entry.run_id for entry in looks(DATASET, HOLDOUT)] == ["run-1-abcdef"]


def test_the_ledger_is_private(home):
    look("run-1")
    assert file(home).stat().st_mode & 0o777 == 0o600
    assert file(home).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "torn", ['{"kind": "scored", "run', '{"kind": "sco', "[]", "null", '{"other": 1}', "\x00\x00"]
)
def test_a_torn_line_spoils_no_other(home, torn):
    look("run-1")
    with file(home).open("a") as stream:
        stream.write(torn)
    look("run-2")
    assert [entry.run_id for entry in looks(DATASET, HOLDOUT)] == ["run-1", "run-2"]


def test_two_processes_that_write_at_once_lose_nothing(home):
    code = (
        "import sys; from core.train.scores.ledger import record_look; from core.train.scores.bootstrap import Interval\n"
        f"[record_look('{DATASET}', '{HOLDOUT}', sys.argv[1] + str(i), 'auc', Interval(.6, .5, .7)) "
        "for i in range(100)]"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, name], cwd=ROOT) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    assert {e.run_id for e in looks(DATASET, HOLDOUT)} == {f"{n}{i}" for n in "ab" for i in range(100)}


def test_a_sealed_holdout_opens_once_and_says_who_opened_it(home):
    assert seal(DATASET, HOLDOUT, "run-0") is None
    assert sealed(DATASET, HOLDOUT)
    assert open_once(DATASET, HOLDOUT, "run-1") is None
    assert not sealed(DATASET, HOLDOUT)
    refusal = open_once(DATASET, HOLDOUT, "run-2")
    assert refusal.params["run"] == "run-1"
    assert looks(DATASET, HOLDOUT)[0].time[:16].replace("T", " ") in str(refusal)


def test_an_opening_that_comes_too_late_still_counts_as_a_look(home):
    for run in ("run-1", "run-2", "run-2"):
        open_once(DATASET, HOLDOUT, run)
    assert [entry.run_id for entry in looks(DATASET, HOLDOUT)] == ["run-1", "run-2", "run-2"]


def test_opening_and_then_scoring_is_one_look(home):
    open_once(DATASET, HOLDOUT, "run-1")
    look("run-1")
    assert [entry.kind for entry in looks(DATASET, HOLDOUT)] == ["scored"]


def test_a_holdout_that_was_looked_at_cannot_be_sealed_or_opened_as_new(home):
    look("run-1")
    assert seal(DATASET, HOLDOUT, "run-2").params["run"] == "run-1"
    assert not sealed(DATASET, HOLDOUT)
    assert open_once(DATASET, HOLDOUT, "run-2").params["run"] == "run-1"


def test_each_holdout_has_its_own_seal(home):
    seal(DATASET, HOLDOUT, "run-0")
    open_once(DATASET, "a" * 32, "run-1")
    assert sealed(DATASET, HOLDOUT)
    assert open_once(DATASET, HOLDOUT, "run-2") is None


def test_of_many_processes_exactly_one_opens(home):
    code = (
        "import sys; from core.train.scores.ledger import open_once\n"
        f"print(open_once('{DATASET}', '{HOLDOUT}', sys.argv[1]) is None)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, f"run-{i}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for i in range(3)
    ]
    assert sorted(process.communicate()[0].strip() for process in started) == ["False", "False", "True"]


def test_the_signature_knows_rows_outcomes_and_unit_and_nothing_else():
    rows, target = np.array([3, 1, 2]), np.array([0.1, -0.2, 0.3])
    known = holdout_signature(rows, target, "headline")
    order = [1, 2, 0]
    assert holdout_signature(rows[order], pd.Series(target[order], index=[7, 8, 9]), "headline") == known
    assert holdout_signature(rows.tolist(), list(target), "headline") == known
    others = [
        holdout_signature(rows + 1, target, "headline"),
        holdout_signature(rows, target + 0.1, "headline"),
        holdout_signature(rows, target, "event"),
        holdout_signature(rows[:2], target[:2], "headline"),
    ]
    assert len({known, *others}) == 5


def test_a_full_disk_is_said_and_nothing_counts_as_written(home, monkeypatch):
    look("run-1")
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(ledger.os, "write", lambda handle, line: write(handle, line[:20]))
        with pytest.raises(UserError, match="disk is full"):
            look("run-2")
    assert [entry.run_id for entry in looks(DATASET, HOLDOUT)] == ["run-1"]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "a\x00", "x" * 200])
def test_a_name_that_is_no_dataset_is_refused(home, name):
    with pytest.raises(ValueError, match="no id"):
        looks(name)


def test_an_entry_is_one_line_of_json(home):
    look("run-1")
    (line,) = filter(None, file(home).read_text().split("\n"))
    assert json.loads(line)["signature"] == HOLDOUT


def test_a_score_without_an_interval_has_no_standard_error():
    assert standard_error(Interval(0.5, math.nan, math.nan)) is None
