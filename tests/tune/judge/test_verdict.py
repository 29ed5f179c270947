import json
from dataclasses import replace

import pytest

from core.evaluate.bootstrap import Interval
from core.evaluate.verdict import Evidence
from core.tune.judge.judged import Judged
from core.tune.judge.verdict import Verdict, verdict
from tests.makers.worlds import first_always
from tests.simulations.tuning import found_better


def judged(low=0.01, high=0.05, p_value=0.01, metric="accuracy", mean_cosine=0.5, gap=0.1, blocks=100):
    tables = {
        "before": {"accuracy": 0.80, "cosine_gap": 0.05, "mean_cosine": 0.6},
        "after": {"accuracy": 0.83, "cosine_gap": 0.05 + gap, "mean_cosine": mean_cosine},
    }
    made = {
        side: {k: Interval(v, v - 0.02, v + 0.02) for k, v in table.items()} for side, table in tables.items()
    }
    difference = {
        "accuracy": Interval((low + high) / 2, low, high),
        "cosine_gap": Interval(gap, gap - 0.01, gap + 0.01),
        "mean_cosine": Interval(mean_cosine - 0.6, mean_cosine - 0.7, mean_cosine - 0.5),
    }
    return Judged(metric, made["before"], made["after"], difference, p_value, 400, Evidence(blocks))


def test_an_improvement_beyond_chance_is_go_with_the_number_behind_it():
    found = verdict(judged())
    assert found.go
    for part in ("0.800", "0.830", "+0.030", "[+0.010, +0.050]", "100 sessions"):
        assert part in str(found.message)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"low": -0.01}, "no improvement is shown"),
        ({"low": -0.05, "high": -0.01}, "is worse"),
        ({"p_value": 0.06}, "no improvement is shown"),
        ({"blocks": 5}, "cannot be told"),
        ({"mean_cosine": 0.95, "gap": -0.01}, "has collapsed"),
        ({"mean_cosine": 0.999}, "has collapsed"),
        ({"metric": "cosine_gap", "low": -0.05, "high": -0.01}, "fewer texts are classified rightly"),
    ],
)
def test_everything_else_is_no_go_and_says_why(case, says):
    found = verdict(judged(**case))
    assert not found.go
    assert says in str(found.message)


def test_texts_close_together_with_a_larger_gap_are_no_collapse():
    assert verdict(judged(mean_cosine=0.95, gap=0.02)).go


def test_a_wider_gap_of_triplets_is_go_though_accuracy_stays():
    assert verdict(judged(metric="cosine_gap", low=-0.01, p_value=1.0)).go


def test_a_baseline_inside_the_interval_is_said_to_be_as_good():
    plain = {
        "tfidf_linear": {"accuracy": Interval(0.815, 0.8, 0.83)},
        "lstm": {"accuracy": Interval(0.7, 0.6, 0.8)},
    }
    note = verdict(judged(), plain).note
    assert note is not None
    assert "0.815" in str(note)
    assert "TF-IDF" in str(note)


def test_baselines_below_the_interval_are_not_spoken_of():
    assert verdict(judged(), {"lstm": {"accuracy": Interval(0.7, 0.6, 0.8)}}).note is None


def test_a_verdict_survives_json():
    found = verdict(judged(), {"rf": {"accuracy": Interval(0.9, 0.8, 1.0)}})
    assert Verdict.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_another_metric_without_accuracy_needs_no_exact_test():
    plain = judged(metric="cosine_gap")
    tables = {
        side: {k: v for k, v in getattr(plain, side).items() if k != "accuracy"}
        for side in ("before", "after", "difference")
    }
    assert verdict(replace(plain, **tables, p_value=float("nan"))).go


@pytest.mark.slow
@pytest.mark.parametrize("sessions", first_always([40, 0]))
def test_no_improvement_is_called_one_in_at_most_one_case_of_twenty(sessions):
    assert found_better(0.0, range(200), sessions=sessions) <= 0.05


@pytest.mark.slow
def test_a_real_improvement_is_found():
    assert found_better(0.08, range(60)) >= 0.9
