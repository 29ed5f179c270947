"""Small made-up datasets for the tests of training and explaining."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset
from core.data.plan import Roles

OUTLETS = np.array(["가나일보", "다라경제", "마바신문"])


def make_dataset(
    target: np.ndarray | list,
    sessions: np.ndarray | None = None,
    features: dict[str, np.ndarray] | None = None,
    press: list | np.ndarray | None = None,
    story: np.ndarray | None = None,
    kind: str = "return",
    name: str = "small",
) -> Dataset:
    """Make a dataset whose session numbers are days from 2024-01-01 on; a number below 0 is unknown."""
    n = len(target)
    days = np.full(n, -1) if sessions is None else sessions
    session = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")).where(days >= 0)
    frame = pd.DataFrame(
        {
            "row": np.arange(1, n + 1),
            "headline": [f"제목 {i}" for i in range(n)],
            "press": pd.Series([None] * n if press is None else press, dtype="str"),
            "company": pd.Series(["가상전자"] * n, dtype="str"),
            "time": session,
            "session": session,
            "target": pd.Series(target, dtype="str" if kind == "label" else float),
            "story": np.arange(n) if story is None else story,
        }
        | {FEATURE + key: np.asarray(values, float) for key, values in (features or {}).items()}
    )
    roles = Roles("headline", numeric=tuple(features or {}), target="target")
    return Dataset(name, f"{name}.csv", roles, frame, kind)


def signal(n: int = 240, days: int = 24, seed: int = 0, noise: float = 0.5) -> tuple[Dataset, np.ndarray]:
    """Return a dataset of returns in which feature `x` and the first number of the vector carry a signal."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, 6)).astype(np.float32)
    x, idle = rng.normal(size=n), rng.normal(size=n)
    target = 0.01 * (x + 0.6 * vectors[:, 0] + noise * rng.normal(size=n))
    sessions = np.sort(rng.integers(0, days, n))
    return make_dataset(target, sessions, {"x": x, "idle": idle}, OUTLETS[rng.integers(0, 3, n)]), vectors


def three_classes(n: int = 300) -> tuple[Dataset, np.ndarray]:
    """Return a dataset of three labels that follow feature `x`."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    labels = np.array(["부정", "중립", "긍정"])[np.digitize(x + 0.3 * rng.normal(size=n), [-0.5, 0.5])]
    vectors = rng.normal(size=(n, 4)).astype(np.float32)
    return make_dataset(labels, np.sort(rng.integers(0, 20, n)), {"x": x}, kind="label"), vectors
