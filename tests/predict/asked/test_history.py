"""What was asked of a run: kept once each, found again, and never of a sealed holdout."""

import errno
import json
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.predict import Question
from core.predict.asked import history as store
from core.predict.asked.history import (
    AskedBefore,
    clear,
    forget,
    history,
    id_of,
    move,
    pin,
    remember,
    rename,
    unpin,
)
from core.train import delete_run
from core.train.runs import questions_folder

ASKED = Question("가온전자, 흑자전환", "한빛일보", "005930", datetime(2024, 1, 2, 9, 30), {"RSI": 51.8})
SAID = {"mean": np.array([0.4, 0.6]), "rf": np.array([0.3, 0.7])}
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def home(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return home


def ask(run, number, **known):
    return remember(run, Question(f"제목 {number}"), SAID, now=NOON + timedelta(minutes=number), **known)


def headlines(run):
    return [item.question.headline for item in history(run.id).items]


def test_what_was_asked_is_read_back_as_it_was(home, run):
    kept = remember(run, ASKED, SAID)
    (found,) = history(run.id).items
    assert found == kept
    assert found.question == ASKED
    assert found.values == {"mean": (0.4, 0.6), "rf": (0.3, 0.7)}
    assert (found.run, found.dataset, found.name, found.pinned) == (run.id, run.dataset_id, "", False)
    assert found.asked.tzinfo is not None
    assert AskedBefore.of_record(json.loads(json.dumps(found.record()))) == found


def test_the_same_question_again_moves_up_and_keeps_its_name_and_place(home, run):
    first = ask(run, 0)
    rename(first, "  흑자   전환 ")
    ask(run, 1)
    assert headlines(run) == ["제목 1", "제목 0"]
    again = remember(run, Question(" 제목  0 "), SAID, now=NOON + timedelta(hours=1))
    assert again.id == first.id
    assert headlines(run) == [" 제목  0 ", "제목 1"]
    assert history(run.id).items[0].name == "흑자 전환"


def test_other_values_are_another_question_and_another_minute_is_not(home, run):
    def id_with(**other):
        return id_of(run, Question(**{**vars(ASKED), **other}))

    same = id_of(run, ASKED)
    assert id_with(time=datetime(2024, 1, 2, 17, 5)) == same  # this run does not read the hour
    assert len({same, id_with(time=datetime(2024, 1, 3)), id_with(press=None), id_with(features={})}) == 4


def test_a_run_that_reads_the_hour_tells_minutes_apart(run):
    by_the_hour = replace(run, settings=replace(run.settings, extras=("clock",)))
    morning, evening = (Question("a", time=datetime(2024, 1, 2, hour)) for hour in (9, 18))
    assert id_of(run, morning) == id_of(run, evening)
    assert id_of(by_the_hour, morning) != id_of(by_the_hour, evening)


def test_pinned_ones_stand_on_top_in_an_order_that_can_be_changed(home, run):
    items = [ask(run, number) for number in range(5)]
    for number in (3, 1, 0):
        pin(items[number])
    assert headlines(run) == ["제목 3", "제목 1", "제목 0", "제목 4", "제목 2"]
    move(items[0], -1)
    assert headlines(run)[:3] == ["제목 3", "제목 0", "제목 1"]
    move(items[3], 99)
    assert headlines(run)[:3] == ["제목 0", "제목 1", "제목 3"]
    move(items[4], 1)  # not pinned
    unpin(items[1])
    assert headlines(run) == ["제목 0", "제목 3", "제목 4", "제목 2", "제목 1"]


def test_the_oldest_go_and_pinned_ones_stay(home, run, monkeypatch):
    monkeypatch.setattr(store, "MOST", 3)
    pin(ask(run, 0))
    for number in range(1, 6):
        ask(run, number)
    assert headlines(run) == ["제목 0", "제목 5", "제목 4", "제목 3"]


def test_one_is_deleted_or_all_but_the_pinned(home, run):
    items = [ask(run, number) for number in range(4)]
    forget(items[3])
    forget(items[3])  # by another session
    pin(items[3])
    rename(items[3], "back")  # what is gone stays gone
    assert headlines(run) == ["제목 2", "제목 1", "제목 0"]
    pin(items[1])
    clear(run.id)
    assert headlines(run) == ["제목 1"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": 1, "values": {"a": ["x"]}}',
        b" " * 300_000,
    ],
)
def test_a_file_that_cannot_be_read_takes_no_other_with_it(home, run, content):
    ask(run, 0)
    (questions_folder(run.id) / "0123456789abcdef.json").write_bytes(content)
    assert headlines(run) == ["제목 0"]


def test_values_that_are_no_numbers_and_foreign_ids_are_not_read(home, run):
    kept = ask(run, 0)
    record = kept.record()
    for change in ({"values": {"mean": [float("nan")]}}, {"asked": "2026-11-27T12:00"}, {"run": "other-run"}):
        path = questions_folder(run.id) / f"{kept.id}.json"
        path.write_text(json.dumps(record | change), encoding="utf-8")
        assert headlines(run) == []


def test_writers_at_once_lose_nothing(home, run):
    threads = [threading.Thread(target=ask, args=(run, number)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history(run.id).items) == 24
    assert not list(questions_folder(run.id).glob(".part-*"))


def test_an_id_never_leads_out_of_the_workspace(home, run):
    assert history("../datasets").items == ()
    assert history(run.id).get("../../x") is None
    with pytest.raises(ValueError, match="no id"):
        forget(AskedBefore("../../x", run.id, "", NOON, ASKED, {}))


def test_a_deleted_run_takes_its_questions_with_it(home, run):
    ask(run, 0)
    delete_run(run.id)
    assert not questions_folder(run.id).exists()
    assert history(run.id).items == ()


def test_no_headline_of_a_sealed_holdout_is_kept_or_handed_out(home, run, data):
    before = remember(run, Question(data.headlines[50]), SAID)
    pin(before)
    ask(run, 0)
    rows = Rows.of(data, np.arange(48, 60))
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    assert remember(run, Question(data.headlines[51]), SAID) is None
    found = history(run.id)
    assert [item.question.headline for item in found.items] == ["제목 0"]
    assert found.pinned == ()
    assert found.sealed == 1


def test_a_full_disk_is_said_and_leaves_what_was_there(home, run, monkeypatch):
    ask(run, 0)

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("core.files.os.replace", full)
    with pytest.raises(UserError, match="disk is full"):
        ask(run, 1)
    assert headlines(run) == ["제목 0"]
