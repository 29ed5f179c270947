"""The time left: what is said of jobs that were recorded on a machine of two cores, on which others worked too."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from core.pace import FIRST_FRACTION, KEPT, POINTS, SHORTEST, Curve, Paces, Progress, estimate

TRACES = json.loads((Path(__file__).parent / "makers" / "job_traces.json").read_text())


def recorded(name):
    """Return a recorded job as if it had just ended, and the second in which it did."""
    progress = Progress(0.0, TRACES[name]["size"], "train")
    for second, fraction in TRACES[name]["steps"]:
        progress.reached(fraction, second)
    return progress, TRACES[name]["steps"][-1][0]


def replayed(name, path, earlier):
    """Return of each second what was said and what was true, after the jobs `earlier` on the same machine."""
    paces = Paces(path)
    for other in earlier:
        paces.keep(*recorded(other))
    steps = list(TRACES[name]["steps"])
    progress = Progress(0.0, TRACES[name]["size"], curves=paces.curves("train"))
    whole, found = steps[-1][0], []
    for second in range(int(whole)):
        while steps and steps[0][0] <= second:
            moment, fraction = steps.pop(0)
            progress.reached(fraction, moment)
        found.append((progress.say(second), whole - second))
    return found


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("known", [False, True])
def test_the_range_holds_the_truth_of_recorded_jobs(tmp_path, name, known):
    """Each job is replayed as the first of its kind, and after the others of its kind."""
    others = [other for other in TRACES if other.split()[0] == name.split()[0] and other != name]
    said = [pair for pair in replayed(name, tmp_path / "paces", others if known else []) if pair[0]]
    assert [(left, true) for left, true in said if not left.low <= true <= left.high] == []
    assert said or not known


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("earlier", [[], ["train samsung"], ["embed sample"], list(TRACES)])
def test_what_is_said_never_rises_unless_it_is_said_to_be_late(tmp_path, name, earlier):
    said = [left for left, _ in replayed(name, tmp_path / "paces", earlier) if left]
    for before, now in pairwise(said):
        assert now.low <= now.high
        assert now.late or (now.high <= before.high and now.low <= before.low)


def test_nothing_is_said_before_there_is_a_basis():
    progress = Progress(0.0)
    progress.reached(FIRST_FRACTION / 2, 60.0)
    assert progress.say(60.0) is None
    assert estimate([], 0, 0.5, 1.0) is None


def test_what_comes_before_the_first_fraction_says_nothing_of_the_pace():
    progress = Progress(0.0)
    progress.reached(0.1, 60.0)  # loading took a minute
    progress.reached(0.5, 80.0)
    left = progress.say(80.0)
    assert left.low < 25 < left.high < 60


def test_a_job_that_takes_longer_than_was_said_is_said_to_be_late():
    curve = Curve(0, tuple(float(second) for second in range(1, POINTS + 1)))
    progress = Progress(0.0, curves=[curve, curve])
    assert not progress.say(0.0).late
    assert progress.say(200.0).late


def test_a_larger_job_takes_longer_from_the_beginning():
    curve = Curve(100, tuple(float(second) for second in range(1, POINTS + 1)))
    small, large = (estimate([curve], size, 0.0, 0.0) for size in (100, 300))
    assert large == pytest.approx(tuple(3 * end for end in small))


def test_the_last_curves_of_a_kind_are_kept(tmp_path):
    paces = Paces(tmp_path / "paces")
    for number in range(KEPT + 3):
        paces.keep(Progress(0.0, number + 1, "train"), 60.0)
    paces.keep(Progress(0.0, 99, "train"), SHORTEST / 2)
    assert [curve.size for curve in paces.curves("train")] == list(range(4, KEPT + 4))
    assert paces.curves("embed") == []


def test_the_curve_of_a_job_that_ended_between_two_thousandths_of_a_second_is_read_back(tmp_path):
    paces = Paces(tmp_path / "paces")
    paces.keep(*recorded("train sample"))
    early = Progress(0.0, pace="embed")
    early.reached(0.5, 3.0)  # and nothing more was heard of it
    paces.keep(early, 12.3454)
    assert [len(paces.curves(kind)) for kind in ("train", "embed")] == [1, 1]
    assert paces.curves("embed")[0].whole == 12.345


def test_one_bad_curve_takes_no_other_with_it(tmp_path):
    path = tmp_path / "paces"
    paces = Paces(path)
    paces.keep(*recorded("train sample"))
    saved = json.loads(path.read_text())
    falling, endless = [1, [9.0, *[1.0] * (POINTS - 1)]], [1, [10**400] * POINTS]
    path.write_text(json.dumps({"maps": 3, "embed": [falling, endless], "train": [falling, *saved["train"]]}))
    assert [len(paces.curves(kind)) for kind in ("train", "embed", "maps")] == [1, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", '{"train": [[1, [1, 2]]]}', '{"train": 3}', '{"train": [[1, "ab"]]}', "\x00"),
        json.dumps({"train": [[1, [float(40 - i) for i in range(POINTS)]]]}),
        json.dumps({"train": [[1, [0.0] * POINTS]]}),
    ],
)
def test_a_file_that_cannot_be_read_counts_as_none_and_is_written_anew(tmp_path, text):
    path = tmp_path / "paces"
    path.write_text(text)
    paces = Paces(path)
    assert paces.curves("train") == []
    paces.keep(*recorded("train sample"))
    assert len(paces.curves("train")) == 1
