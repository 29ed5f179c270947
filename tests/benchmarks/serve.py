"""How long does a program wait for a prediction, alone and among others, and how many can be had a second?

    python tests/benchmarks/serve.py [--run ID] [--times 200] [--clients 2,8,32]

Starts `headline-lab serve` on a run of the workspace, or of one trained on the sample data, and asks it one headline
after another, then by several clients at once. The server's processor time for a headline says what an idle machine
would take where this one is busy.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[2]
WARM = 5  # headlines before those that are timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--clients", default="2,8,32")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.run is None:
            os.environ["HEADLINE_LAB_HOME"] = folder
        run = options.run or trained()
        bodies = questions(run, options.times + WARM)
        with server(run) as (port, token, process):
            measure(port, token, process, bodies, [int(number) for number in options.clients.split(",")])


def trained() -> str:
    """Train a run on the sample data and return its id."""
    sample = str(ROOT / "sample_data" / "headlines.csv")
    made = subprocess.run([*command("run"), sample, "--json"], check=True, stdout=subprocess.PIPE)
    return str(json.loads(made.stdout)["run_id"])


def command(name: str) -> list[str]:
    """Return how a command of the shell is started."""
    return [sys.executable, "-m", "core.cli", name]


def questions(run_id: str, count: int) -> list[bytes]:
    """Return headlines of the run's table with the medians of its features, so often as needed."""
    from core.data.library import load_dataset
    from core.train.runs import load_run

    run = load_run(run_id)
    data = load_dataset(run.dataset_id)
    median = {name: float(data.features[name].median()) for name in run.preparation.features}
    rows = data.frame.drop_duplicates("headline").iloc[:: max(data.frame["headline"].nunique() // count, 1)]
    asked = [
        {"headline": headline, "press": None if press != press else press, "features": median}
        for headline, press in zip(rows["headline"], rows["press"], strict=True)
    ]
    return [json.dumps(one).encode() for one in islice(cycle(asked), count)]


@contextmanager
def server(run: str) -> Iterator[tuple[int, str, psutil.Process]]:
    """Start the server on a run; yields its port, token and process once it is ready."""
    token = secrets.token_urlsafe()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command("serve"), "--run", run, "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        env=os.environ | {"HEADLINE_LAB_TOKEN": token, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        print(f"ready after {time.perf_counter() - started:.1f} s")
        yield int(url.rsplit(":", 1)[1]), token, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def measure(port: int, token: str, process: psutil.Process, bodies: list[bytes], clients: list[int]) -> None:
    """Print the waiting times of one client and of several."""
    ask(port, token, bodies[:WARM])
    bodies = bodies[WARM:]
    for count in (1, *clients):
        start, before = time.perf_counter(), sum(process.cpu_times()[:2])
        with ThreadPoolExecutor(count) as pool:
            shares = [bodies[number::count] for number in range(count)]
            waits = np.concatenate(list(pool.map(lambda share: ask(port, token, share), shares)))
        speed = len(bodies) / (time.perf_counter() - start)
        worked = (sum(process.cpu_times()[:2]) - before) / len(bodies)
        report("one after another" if count == 1 else f"{count} clients", waits, speed, worked)


def ask(port: int, token: str, bodies: list[bytes]) -> list[float]:
    """Ask one question after another over one connection and return the seconds of each."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers: dict[str, Any] = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    waits = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/predict", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        waits.append(time.perf_counter() - start)
        assert answer.status == 200, told.decode()
    connection.close()
    return waits


def report(label: str, seconds: np.ndarray, speed: float, worked: float) -> None:
    """Print the median, the 95th percentile and the longest, the speed, and the processor's time for a headline."""
    p50, p95, longest = np.percentile(seconds * 1e3, [50, 95, 100])
    load = os.getloadavg()[0]
    print(
        f"{label:18} median {p50:6.1f} ms, 95% within {p95:6.1f} ms, longest {longest:6.1f} ms, {speed:5.1f} headlines/s, "
        f"{worked * 1e3:.0f} ms of processor time each (load {load:.1f})"
    )


if __name__ == "__main__":
    main()
