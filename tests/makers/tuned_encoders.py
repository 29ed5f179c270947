"""Tuned encoders of a workspace: a record with made-up numbers, and the folder of a tiny encoder with a head."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.embed.seen import Seen
from core.evaluate.bootstrap import Interval
from core.evaluate.verdict import Evidence
from core.tune.history import History, Point
from core.tune.judge.judged import Judged
from core.tune.judge.verdict import verdict
from core.tune.record import DataFacts, Tuned
from core.tune.settings import TuneSettings
from core.tune.tuned import save_tuned
from tests.makers.tiny_encoders import DIM, save_wordpiece


def record(name: str = "mine", **changes: Any) -> Tuned:
    """Return a record of a classifier whose accuracy rose from 0.6 to 0.8."""
    points = (Point(10, 1, 0.9, 0.8, 0.7, 0.75, 0.69, 5.0), Point(20, 2, 0.5, 0.6, 0.8, 0.9, math.nan, 10.0))
    tables = [
        {
            "accuracy": Interval(value, value - 0.05, value + 0.05),
            "f1": Interval(value - 0.01, value - 0.06, value + 0.04),
            "cosine_gap": Interval(gap, gap - 0.02, gap + 0.02),
            "mean_cosine": Interval(0.5, 0.4, 0.6),
        }
        for value, gap in ((0.6, 0.1), (0.8, 0.4), (0.2, 0.3))
    ]
    judged = Judged("accuracy", *tables, p_value=0.001, tests=100, evidence=Evidence(100), head=True)
    made = Tuned(
        name=name,
        created="2026-11-26T09:00:00+00:00",
        encoder="multilingual-e5-small",
        settings=TuneSettings(epochs=2),
        data=DataFacts(
            "abc",
            "기사.csv",
            300,
            40,
            100,
            5,
            ("부정", "긍정"),
            False,
            "2024-01-02",
            "2024-09-30",
            "2024-10-02",
        ),
        history=History(points, (1.0, 0.5), 2, "done", 32, "float32", "cpu", 100.0, 10.0, 900, 1000),
        judged=judged,
        verdict=verdict(judged),
        seconds=20.0,
        baselines={"majority": {"accuracy": Interval(0.5, 0.4, 0.6)}},
        licence="MIT",
    )
    return replace(made, **changes)


def put(
    name: str = "mine",
    texts: Sequence[str] = (),
    sessions: Sequence[Any] = (),
    classes: tuple[str, ...] = (),
    normalised: bool = False,
    **changes: Any,
) -> Tuned:
    """Save a tiny encoder, tuned on these texts and sessions, with a random head where there are classes."""

    def save(folder: Path) -> None:
        save_wordpiece(folder)
        if normalised:
            modules = [
                {"type": f"sentence_transformers.models.{kind}"}
                for kind in ("Transformer", "Pooling", "Normalize")
            ]
            (folder / "modules.json").write_text(json.dumps(modules))
        if classes:
            _save_head(folder, classes)

    return save_tuned(save, record(name, **changes), Seen.of(texts, [pd.Timestamp(day) for day in sessions]))


def _save_head(folder: Path, classes: tuple[str, ...]) -> None:
    import torch

    from core.tune.training.head import Head
    from core.tune.training.saving import save_head

    head = Head(DIM, len(classes), 0.0, pairs=False)
    drawn = np.random.default_rng(0).normal(size=(len(classes), DIM)).astype(np.float32)
    head.linear.weight.data = torch.from_numpy(drawn)
    save_head(folder, head, classes, pairs=False)
