"""Which words are ratings, and which columns of a brought file may be predictions."""

import numpy as np
import pandas as pd

from core.evaluate.foreign.columns import candidates
from core.evaluate.foreign.values import as_ratings
from tests.makers.foreign_predictions import small


def test_words_of_outcomes_are_no_ratings():
    words = ["매수", "hold", "Strong Sell", "승", "true", "no", "무", "아무 말"]
    known = as_ratings(pd.Series(words))
    assert known[:3].tolist() == [1, 0, -2]
    assert np.isnan(known[3:]).all()


def test_flags_of_yes_and_no_are_no_models_to_judge():
    data, _p = small("regress")
    n = len(data)
    rng = np.random.default_rng(0)
    file = pd.DataFrame(
        {
            "is_flash": np.where(np.arange(n) % 2, "True", "False"),
            "duplicate": np.where(np.arange(n) % 3, "no", "yes"),
            "pred": [f"{value:.4f}" for value in rng.normal(0, 0.01, n)],
        }
    )
    assert candidates(file, data, ()) == ["pred"]
