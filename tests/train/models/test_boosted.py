from dataclasses import replace

import numpy as np
import pytest

from core.jobs import silent
from core.train.models import boosted
from core.train.models.registry import MODELS
from core.train.models.sample import Sample
from tests.makers.model_samples import X, sample

BOOSTED = ["xgb", "lgbm"]


@pytest.mark.parametrize("name", BOOSTED)
def test_early_stopping_keeps_few_rounds_where_later_rows_contradict(name):
    made = sample(2)
    contrary = made.y.copy()
    contrary[150:] = 1 - contrary[150:]
    fitted = MODELS[name].fit(Sample(X, contrary, made.fit, made.valid, 2, 0), silent)
    assert fitted.size == boosted.LEAST_ROUNDS
    assert MODELS[name].fit(made, silent).size > 2 * boosted.LEAST_ROUNDS


@pytest.mark.parametrize("name", BOOSTED)
def test_without_validation_rows_a_fixed_number_of_rounds_is_fitted(name):
    assert MODELS[name].fit(sample(2, valid=False), silent).size == boosted.ROUNDS_WITHOUT_VALIDATION


@pytest.mark.parametrize("name", BOOSTED)
def test_early_stopping_listens_to_rows_that_weigh(name):
    made = sample(2)
    contrary = made.y.copy()
    contrary[150:] = 1 - contrary[150:]
    contrary[190:] = made.y[190:]
    weight = np.where(np.arange(200) < 190, 1.0, 1000.0)
    fit = replace(made, y=contrary)
    assert MODELS[name].fit(fit, silent).size == boosted.LEAST_ROUNDS
    assert MODELS[name].fit(replace(fit, weight=weight), silent).size > 2 * boosted.LEAST_ROUNDS
