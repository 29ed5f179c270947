from dataclasses import replace

import numpy as np
import pytest

from core.jobs import silent
from core.train.models import parallel
from core.train.models.registry import MODELS
from tests.makers import model_samples


@pytest.mark.slow
@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("key", list(MODELS))
def test_a_model_is_the_same_bit_for_bit_with_any_number_of_threads(key, classes):
    sample = model_samples.sample(classes)
    rng = np.random.default_rng(1)
    sample = replace(sample, weight=rng.uniform(0.5, 2, len(sample.y)))
    one, two, many = (
        MODELS[key].fit(replace(sample, threads=threads), silent).predict(sample.X) for threads in (1, 2, 5)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, many)


def test_a_worker_that_is_given_one_core_uses_one(monkeypatch):
    monkeypatch.setattr(parallel.os, "sched_getaffinity", lambda _pid: range(8), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert parallel.cores() == 8
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert parallel.cores() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    assert parallel.cores() == 8
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert parallel.cores() == 8
