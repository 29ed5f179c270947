"""Runs to report on: one with hostile texts everywhere, a return, three classes, the table alone, and a sealed one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from core.compare.report import ReportContent, gather
from core.data.dataset import Dataset
from core.data.library import save_dataset
from core.explain import explain_run
from core.train import TrainSettings, train_and_record
from core.train.models import forest
from core.train.run import Run
from tests.makers.train_tables import make_dataset, signal, three_classes

VECTORS = "core.compare.report.gathering.vectors_of"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
    "</style><script>alert(2)</script>",
    "{% for x in [1] %}x{% endfor %}",
    "=HYPERLINK(1)",
    "$x$ **bold** [a](http://b)",
)


@dataclass(frozen=True)
class Reported:
    """A run with its table and vectors, and what a report of it is written from."""

    run: Run
    data: Dataset
    vectors: np.ndarray
    content: ReportContent


def _hostile() -> tuple[Dataset, np.ndarray]:
    rng = np.random.default_rng(3)
    n = 120
    vectors = rng.normal(size=(n, 4)).astype(np.float32)
    x = rng.normal(size=n)
    labels = np.where(x + vectors[:, 0] > 0, HOSTILE[0], HOSTILE[1])
    names = {HOSTILE[6]: x, HOSTILE[3]: rng.normal(size=n)}
    data = make_dataset(
        labels,
        np.arange(n) // 4,
        names,
        np.array(HOSTILE)[rng.integers(0, 3, n)],
        kind="label",
        name="0" * 15 + "a",
    )
    data.frame["headline"] = [f"{HOSTILE[i % len(HOSTILE)]} {i}" for i in range(n)]
    data.frame["company"] = HOSTILE[4]
    roles = replace(data.roles, press="press", group=HOSTILE[5], date="time", headline=HOSTILE[1])
    return replace(data, name=f"{HOSTILE[1]}.csv", roles=roles), vectors


def _named(made: tuple[Dataset, np.ndarray], number: int) -> tuple[Dataset, np.ndarray]:
    data, vectors = made
    data.frame["headline"] = [f"표 {number}의 제목 {i}" for i in range(len(data))]
    return replace(data, id="0" * 15 + str(number)), vectors


@pytest.fixture(scope="session")
def reported_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Reported]]:
    """Train the runs in a workspace of their own."""
    home = tmp_path_factory.mktemp("reported")
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        for name, (data, vectors), settings in (
            ("hostile", _hostile(), TrainSettings("classify", unit="event", models=("xgb", "lgbm"))),
            ("return", _named(signal(120, 24), 1), TrainSettings("regress")),
            (
                "classes",
                _named(three_classes(150), 2),
                TrainSettings("classify", split="group", models=("lgbm",)),
            ),
            (
                "table",
                _named(signal(120, 24, seed=1), 3),
                TrainSettings("classify", features="table", models=("lgbm",)),
            ),
            (
                "sealed",
                _named(signal(120, 24, seed=2), 4),
                TrainSettings("classify", folds=2, sealed=True, models=("lgbm",)),
            ),
        ):
            save_dataset(data)
            run = train_and_record(data, vectors if settings.reads_headline else None, settings)
            if name in ("hostile", "sealed"):
                explain_run(run, data, vectors)
            given = vectors if settings.reads_headline else None
            patch.setattr(VECTORS, lambda run, data, given=given: given)
            made[name] = Reported(run, data, vectors, gather(run, data))
    return home, made


@pytest.fixture
def reported(
    reported_runs: tuple[Path, dict[str, Reported]], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Reported]:
    """The runs by name, their workspace set as this test's own, their vectors at hand; a test leaves it as it was."""
    home, made = reported_runs
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    by_run = {one.run.id: one.vectors for one in made.values()}
    monkeypatch.setattr(
        VECTORS,
        lambda run, data: by_run[run.id] if run.settings.reads_headline else None,
    )
    return made
