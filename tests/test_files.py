import errno
import os
import stat

import pytest

from core.errors import UserError
from core.files import folder_atomic, write_atomic
from core.settings import settings


def test_the_workspace_belongs_to_its_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "a" / "lab"))
    settings().folder("runs", "x")
    modes = [stat.S_IMODE((tmp_path / "a" / "lab" / part).stat().st_mode) for part in (".", "runs", "runs/x")]
    assert modes == [0o700] * 3


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")

    def half(part):
        part.write_text("ha")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_atomic(path, half)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["record.json"]


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "No permission")])
def test_a_full_disk_or_a_closed_folder_is_one_sentence(tmp_path, code, words):
    def fail(part):
        raise OSError(code, "x")

    with pytest.raises(UserError, match=words):
        write_atomic(tmp_path / "a", fail)
    with pytest.raises(UserError, match=words):
        folder_atomic(tmp_path / "b", fail)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_another_process_made_meanwhile_stays(tmp_path):
    path = tmp_path / "made"

    def fill(part):
        (part / "a").write_text("mine")
        path.mkdir()
        (path / "a").write_text("theirs")

    folder_atomic(path, fill)
    assert (path / "a").read_text() == "theirs"
    assert os.listdir(tmp_path) == ["made"]
