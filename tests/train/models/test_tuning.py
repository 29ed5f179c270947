import json
import logging
import threading
from dataclasses import replace

import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train.models import tuning
from core.train.models.ensemble import Ensemble
from core.train.models.model import Hyperparameter, ModelEntry
from core.train.models.registry import MODELS
from core.train.models.sample import Sample
from core.train.models.tuning import SearchCancelled, Tuned, parameters, tune, tune_arms

RNG = np.random.default_rng(0)
N = 120
X = RNG.normal(size=(N, 3)).astype(np.float32)
WIN = (X[:, 0] + RNG.normal(size=N) > 0).astype(float)
FOLDS = tuple((np.arange(k), np.arange(k, k + 20)) for k in (60, 80, 100))
SAMPLE = Sample(X, WIN, np.arange(80), np.arange(80, N), 2, 0, folds=FOLDS)


class Clock:
    """A clock that stands still but for what the trials let pass."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def one_core(monkeypatch):
    monkeypatch.setattr(tuning, "cores", lambda: 1)


def model_named(name_, clock, seconds=1.0, score=lambda x: 1 - (x - 7) ** 2 / 100):
    """A model of one hyperparameter `x`, best at 7, whose trial takes `seconds` on each fold."""

    class Toy:
        entry = ModelEntry(
            name_, name_, name_, "", name_, 0, 1.0, hyperparameters=(Hyperparameter("x", 0.0, 10.0),)
        )

        @classmethod
        def defaults(cls, sample):
            return {"x": 1.0}

        @classmethod
        def trial(cls, sample, report):
            x = sample.parameters.get(name_, {"x": 1.0})["x"]
            cls.asked.append((x, len(sample.y)))
            report(0, "")
            clock.now += seconds
            report(1, "")
            sure = score(x)
            return np.where(sample.y[sample.valid][:, None] == [0, 1], sure, 1 - sure)

    Toy.asked = []
    return Toy


@pytest.fixture
def toys(monkeypatch, clock):
    def put(**seconds):
        found = {name: model_named(name, clock, taken) for name, taken in seconds.items()}
        monkeypatch.setattr(tuning, "chosen", lambda _sample: found)
        return found

    return put


def graded(monkeypatch):
    """Score a fold by how sure the toy is of what happened, not by its order alone."""
    monkeypatch.setattr(
        tuning.Study,
        "score",
        lambda self, p, rows: float(p[np.arange(len(rows)), WIN[rows].astype(int)].mean()),
    )


def test_the_search_finds_what_is_better_than_the_default(toys, clock, monkeypatch):
    graded(monkeypatch)
    toys(rf=1.0)
    (found,) = tune(SAMPLE, 150, silent, clock)
    assert found.default == pytest.approx(1 - 36 / 100)
    assert found.score > 0.95
    assert dict(found.values)["x"] == pytest.approx(7, abs=2)


def test_the_search_ends_when_its_time_is_over(toys, clock):
    toys(rf=1.0)
    tune(SAMPLE, 30, silent, clock)
    assert clock.now - 1000 == pytest.approx(30, abs=1)  # one fold at most beyond


def test_a_trial_that_is_cut_off_by_the_time_counts_for_nothing(toys, clock, monkeypatch):
    graded(monkeypatch)
    toys(rf=1.0)
    (found,) = tune(SAMPLE, 4, silent, clock)  # three folds of the first trial, one of the second
    assert (found.trials, found.pruned, found.values) == (1, 0, ())
    assert found.score == found.default


def test_a_time_too_short_for_one_trial_leaves_the_defaults(toys, clock):
    toys(rf=10.0)
    assert tune(SAMPLE, 5, silent, clock) == (Tuned("rf"),)


def test_no_time_leaves_the_defaults(toys, clock):
    toys(rf=1.0)
    assert tune(SAMPLE, 0, silent, clock) == (Tuned("rf"),)


def test_the_defaults_stand_where_nothing_beats_them(toys, clock, monkeypatch):
    graded(monkeypatch)
    found = toys(rf=1.0)["rf"]
    found.defaults = classmethod(lambda cls, sample: {"x": 7.0})
    original = found.trial.__func__

    def trial(cls, sample, report):
        best = sample if sample.parameters else replace(sample, parameters={"rf": {"x": 7.0}})
        return original(cls, best, report)

    found.trial = classmethod(trial)
    (result,) = tune(SAMPLE, 40, silent, clock)
    assert result.values == ()
    assert result.score == result.default == 1
    assert parameters([result]) == {}


def test_trials_that_fall_behind_are_given_up_after_a_fold(toys, clock, monkeypatch):
    graded(monkeypatch)
    toy = toys(rf=1.0)["rf"]
    (found,) = tune(SAMPLE, 150, silent, clock)
    assert found.pruned > 0
    folds_tried = len(toy.asked)
    whole = 3 * found.trials
    assert whole + found.pruned <= folds_tried < 3 * (found.trials + found.pruned)


def test_each_model_gets_about_the_same_time(toys, clock, monkeypatch):
    graded(monkeypatch)
    found = toys(rf=4.0, xgb=1.0, lgbm=2.0)
    tune(SAMPLE, 300, silent, clock)
    spent = {
        name: len(toy.asked) * taken for (name, toy), taken in zip(found.items(), (4, 1, 2), strict=True)
    }
    assert max(spent.values()) - min(spent.values()) <= 12 + 1  # one trial of the slowest


def test_the_same_seed_searches_alike(toys, clock):
    first = toys(rf=1.0)["rf"]
    tune(SAMPLE, 60, silent, clock)
    again = toys(rf=1.0)["rf"]
    tune(SAMPLE, 60, silent, clock)
    other = toys(rf=1.0)["rf"]
    tune(replace(SAMPLE, seed=1), 60, silent, clock)
    assert first.asked == again.asked
    assert first.asked != other.asked


def test_models_searched_at_the_same_time_do_as_alone(toys, clock, monkeypatch):
    graded(monkeypatch)

    def asked(cores, **seconds):
        """Search until each model was asked 30 times, however the threads take turns."""
        monkeypatch.setattr(tuning, "cores", lambda: cores)
        found, clock.now = toys(**seconds), 1000.0
        end = threading.Barrier(cores, lambda: setattr(clock, "now", 2000.0), timeout=120)
        for toy in found.values():

            def trial(cls, sample, report, original=toy.trial.__func__):
                if len(cls.asked) >= 30:
                    end.wait()
                return original(cls, sample, report)

            toy.trial = classmethod(trial)
        tune(SAMPLE, 500, silent, clock)
        return {name: toy.asked[:30] for name, toy in found.items()}

    alone = asked(1, rf=0.0)
    together = asked(3, rf=0.0, xgb=0.0, lgbm=0.0)
    assert alone["rf"] == together["rf"]
    assert len({str(models) for models in together.values()}) == 3  # each by its own seed


def after(calls):
    """A report that is cancelled after so many calls."""
    left = iter(range(calls))

    def stop(fraction, template, **params):
        if next(left, None) is None:
            raise Cancelled

    return stop


def test_cancel_ends_the_search_and_carries_on_the_best_so_far(toys, clock, monkeypatch):
    graded(monkeypatch)
    toys(rf=1.0)
    with pytest.raises(SearchCancelled) as stopped:
        tune(SAMPLE, 1000, after(120), clock)
    assert clock.now < 1130
    (found,) = stopped.value.tuned
    assert found.score > found.default
    assert parameters([found])["rf"]["x"] != 1.0


def test_cancel_before_the_first_trial_is_done_carries_on_nothing(toys, clock):
    toys(rf=1.0)
    with pytest.raises(SearchCancelled) as stopped:
        tune(SAMPLE, 1000, after(3), clock)
    assert parameters(stopped.value.tuned) == {}


def test_a_search_goes_on_from_what_an_earlier_one_found(toys, clock, monkeypatch):
    graded(monkeypatch)
    found = toys(rf=1.0)["rf"]
    (result,) = tune(SAMPLE, 7, silent, clock, begin={"rf": {"x": 6.5}})
    assert list(dict.fromkeys(x for x, _ in found.asked))[:2] == [1.0, 6.5]
    assert dict(result.values) == {"x": 6.5}


def test_an_error_of_a_model_is_not_swallowed(toys, clock):
    def broken(cls, sample, report):
        raise ZeroDivisionError

    toys(rf=1.0)["rf"].trial = classmethod(broken)
    with pytest.raises(ZeroDivisionError):
        tune(SAMPLE, 10, silent, clock)


def test_progress_is_the_share_of_the_time_and_never_falls(toys, clock):
    toys(rf=1.0, xgb=1.0)
    seen = []
    tune(
        SAMPLE,
        60,
        lambda fraction, template, **params: seen.append((fraction, template.format(**params))),
        clock,
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert 0.9 < fractions[-1] <= 1
    assert "trial 1, 60 s left" in seen[0][1]


def test_without_folds_the_inner_validation_rows_are_scored(toys, clock):
    toy = toys(rf=1.0)["rf"]
    tune(replace(SAMPLE, folds=()), 3, silent, clock)
    assert {rows for _, rows in toy.asked} == {N}


def test_folds_without_both_classes_are_left_out(toys, clock):
    toy = toys(rf=1.0)["rf"]
    y = WIN.copy()
    y[60:80] = 1
    tune(replace(SAMPLE, y=y), 20, silent, clock)
    assert {rows for _, rows in toy.asked} == {100, 120}


def test_nothing_to_score_on_leaves_the_defaults(toys, clock):
    toys(rf=1.0)
    none = np.empty(0, int)
    assert tune(replace(SAMPLE, folds=(), valid=none), 20, silent, clock) == (Tuned("rf"),)


def test_the_score_counts_rows_by_their_weight(clock):
    weight = np.where(np.arange(N) < 100, 1.0, 9.0)
    rows = np.arange(80, N)
    p = np.random.default_rng(1).random((40, 2))
    weighted = tuning.Study(replace(SAMPLE, weight=weight), (), 1, 0, clock).score(p, rows)
    repeated = np.repeat(np.arange(40), np.where(rows < 100, 1, 9))
    assert weighted == pytest.approx(tuning.Study(SAMPLE, (), 1, 0, clock).score(p[repeated], rows[repeated]))
    assert weighted != pytest.approx(tuning.Study(SAMPLE, (), 1, 0, clock).score(p, rows))


def test_a_constant_return_forecast_scores_nothing(clock):
    study = tuning.Study(replace(SAMPLE, y=X[:, 0].astype(float), classes=0), (), 1, 0, clock)
    assert study.score(np.zeros(N), np.arange(N)) == 0


def test_what_was_found_prints_hashes_and_survives_json():
    found = Tuned("xgb", (("max_depth", 3), ("subsample", 0.7)), 0.61, 0.58, 12, 5)
    again = Tuned.from_dict(json.loads(json.dumps(found.as_dict())))
    assert again == found
    assert hash(again) == hash(found)
    assert "max_depth" in repr(found)
    assert parameters([found, Tuned("rf")]) == {"xgb": {"max_depth": 3, "subsample": 0.7}}


def test_the_library_neither_prints_nor_logs_each_trial(toys, clock, capfd, caplog):
    from optuna import logging as theirs

    before = theirs.get_verbosity()
    toys(rf=1.0)
    with caplog.at_level(logging.INFO):
        tune(SAMPLE, 20, silent, clock)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert theirs.get_verbosity() == before


@pytest.mark.slow
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_models_are_tuned_and_fitted_with_what_was_found(classes, monkeypatch):
    monkeypatch.setattr(tuning, "cores", lambda: 2)
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(300, 8)).astype(np.float32)
    signal = rows[:, 0] + rng.normal(size=300)
    y = (
        0.01 * signal
        if classes == 0
        else np.digitize(signal, [0] if classes == 2 else [-0.5, 0.5]).astype(float)
    )
    folds = tuple((np.arange(k), np.arange(k, k + 60)) for k in (180, 240))
    made = Sample(rows, y, np.arange(220), np.arange(220, 300), classes, 0, folds=folds)
    ticks = iter(range(10**6))
    found = tune(made, 1500, silent, lambda: float(next(ticks)))  # counts calls, not seconds
    assert [result.model for result in found] == list(MODELS)
    assert all(result.trials >= 1 and result.score >= result.default for result in found)
    chosen = replace(made, parameters=parameters(found), folds=())
    assert np.isfinite(Ensemble.fit(chosen, silent).predict(rows)["mean"]).all()


HEADLINE = np.array([True, True, False])


def test_the_table_is_searched_as_long_as_all_columns_are(toys, monkeypatch):
    asked = []

    def searched(sample, seconds, report, begin=None):
        asked.append((sample.X.shape[1], seconds, begin))
        return (Tuned("rf", (("x", float(sample.X.shape[1])),), 0.6, 0.5, 9),)

    monkeypatch.setattr(tuning, "tune", searched)
    begin = {"rf": {"x": 2.0}}
    found = tune_arms(SAMPLE, HEADLINE, 60, silent, begin)
    assert asked == [(3, 30, begin), (1, 30, None)]
    assert [made.arm for made in found] == ["all", "table"]
    assert parameters(found) == {"rf": {"x": 3.0}}
    assert parameters(found, "table") == {"rf": {"x": 1.0}}
    for columns in (np.ones(3, bool), np.zeros(3, bool)):
        asked.clear()
        assert [made.arm for made in tune_arms(SAMPLE, columns, 60, silent)] == ["all"]
        assert asked == [(3, 60, None)]


def test_the_table_gets_as_many_trials_where_a_trial_takes_as_long(toys, clock, monkeypatch):
    graded(monkeypatch)
    toys(rf=1.0)
    monkeypatch.setattr(tuning, "tune", lambda *args, begin=None: tune(*args, clock=clock, begin=begin))
    every, table = tune_arms(SAMPLE, HEADLINE, 120, silent)
    assert abs(every.trials + every.pruned - table.trials - table.pruned) <= 2
    assert min(every.trials, table.trials) > 5


def test_a_search_that_is_cancelled_in_the_table_carries_on_both(toys, clock, monkeypatch):
    def searched(sample, seconds, report, begin=None):
        found = (Tuned("rf", (("x", 2.0),), 0.6, 0.5, 9),)
        if sample.X.shape[1] < 3:
            raise SearchCancelled(found)
        return found

    monkeypatch.setattr(tuning, "tune", searched)
    with pytest.raises(SearchCancelled) as stopped:
        tune_arms(SAMPLE, HEADLINE, 60, silent)
    assert [made.arm for made in stopped.value.tuned] == ["all", "table"]
    assert parameters(stopped.value.tuned) == {"rf": {"x": 2.0}}


def test_the_time_left_of_both_searches_never_grows(toys, clock, monkeypatch):
    seen = []

    def told(fraction, template, **params):
        seen.append((fraction, params["left"]))

    toys(rf=1.0)
    monkeypatch.setattr(tuning, "tune", lambda *args, begin=None: tune(*args, clock=clock, begin=begin))
    tune_arms(SAMPLE, HEADLINE, 60, told)
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert [left for _, left in seen] == sorted((left for _, left in seen), reverse=True)
    assert seen[0][1] == 60


def test_what_an_earlier_version_found_was_of_all_columns():
    plain = Tuned("rf").as_dict()
    del plain["arm"]
    assert Tuned.from_dict(plain).arm == "all"
