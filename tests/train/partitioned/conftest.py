import pytest


@pytest.fixture(scope="session")
def one_worker():
    """Return the client of one Dask worker on this machine."""
    from core.train.partitioned.workers import local_workers

    with local_workers(1) as client:
        yield client


@pytest.fixture(scope="session")
def two_workers():
    """Return the client of two Dask workers on this machine."""
    from core.train.partitioned.workers import local_workers

    with local_workers(2) as client:
        yield client
