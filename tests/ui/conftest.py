"""A small workspace for the tests of the pages, and what they ask of an app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.makers.small_lab import SmallLab, make_small_lab


@pytest.fixture(scope="session")
def finished_small_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLab]:
    """A workspace with one run, made once."""
    from core.embed.runtime import memory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "available_bytes", lambda device="auto": 10**12)
        yield make_small_lab(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small_lab(finished_small_lab: SmallLab, monkeypatch: pytest.MonkeyPatch) -> SmallLab:
    """The small workspace, set as this test's own. A test must leave it as it was."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
    return finished_small_lab
