"""Fixtures that every test may use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_encoders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder of unpacked encoders for the whole session: the bundled one takes 470 MB."""
    folder = tmp_path_factory.mktemp("encoders")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_encoders: Path) -> Path:
    """A workspace of the test's own; only its unpacked encoders are shared."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "encoders").symlink_to(shared_encoders, target_is_directory=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(folder))
    return folder
