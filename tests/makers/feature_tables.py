"""Small inputs of models for the tests of features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.train.features.block import FeatureOptions
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation

HEADLINES = [
    "삼성전자 급등",
    "삼성전자 급락",
    "현대차 실적 호조",
    "삼성전자 실적 부진",
    "현대차 급등",
    "LG 수주 2조원!",
]


def table(**columns) -> pd.DataFrame:
    """Return continuous features of these values."""
    return pd.DataFrame({name: np.asarray(values, float) for name, values in columns.items()})


def outlets(*names) -> pd.Series:
    """Return press outlets of these names."""
    return pd.Series(names, dtype="str")


def series(*texts) -> pd.Series:
    """Return headlines."""
    return pd.Series(texts, dtype="str")


def times(*moments) -> pd.Series:
    """Return times of headlines."""
    return pd.Series(pd.to_datetime(list(moments)).astype("datetime64[s]"))


def vectors_of(n=60, dim=8) -> np.ndarray:
    """Return vectors whose first numbers vary most, `(n, dim)` float32."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, dim)) * np.arange(dim, 0, -1) + 5).astype(np.float32)


def texts_alone(text=None, time=None) -> Inputs:
    """Return the inputs of rows with nothing but headlines and times, seven hours apart unless given."""
    headlines = series(*HEADLINES) if text is None else text
    clock = times(*pd.date_range("2024-01-01 09:10", periods=len(headlines), freq="7h"))
    none = pd.DataFrame(index=range(len(headlines)))
    return Inputs(None, none, None, headlines, clock if time is None else time)


def fit(features, press=None, vectors=None, **options) -> Preparation:
    """Fit a preparation on these rows."""
    return Preparation.fit(Inputs(vectors, features, press), FeatureOptions(**options))
