"""Runs mirrored to an MLflow server, for teams that have one: the extra `[mlflow]`.

Nothing is sent unless `MLFLOW_TRACKING_URI` names a server, and then to it alone: MLflow's own usage statistics are
turned off before it is imported. A run there has the settings as parameters, each score with its interval as metrics, ids
and versions as tags, and `run.json` as an artefact: no headline, no prediction, no model. The workspace stays the truth.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import Message, UserError
from core.evaluate.bootstrap import Scores
from core.locale import N_
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.runs import RECORD, run_folder

log = logging.getLogger(__name__)

ADDRESS, EXPERIMENT = "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"
TAG = "headline_lab."
_LONGEST = 500  # characters of a parameter or a tag
_AT_ONCE = 100  # metrics in one request: the server's limit is 1,000, that of parameters and tags 100
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # where the shell prints JSON
}
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "15", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}


def address() -> str:
    """Return the server that runs are mirrored to, "" where there is none."""
    return os.environ.get(ADDRESS, "").strip()


def require_address() -> None:
    """Raise `UserError` where no server is named."""
    if not address():
        raise UserError(N_("Set {variable} to the address of your MLflow server first."), variable=ADDRESS)


def mirror_if_asked(runs: Iterable[Run]) -> Message | None:
    """Mirror runs where a server is named, until one could not be; say why, and never raise: the runs are saved.

    Without a server none of the `runs` is even read.
    """
    if not address():
        return None
    try:
        for run in runs:
            mirror(run)
    except UserError as error:
        return error.message
    return None


def mirror_in_job(runs: Iterable[Run]) -> dict[str, Any]:
    """Mirror runs as `mirror_if_asked`; return what it adds to the result of a job, nothing where all is well."""
    refusal = mirror_if_asked(runs)
    return {"said": refusal.as_dict()} if refusal else {}


def mirror(run: Run) -> str:
    """Send a saved run to the server, and return its id there; one that is there already is not sent again.

    Raises `UserError` where no server is named, the extra is not installed, or the server does not take it. What was sent
    of a run by a try that broke off is removed by the next.
    """
    require_address()
    client = _client()
    try:
        return _sent(client, run)
    except UserError:
        raise
    except Exception as error:  # whatever the client of a foreign server raises
        log.warning("run %s could not be mirrored: %r", run.id, error)
        raise UserError(
            N_(
                "Run {run} is saved here, but could not be sent to MLflow at {address} ({reason}). Send it again later."
            ),
            run=run.id,
            address=_without_password(address()),
            reason=_reason(error),
        ) from error


def _client() -> Any:
    os.environ.update(_QUIET)
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        raise UserError(
            N_('{variable} is set, but MLflow is not installed: pip install "headline-lab[mlflow]".'),
            variable=ADDRESS,
        ) from error
    return MlflowClient(tracking_uri=address())


def _sent(client: Any, run: Run) -> str:
    experiment = _experiment(client)
    for known in client.search_runs([experiment], f"tags.`{TAG}run` = '{run.id}'"):
        if known.info.status == "FINISHED":
            return str(known.info.run_id)
        client.delete_run(known.info.run_id)
    started = datetime.fromisoformat(run.created).timestamp() - run.seconds.get("fit", 0)
    name = notes_of(run.id).name or f"{run.dataset_name} {run.id[:6]}"
    made = client.create_run(experiment, int(started * 1000), tags_of(run), run_name=name[:_LONGEST])
    sent = str(made.info.run_id)
    _log(client, sent, run)
    with tempfile.TemporaryDirectory(prefix="headline-lab-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / RECORD
        path.write_bytes((run_folder(run.id) / RECORD).read_bytes())
        client.log_artifact(sent, str(path))
    client.set_terminated(sent, "FINISHED", int(datetime.fromisoformat(run.created).timestamp() * 1000))
    return sent


def _experiment(client: Any) -> str:
    name = os.environ.get(EXPERIMENT, "").strip() or "headline-lab"
    known = client.get_experiment_by_name(name)
    return str(known.experiment_id if known else client.create_experiment(name))


def _log(client: Any, sent: str, run: Run) -> None:
    from mlflow.entities import Metric, Param

    time = int(datetime.fromisoformat(run.created).timestamp() * 1000)
    metrics = [Metric(key, value, time, 0) for key, value in metrics_of(run).items()]
    for first in range(0, len(metrics), _AT_ONCE):
        client.log_batch(sent, metrics=metrics[first : first + _AT_ONCE])
    client.log_batch(sent, params=[Param(key, value) for key, value in parameters_of(run).items()])


def parameters_of(run: Run) -> dict[str, str]:
    """Return the run's settings as MLflow's parameters."""
    plain = run.settings.as_dict()
    return {
        key: (", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))[:_LONGEST]
        for key, value in plain.items()
    }


def metrics_of(run: Run) -> dict[str, float]:
    """Return the run's scores as MLflow's metrics: `MODEL.METRIC` with `.low` and `.high`, and what headlines add."""
    found = dict(_scores(run.scores)) | {f"baseline.{key}": value for key, value in _scores(run.baselines)}
    if run.lift is not None:
        told = run.lift.told()
        found |= {f"text_lift.{key}": told[key] for key in ("value", "low", "high") if told[key] is not None}
    found |= {f"seconds.{stage}": seconds for stage, seconds in run.seconds.items()}
    return {key: float(value) for key, value in found.items() if np.isfinite(value)}


def tags_of(run: Run) -> dict[str, str]:
    """Return ids and versions as MLflow's tags."""
    tags = {
        "run": run.id,
        "dataset": run.dataset_id,
        "dataset_name": run.dataset_name,
        "task": run.task,
        "holdout": "sealed" if run.settings.sealed else "scored",
        **{f"version.{name}": number for name, number in run.versions.items()},
    }
    return {TAG + key: value[:_LONGEST] for key, value in tags.items()}


def _scores(scores: Scores) -> Iterator[tuple[str, float]]:
    for model, table in scores.items():
        for metric, score in table.items():
            yield f"{model}.{metric}", score.value
            yield f"{model}.{metric}.low", score.low
            yield f"{model}.{metric}.high", score.high


def _reason(error: Exception) -> str:
    first = str(error).strip().splitlines()[:1] or [type(error).__name__]
    return _without_password(first[0])[:200]


def _without_password(text: str) -> str:
    return re.sub(r"//[^/@\s]+@", "//", text)
