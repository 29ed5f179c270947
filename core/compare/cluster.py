"""Where work is done: by workers on this machine, or on any Dask cluster.

Dask `distributed` hands tasks to workers, brings their results back, and repeats what a worker that died had to do.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.compare.local_cluster import LINK, NO_PAGES, ON_THIS_MACHINE
from core.embed.runtime.memory import available_bytes
from core.errors import UserError
from core.locale import N_
from core.settings import settings
from core.train.models.parallel import cores
from core.train.versions import versions

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_CONNECT, SECONDS_TO_START = 10, 120
WORKER_BYTES = 2_000_000_000  # an encoder, the libraries and a table
IN_PROCESS = 0  # workers: a thread of this process does all
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")
_ROOT = Path(__file__).resolve().parents[2]


def default_workers() -> int:
    """Return how many workers this machine has room for: one for each core, as far as the memory goes."""
    return max(1, min(cores(), int(available_bytes("cpu") // WORKER_BYTES)))


def cluster_address(address: str) -> str:
    """Return the address of a scheduler, as given or as the app's settings have it; "" for this machine.

    Raises `UserError` for what is none.
    """
    address = (address or settings().cluster).strip()
    if address and not _ADDRESS.fullmatch(address):
        raise UserError(
            N_(
                "The cluster's address is {address}; write it as tcp://host:8786, as the scheduler prints it when it starts."
            ),
            address=address[:200],
        )
    return address


@contextmanager
def connected(address: str = "", workers: int | None = None) -> Iterator[Client]:
    """Connect to a scheduler, or start workers on this machine (`workers`, by default what it has room for).

    With 0 workers a thread of this process does the work. Raises `UserError` where a scheduler cannot be reached, has
    no worker, or one with other package versions.
    """
    import dask
    import distributed  # first: what is set before its own defaults are there would take these away again

    assert distributed
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "100GB"} | NO_PAGES):
        if address:
            with _client(address, address) as client:
                _require_workers(client, address)
                yield client
        elif workers == IN_PROCESS:
            with _in_process() as client:
                yield client
        else:
            with _local(workers or default_workers()) as client:
                yield client


@contextmanager
def _in_process() -> Iterator[Client]:
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs=ON_THIS_MACHINE,
            local_directory=str(settings().folder("cluster")),
        ) as cluster,
        _client(cluster, "") as client,
    ):
        yield client


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    """Start workers on this machine in a process that ends when its standard input is closed."""
    from distributed.security import Security

    command = [sys.executable, "-P", "-m", "core.compare.local_cluster"]
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    folder = settings().folder("cluster")
    with (folder / "log").open("wb") as messages:
        process = subprocess.Popen(
            [*command, str(workers), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            cwd=folder,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise UserError(
                N_("The workers could not be started on this machine. The details are in {log}."),
                log=str(folder / "log"),
            )
        link = json.loads(line)
        security = Security(require_encryption=True, **{name: link[name] for name in LINK})
        with _client(link["address"], "", security) as client:
            client.wait_for_workers(workers, timeout=SECONDS_TO_START)
            yield client
    finally:
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            _kill(process.pid)
        process.stdout.close()


def _kill(pid: int) -> None:
    """End a process and those that it began."""
    import psutil

    try:
        process = psutil.Process(pid)
        every = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for one in every:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue


@contextmanager
def _client(where: Any, named: str, security: Any = None) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(where, security=security, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            N_(
                "The scheduler {address} cannot be reached ({reason}). Start it with “dask scheduler”, and give the address "
                "that it prints."
            ),
            address=named,
            reason=str(error) or type(error).__name__,
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=SECONDS_TO_CONNECT)


def _require_workers(client: Client, address: str) -> None:
    """Raise `UserError` unless there are workers, and all of them have what this machine has."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except TimeoutError as error:
        raise UserError(
            N_(
                "The scheduler {address} has no worker. Start one on each machine: dask worker {address} --nthreads 1"
            ),
            address=address,
        ) from error
    here = versions()
    try:
        found = client.run(versions)
    except Exception as error:  # whatever the other side's Python, Dask or import says
        raise UserError(
            N_(
                "The workers of {address} cannot run this app ({reason}). Install the same version of it on every machine."
            ),
            address=address,
            reason=f"{type(error).__name__}: {error}"[:300],
        ) from error
    for worker, there in sorted(found.items()):
        differing = [name for name in here if here[name] != there.get(name)]
        if differing:
            raise UserError(
                N_(
                    "The worker {worker} has {package} {theirs}, this machine has {ours}, so the numbers would not be the "
                    "same: install the same versions on every machine."
                ),
                worker=worker,
                package=differing[0],
                theirs=there.get(differing[0], "–"),
                ours=here[differing[0]],
            )
