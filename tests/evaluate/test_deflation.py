import numpy as np
import pytest

from core.evaluate.bootstrap import Interval
from core.evaluate.deflation import deflated_best, expected_maximum
from core.evaluate.ledger import OPENED, SCORED, Entry
from core.evaluate.verdict import Evidence


def entry(value, se=0.05, metric="auc", run="run"):
    return Entry(SCORED, run, "f", metric=metric, value=value, se=se)


@pytest.mark.parametrize("n", [5, 20, 100])
def test_the_expected_maximum_is_that_of_simulated_normals(n):
    drawn = np.random.default_rng(0).normal(size=(20_000, n)).max(axis=1).mean()
    assert expected_maximum(n) == pytest.approx(drawn, abs=0.05)


def test_one_access_is_not_deflated():
    made = deflated_best([entry(0.6)], "auc")
    assert (made.best, made.deflated, made.accesses) == (0.6, 0.6, 1)
    assert str(made.sentence()) == "This holdout has been tested once: ROC AUC 0.600."
    assert "ROC AUC, mean over classes 0.600" in str(made.sentence(3))


def test_the_best_of_many_is_less_than_it_seems():
    made = deflated_best([entry(0.5 + i / 100, run=f"run-{i}") for i in range(10)], "auc")
    assert made.run_id == "run-9"
    assert made.deflated == pytest.approx(0.59 - 0.05 * expected_maximum(10))
    assert "tested 10 times" in str(made.sentence())
    said = f"about {0.05 * expected_maximum(10):.3f}. Less that luck it is {made.deflated:.3f}"
    assert said in str(made.sentence())


def test_an_access_that_is_no_further_test_takes_off_no_luck():
    own_staircase = Entry(SCORED, "run", "f", tests=0)
    made = deflated_best([entry(0.6), own_staircase], "auc")
    assert (made.accesses, made.deflated) == (1, 0.6)


@pytest.mark.parametrize(
    ("value", "blocks", "said"),
    [(0.9, 40, "stands above chance"), (0.55, 40, "no evidence of skill"), (0.9, 5, "None of these scores")],
)
def test_the_best_score_is_called_above_chance_by_the_rule_of_the_verdict(value, blocks, said):
    made = deflated_best([entry(value), entry(0.5)], "auc")
    assert said in str(made.worth(Evidence(blocks)))
    assert made.interval.high - made.interval.low == pytest.approx(2 * 1.959964 * 0.05)


def test_where_its_own_interval_holds_chance_the_best_score_is_no_evidence():
    made = deflated_best([entry(0.698, 0.16), entry(0.6, 0.16)], "auc")
    evidence = Evidence(16)
    own = Interval(0.698, 0.326, 0.952)
    assert "no evidence of skill: its interval is [0.326, 0.952]" in str(made.worth(evidence, own))
    assert evidence.against(own, 0.5) == 0  # the verdict's rule


def test_a_best_score_without_a_recorded_error_is_not_judged():
    made = deflated_best([entry(0.9, None)], "auc")
    assert "was not recorded" in str(made.worth(Evidence(40)))


def test_the_best_error_is_the_least_and_is_deflated_upwards():
    made = deflated_best([entry(0.02, 0.001, "mae"), entry(0.01, 0.001, "mae")], "mae")
    assert made.best == 0.01
    assert made.deflated == pytest.approx(0.01 + 0.001 * expected_maximum(2))
    assert "5.2 bp" in str(made.sentence())


def test_accesses_without_a_score_count_too():
    opened = [Entry(OPENED, "x", "f")] * 3
    assert deflated_best([entry(0.6), *opened], "auc").luck == pytest.approx(0.05 * expected_maximum(4))


def test_of_the_best_of_noise_nothing_is_left_on_average():
    rng = np.random.default_rng(0)
    left = [deflated_best([entry(v) for v in rng.normal(0.5, 0.05, 20)], "auc").deflated for _ in range(500)]
    assert np.mean(left) == pytest.approx(0.5, abs=0.005)


def test_without_a_score_of_the_metric_there_is_no_best():
    assert deflated_best([entry(None), entry(0.3, metric="rank_ic")], "auc") is None
