import json
import threading

import pytest

from core.errors import UserError
from core.settings import settings
from core.train import run_notes
from core.train.run_notes import FILE, LONGEST_NAME, LONGEST_NOTE, Notes, change_notes, notes_of

RUN = "0123456789abcdef"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    return settings().folder("runs", RUN) / FILE


def test_a_run_without_notes_has_none(file):
    assert notes_of(RUN) == Notes()


def test_what_is_changed_is_kept_and_the_rest_stays(file):
    change_notes(RUN, name=" 삼성전자   첫 실험 ", starred=True)
    assert change_notes(RUN, note="장 마감 뒤\n다시 보기") == Notes(
        "삼성전자 첫 실험", "장 마감 뒤\n다시 보기", True
    )
    assert change_notes(RUN, starred=False, archived=True).archived
    assert notes_of(RUN) == Notes("삼성전자 첫 실험", "장 마감 뒤\n다시 보기", False, True)


@pytest.mark.parametrize(("field", "most"), [("name", LONGEST_NAME), ("note", LONGEST_NOTE)])
def test_a_text_that_is_too_long_is_refused_and_nothing_is_changed(file, field, most):
    with pytest.raises(UserError, match="characters"):
        change_notes(RUN, **{field: "가" * (most + 1)}, starred=True)
    assert notes_of(RUN) == Notes()
    assert len(getattr(change_notes(RUN, **{field: "가" * most}), field)) == most


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[1, 2]", b"{" * 5000, b'{"name": "', b'{"note": ' + b'"a"' * 9]
)
def test_a_damaged_file_is_no_notes(file, content):
    file.write_bytes(content)
    assert notes_of(RUN) == Notes()
    assert change_notes(RUN, name="다시").name == "다시"


def test_a_damaged_line_costs_no_other(file):
    change_notes(RUN, name="남는 이름")
    file.write_bytes(file.read_bytes() + b'{"note": "torn')
    assert change_notes(RUN, starred=True) == Notes("남는 이름", starred=True)


def test_a_name_from_the_file_is_bounded_as_one_that_is_typed(file):
    file.write_text(json.dumps({"name": "가" * 5000}))
    assert notes_of(RUN).name == ""


def test_a_file_that_is_too_large_is_not_read(file, monkeypatch):
    change_notes(RUN, name="이름")
    monkeypatch.setattr(run_notes, "_LARGEST_FILE", 10)
    run_notes._read.cache_clear()
    assert notes_of(RUN) == Notes()


def test_two_sessions_that_write_at_once_lose_nothing(file):
    names = [f"이름 {number}" for number in range(40)]
    threads = [threading.Thread(target=change_notes, args=(RUN,), kwargs={"name": name}) for name in names]
    threads.append(
        threading.Thread(target=change_notes, args=(RUN,), kwargs={"note": "메모", "starred": True})
    )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    assert {line["name"] for line in lines if "name" in line} == set(names)
    assert (notes_of(RUN).note, notes_of(RUN).starred) == ("메모", True)


def test_who_has_not_seen_the_last_change_overwrites_nothing(file):
    seen = change_notes(RUN, note="처음")
    change_notes(RUN, note="동료의 메모")
    with pytest.raises(UserError, match="동료의 메모"):
        change_notes(RUN, seen, note="내 메모")
    assert notes_of(RUN).note == "동료의 메모"
    assert change_notes(RUN, seen, name="이름").note == "동료의 메모"


def test_a_run_that_is_gone_has_no_notes_to_change(file):
    with pytest.raises(UserError, match="There is no run"):
        change_notes("fedcba9876543210", name="이름")


def test_a_run_has_no_other_notes(file):
    with pytest.raises(ValueError, match="colour"):
        change_notes(RUN, colour="red")
