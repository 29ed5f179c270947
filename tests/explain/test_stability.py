"""Importances over refits: what carries the signal leads in all of them."""

from dataclasses import replace

import numpy as np
import pytest

from core.explain import explain_run, saved_stability, stability_of
from core.explain.stability import SEEDS
from core.jobs import Cancelled
from core.train.pipeline import train
from core.train.runs import load_run, run_folder, save_run
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal


@pytest.fixture(scope="module")
def walked(few_trees):
    dataset, vectors = signal()
    return train(dataset, vectors, TrainSettings(folds=2)), dataset, vectors


def test_each_fold_and_each_seed_is_a_refit_and_the_signal_leads_in_all(walked, home):
    run, data, vectors = walked
    made = stability_of(run, data, vectors)
    assert (made.folds, made.seeds) == (2, SEEDS)
    assert made.groups == run.preparation.groups
    assert [sizes.shape for sizes in made.sizes] == [(2 + SEEDS, len(made.groups))] * len(run.classes)
    most = explain_run(run, data, vectors).importance()["group"].iloc[0]
    assert made.first(most, len(run.classes) - 1) == 2 + SEEDS
    for group, (low, high) in made.spread(len(run.classes) - 1).items():
        assert 0 <= low <= high, group


def test_refits_from_other_seeds_are_near_the_run_itself(walked, home):
    run, data, vectors = walked
    made = stability_of(run, data, vectors)
    own = explain_run(run, data, vectors).importance().set_index("group")["mean"]
    of_seeds = made.sizes[-1][made.folds :].mean(axis=0)
    np.testing.assert_allclose(of_seeds, own[list(made.groups)], atol=0.05)
    assert not np.array_equal(made.sizes[-1][-1], made.sizes[-1][-2])  # the seeds differ


def test_it_is_saved_with_the_run_and_made_anew_where_the_file_is_damaged(walked, home):
    run, data, vectors = walked
    save_run(run)
    run = load_run(run.id)
    assert saved_stability(run) is None
    made = stability_of(run, data, vectors)
    again = saved_stability(run)
    for one, other in zip(made.sizes, again.sizes, strict=True):
        np.testing.assert_array_equal(one, other)
    file = run_folder(run.id) / "stability.npz"
    file.write_bytes(b"no archive")
    assert saved_stability(run) is None


def test_it_can_be_cancelled(walked, home):
    run, data, vectors = walked

    def report(fraction, template, **params):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        stability_of(replace(run, id="0123456789abcdef"), data, vectors, report)
