"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow", action="store_true", help="run the slow tests too (HEADLINE_LAB_SLOW=1 does the same)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or os.environ.get("HEADLINE_LAB_SLOW") == "1":
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_encoders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder of unpacked encoders for the whole session: the bundled one takes 470 MB."""
    folder = tmp_path_factory.mktemp("encoders")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _workspace(folder: Path, encoders: Path) -> Path:
    folder.mkdir()
    (folder / "encoders").symlink_to(encoders, target_is_directory=True)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_encoders: Path) -> Path:
    """A workspace of the test's own; only its unpacked encoders are shared."""
    folder = _workspace(tmp_path / "home", shared_encoders)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(folder))
    return folder


@dataclass(frozen=True)
class Lab:
    """A workspace in which the whole way has been gone on the sample's first rows."""

    home: Path
    file: Path
    dataset: str
    runs: dict[str, str]


@pytest.fixture(scope="session")
def finished_lab(tmp_path_factory: pytest.TempPathFactory, shared_encoders: Path) -> Lab:
    """Read 400 rows of the sample, embed them with the bundled encoder, and train both tasks."""
    from core.data.build import build_dataset
    from core.data.library import save_dataset
    from core.data.plan import Plan
    from core.data.reading import read_table
    from core.data.roles import guess_roles
    from core.embed import embed
    from core.train import TrainSettings, save_run, train

    home = _workspace(tmp_path_factory.mktemp("lab") / "home", shared_encoders)
    file = home.parent / "first_rows.csv"
    lines = (ROOT / "sample_data" / "headlines.csv").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:401]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        frame = read_table(file.read_bytes()).frame
        data = build_dataset([frame], Plan(guess_roles(frame).roles), file.name)
        save_dataset(data)
        vectors = embed(data.headlines, "multilingual-e5-small").vectors
        runs = {task: train(data, vectors, TrainSettings(task)) for task in ("classify", "regress")}
        for run in runs.values():
            save_run(run)
    return Lab(home, file, data.id, {task: run.id for task, run in runs.items()})


@pytest.fixture
def lab(finished_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The finished workspace, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_lab.home))
    return finished_lab
