"""What the tests of comparing share."""

import os

import pytest

from core.compare import run_check


@pytest.fixture
def checked_here(monkeypatch):
    """A run from a file is checked in this process, which takes a tenth of the time of one of its own."""

    def process(folder):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run_check, "_bound_memory", lambda: None)
            patch.setitem(os.environ, "HEADLINE_LAB_HOME", str(folder))
            run_check.main(folder)
        return 0, ""

    monkeypatch.setattr(run_check, "_process", process)
