import shutil

import pytest

from core.compare.candidate import Candidate
from core.compare.figures import figures
from core.compare.speed import FILE, measure_speed, saved_speed
from core.train.runs import load_run, run_folder
from tests.makers.small_lab import table_of


@pytest.fixture
def copied(small_lab, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(shutil.copytree(small_lab.home, tmp_path / "copy")))
    return small_lab


def test_a_run_is_timed_once_and_the_time_is_kept_beside_it(copied):
    run, data = load_run(copied.run), table_of(copied)
    assert saved_speed(run) is None
    made = measure_speed(run, data)
    assert saved_speed(run) == made == measure_speed(run, data)
    assert made.of("mean") > made.of("rf") > made.encoder > 0
    found = figures(Candidate(run, "rf"), data)
    assert found.costs.milliseconds == made.of("rf")
    assert found.costs.models > 0
    assert found.flips is None


def test_a_damaged_time_is_measured_anew(copied):
    run = load_run(copied.run)
    (run_folder(run.id) / FILE).write_text("{broken", encoding="utf-8")
    assert saved_speed(run) is None
    assert measure_speed(run, table_of(copied)) == saved_speed(run)
