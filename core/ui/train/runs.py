"""The work of training, and the runs of a table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.compare.mlflow_mirror import mirror_in_job
from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.locale import C_
from core.train.recording import delete_recorded, train_and_record
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.runs import list_runs
from core.train.settings import TrainSettings
from core.ui import jobs, navigation
from core.ui import state as session
from core.ui.evaluate import verdict
from core.ui.evaluate.text import metric_title, written
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    encoder_name,
    features_name,
    run_label,
    task_name,
    when_made,
)


def start(data: Dataset, vectors: np.ndarray | None, settings: TrainSettings) -> None:
    """Queue a training; `vectors (rows, dim)` are None for the table alone."""

    def work(report: Report) -> dict[str, Any]:
        run = train_and_record(data, vectors, settings, report)
        return {"run": run.id} | mirror_in_job([run])

    subject = {"dataset": data.id, "settings": json.dumps(settings.as_dict(), sort_keys=True)}
    pace = "train-searched" if settings.tune_seconds else "train"
    jobs.submit("train", subject, work, len(data) * (settings.folds + 1), pace)


def run_list(data: Dataset) -> None:
    """List the dataset's runs: show the scores of one, or delete it."""
    runs = list_runs(data.id)
    if not runs:
        st.caption(_("No runs yet."))
        return
    narrow = {_("encoder"): st.column_config.TextColumn(width=160)}
    frame = pd.DataFrame([_row(run) for run in runs])
    if (frame[_("name")] == UNKNOWN).all():
        frame = frame.drop(columns=_("name"))
    table(frame, "runs", _("Runs of this table"), column_config=narrow)
    by_id = {run.id: run for run in runs}
    chosen, ids = session.chosen("run"), list(by_id)
    picked = st.selectbox(
        _("Run"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: f"{run_label(by_id[i])} · {i[:6]}",
    )
    with st.container(horizontal=True):
        open_button(by_id[picked])
        delete_button(by_id[picked])


def open_button(run: Run) -> None:
    """Draw the button that opens a run on the page of its scores."""
    if st.button(_("Show its scores"), key="open-run"):
        session.choose(run=run.id, **session.space_of_run(run))
        navigation.go("evaluate")


def delete_button(run: Run) -> None:
    """Draw the button that removes a run, which asks first."""
    with st.popover(_("Delete"), icon=":material/delete:"):
        st.write(_("The run and its models are removed from the workspace."))
        if st.button(_("Delete it"), key="delete-run", type="primary"):
            _delete(run.id)
            st.rerun()


def _row(run: Run) -> dict[str, str]:
    metric = main_metric(run.task).name
    found, notes = verdict.of_run(run), notes_of(run.id)
    named = " ".join(filter(None, ["★" * notes.starred, notes.name]))
    return {_("name"): named or UNKNOWN} | {
        _("verdict"): f"{found.mark} {found.word}",
        _("what the headlines add"): UNKNOWN
        if run.lift is None
        else " ".join(verdict.written_lift(run.lift)),
        _(
            "score"
        ): f"{metric_title(run, metric)} {written(metric, run.scores[MEAN][metric], run.believable)}",
        _("predicts"): task_name(run.task, run.classes),
        _(C_("form field", "Test")): _(run.rule.short),
        _("models are given"): features_name(run),
        _("encoder"): encoder_name(run),
        _("made"): when_made(run.created),
    }


def _delete(run_id: str) -> None:
    try:
        delete_recorded(run_id)
    except UserError as error:
        st.session_state["notice"] = error.message
        return
    if run_id == session.chosen("run"):
        session.choose(run="")
