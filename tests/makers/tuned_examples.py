"""Examples with vectors whose truth is known, for the tests of what a tuning changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.tune.examples import Examples, Parts

CLASSES = ("부정", "중립", "긍정")
TOPICS = ("반도체 수출 감소", "금리 동결 전망", "신약 승인 기대")


def texts_of(labels: np.ndarray, seed: int = 0) -> list[str]:
    """Return a text of its class's topic for each label."""
    numbers = np.random.default_rng(seed).integers(0, 10_000, len(labels))
    return [
        f"{TOPICS[k]} {number} {row}" for row, (k, number) in enumerate(zip(labels, numbers, strict=True))
    ]


def examples_of(
    labels: np.ndarray,
    sessions: np.ndarray | None = None,
    classes: tuple[str, ...] = CLASSES,
    columns: int = 1,
    story: np.ndarray | None = None,
) -> Examples:
    """Return examples of these labels, dated where there are session numbers."""
    n = len(labels)
    days = pd.Series(pd.NaT, range(n), dtype="datetime64[ns]")
    if sessions is not None:
        days = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(sessions, unit="D"))
    words = texts_of(labels if classes else np.zeros(n, int))
    return Examples(
        columns=tuple([f"{text} {k}" for text in words] for k in range(columns)),
        labels=labels if classes else labels.astype(float),
        classes=classes,
        story=np.arange(n) if story is None else story,
        session=days,
        rows=np.arange(n),
    )


def parts_of(n: int, test: float = 0.3, valid: float = 0.1) -> Parts:
    """Return the last rows as test, those before them as validation, the others as training."""
    first, second = round(n * (1 - test - valid)), round(n * (1 - test))
    return Parts(np.arange(first), np.arange(first, second), np.arange(second, n))


def around_classes(labels: np.ndarray, apart: float, seed: int = 0, dim: int = 12) -> np.ndarray:
    """Return vectors `(n, dim)` of noise 1 around a centre for each class, so far apart."""
    rng = np.random.default_rng(seed)
    centres = np.eye(dim)[:3]
    return np.asarray(apart * centres[labels] + rng.normal(size=(len(labels), dim)), np.float32)


def drawn_labels(n: int, classes: int = 3, seed: int = 0) -> np.ndarray:
    """Return class numbers drawn evenly, `(n,)` int64."""
    return np.random.default_rng(seed).integers(0, classes, n)
