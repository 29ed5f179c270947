"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from tests.makers.small_lab import SmallLab

ROOT = Path(__file__).parents[1]
MOST_WORKERS = 8  # each takes up to 2 GB

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers share the cores, so each computes on one


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return a worker for each core; none where single files or tests are asked for."""
    everything = [str(path) for path in config.getini("testpaths")]
    return min(os.cpu_count() or 1, MOST_WORKERS) if config.args == everything else 0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow", action="store_true", help="run the slow tests too (HEADLINE_LAB_SLOW=1 does the same)"
    )
    parser.addoption(
        "--thorough",
        action="store_true",
        help="run every world and repetition that the slow tests know, not the first alone",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "finished_lab" in getattr(item, "fixturenames", ()):
            item.add_marker(
                pytest.mark.slow
            )  # the bundled encoder is unpacked for it, and four runs are trained
    if not config.getoption("--thorough"):
        _skip(items, "thorough", "--thorough")
    if not (config.getoption("--slow") or os.environ.get("HEADLINE_LAB_SLOW") == "1"):
        _skip(items, "slow", "--slow")


def _skip(items: list[pytest.Item], name: str, option: str) -> None:
    for item in items:
        if name in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"{name}: run with {option}"))


def _plenty_of_memory(patch: pytest.MonkeyPatch) -> None:
    from core.embed.runtime import memory

    patch.setattr(memory, "available_bytes", lambda device="auto": 10**12)


@pytest.fixture(autouse=True)
def _memory_that_holds_any_encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every encoder fits, however full this machine is just now; tests/test_memory.py says itself what is free."""
    if not request.module.__name__.endswith("test_memory"):
        _plenty_of_memory(monkeypatch)


@pytest.fixture(scope="session", autouse=True)
def _components_are_searched_once() -> Iterator[None]:
    """Streamlit's AppTest reads the metadata of every installed package for each page that it opens."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as `__main__`, which a process spawned by a later test would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


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
    """A workspace in which the whole way has been gone on the sample's first rows.

    `runs` are "classify" and "regress", "walked" with a fold before the holdout and its staircase, and "sealed",
    which is of rows of its own, those of the dataset `sealed`: its holdout is still sealed.
    """

    home: Path
    file: Path
    dataset: str
    sealed: str
    runs: dict[str, str]


def _kept_table(file: Path, lines: list[str]) -> Dataset:
    """Write lines of the sample into a file, and keep the table that it is read as."""
    from core.data.ingest import File, ingest
    from core.data.library import save_dataset

    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = ingest([File(file.name, file.read_bytes())]).dataset
    save_dataset(data)
    return data


@pytest.fixture(scope="session")
def finished_lab(tmp_path_factory: pytest.TempPathFactory, shared_encoders: Path) -> Lab:
    """Read 400 rows of the sample, embed them with the bundled encoder, and train on them; seal 200 others."""
    from core.embed import embed
    from core.train import TrainSettings, train_and_record
    from core.train.leakage import draw_staircase
    from core.train.models import forest
    from core.train.runs import load_run

    home = _workspace(tmp_path_factory.mktemp("lab") / "home", shared_encoders)
    header, *rows = (ROOT / "sample_data" / "headlines.csv").read_text(encoding="utf-8").splitlines()
    file = home.parent / "first_rows.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        _plenty_of_memory(patch)
        data = _kept_table(file, [header, *rows[:400]])
        apart = _kept_table(home.parent / "sealed_rows.csv", [header, *rows[400:600]])
        runs = {}
        for name, table, settings in (
            ("classify", data, TrainSettings("classify")),
            ("regress", data, TrainSettings("regress")),
            ("walked", data, TrainSettings("classify", folds=1)),
            ("sealed", apart, TrainSettings("classify", folds=1, sealed=True)),
        ):
            vectors = embed(table.headlines, "multilingual-e5-small").vectors
            runs[name] = train_and_record(table, vectors, settings).id
        walked = load_run(runs["walked"])
        draw_staircase(walked, data, embed(data.headlines, "multilingual-e5-small").vectors)
    return Lab(home, file, data.id, apart.id, runs)


@pytest.fixture
def lab(finished_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The finished workspace, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_lab.home))
    yield finished_lab
    shutil.rmtree(finished_lab.home / "questions", ignore_errors=True)  # the predict page keeps them


@pytest.fixture(scope="session")
def finished_small_lab(tmp_path_factory: pytest.TempPathFactory) -> SmallLab:
    """A workspace with one run, made once."""
    from tests.makers.small_lab import make_small_lab

    with pytest.MonkeyPatch.context() as patch:
        _plenty_of_memory(patch)
        made = make_small_lab(tmp_path_factory.mktemp("small"))
    return made


@pytest.fixture
def small_lab(finished_small_lab: SmallLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLab]:
    """The small workspace, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
    yield finished_small_lab
    shutil.rmtree(finished_small_lab.home / "questions", ignore_errors=True)  # the predict page keeps them


@pytest.fixture(scope="session")
def finished_table_lab(finished_small_lab: SmallLab, tmp_path_factory: pytest.TempPathFactory) -> SmallLab:
    """A workspace with no encoder and one run, of the table alone, made once."""
    from tests.makers.feature_sets import make_table_lab

    return make_table_lab(finished_small_lab, tmp_path_factory.mktemp("table"))


@pytest.fixture
def table_lab(finished_table_lab: SmallLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLab]:
    """The workspace of the table alone, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_table_lab.home))
    yield finished_table_lab
    shutil.rmtree(finished_table_lab.home / "questions", ignore_errors=True)


@pytest.fixture(scope="session")
def finished_headline_lab(finished_small_lab: SmallLab, tmp_path_factory: pytest.TempPathFactory) -> SmallLab:
    """The small workspace with a run of the headline alone by one model, made once."""
    from tests.makers.feature_sets import make_headline_lab

    return make_headline_lab(finished_small_lab, tmp_path_factory.mktemp("headline"))


@pytest.fixture
def headline_lab(finished_headline_lab: SmallLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLab]:
    """The workspace of the headline alone, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_headline_lab.home))
    yield finished_headline_lab
    shutil.rmtree(finished_headline_lab.home / "questions", ignore_errors=True)
