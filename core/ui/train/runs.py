"""The work of training, and the runs of a table."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.train.recording import delete_recorded, train_and_record
from core.train.runs import list_runs
from core.train.settings import TrainSettings
from core.ui import jobs, navigation, state
from core.ui.evaluate.text import written
from core.ui.text import (
    _,
    pooling_name,
    run_label,
)


def start(data: Dataset, vectors: np.ndarray, settings: TrainSettings) -> None:
    """Queue a training."""

    def work(report: Report) -> dict[str, str]:
        return {"run": train_and_record(data, vectors, settings, report).id}

    subject = {"dataset": data.id, "settings": json.dumps(settings.as_dict(), sort_keys=True)}
    pace = "train-searched" if settings.tune_seconds else "train"
    jobs.submit("train", subject, work, len(data) * (settings.folds + 1), pace)


def run_list(data: Dataset) -> None:
    """List the dataset's runs: show the scores of one, or delete it."""
    runs = list_runs(data.id)
    if not runs:
        st.caption(_("No runs yet."))
        return
    rows = []
    for run in runs:
        metric = main_metric(run.task).name
        rows.append(
            {
                _("run"): run_label(run),
                _("score"): written(metric, run.scores[MEAN][metric]),
                _("encoder"): run.settings.encoder.rsplit("/", 1)[-1],
                _("pooling"): pooling_name(run.settings.pooling),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    by_id = {run.id: run for run in runs}
    chosen = state.chosen("run")
    ids = list(by_id)

    picked = st.selectbox(
        _("Run"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: f"{run_label(by_id[i])} · {i[:6]}",
    )
    with st.container(horizontal=True):
        if st.button(_("Show its scores"), key="open-run"):
            settings = by_id[picked].settings
            state.choose(run=picked, encoder=settings.encoder, pooling=settings.pooling)
            navigation.go("evaluate")
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("The run and its models are removed from the workspace."))
            if st.button(_("Delete it"), key="delete-run", type="primary"):
                _delete(picked)
                if picked == chosen:
                    state.choose(run="")
                st.rerun()


def _delete(run_id: str) -> None:
    try:
        delete_recorded(run_id)
    except UserError as error:
        st.session_state["notice"] = error.message
