"""A server of the small workspace's run, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from core.serve import Answerer, Batcher, Gate, make_app
from core.train.runs import load_run
from tests.makers.small_lab import SmallLab

TOKEN = "a token"


@contextmanager
def client_of(answerer: Answerer) -> Iterator[TestClient]:
    """Serve a run; the client knows the token."""
    batcher = Batcher(answerer.answer)
    app = make_app(answerer, batcher, Gate(TOKEN))
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Language": "en"}
    yield TestClient(app, "http://127.0.0.1:8600", raise_server_exceptions=False, headers=headers)
    batcher.close()


@pytest.fixture(scope="session")
def finished_answerer(finished_small_lab: SmallLab) -> Answerer:
    """What answers for the small workspace's run, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        return Answerer.of(load_run(finished_small_lab.run))


@pytest.fixture
def answerer(finished_answerer: Answerer, small_lab: SmallLab) -> Answerer:
    """What answers, in its own workspace."""
    return finished_answerer


@pytest.fixture
def client(answerer: Answerer) -> Iterator[TestClient]:
    """A client of the small workspace's run."""
    with client_of(answerer) as made:
        yield made
