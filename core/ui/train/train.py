"""The train page's parts: the work, the verdict against chance, what was split, and the list of runs."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate import review
from core.evaluate.lift import sentence as lift_sentence
from core.evaluate.metrics import GUESSING, MAIN_METRIC
from core.jobs import Report
from core.locale import N_
from core.train.recording import delete_recorded, train_and_record
from core.train.run import Run
from core.train.runs import list_runs
from core.train.settings import TrainSettings
from core.ui import jobs, state
from core.ui.evaluate.scores import metric_title, written
from core.ui.evaluate.trust import reviewed
from core.ui.text import _, class_name, md, pooling_name, run_label, told


def start(data: Dataset, vectors: np.ndarray, settings: TrainSettings) -> None:
    """Queue a training."""

    def work(report: Report) -> dict[str, str]:
        return {"run": train_and_record(data, vectors, settings, report).id}

    subject = {"dataset": data.id, "settings": json.dumps(settings.as_dict(), sort_keys=True)}
    jobs.submit("train", subject, work)


def verdict(run: Run) -> None:
    """Say in one sentence how good the models are against chance, and what the score means."""
    if run.scores["mean"].get(MAIN_METRIC[run.task]) is None:
        return
    st.markdown(_judgement(run))
    st.caption(
        md(
            "ROC AUC: of one that ended {up} and one that did not, how often the first is ranked higher. 0.5 is guessing, "
            "1 is perfect.",
            up=class_name(run.classes[-1]),
        )
        if run.classes
        else _(
            "Rank information coefficient: how far the order of the predictions agrees with that of the returns. 0 is "
            "guessing, 1 is perfect."
        )
    )


def reminder(run: Run) -> None:
    """Recall on another page how far the run can be believed, and whether the headlines added anything."""
    if run.settings.split == "random":
        st.warning(
            _("This run was split at random: its predictions look surer than they are."),
            icon=":material/warning:",
        )
    elif MAIN_METRIC[run.task] in run.scores["mean"]:
        lift = "" if run.lift is None else told(lift_sentence(run.lift))
        st.info(f"{_judgement(run)} {lift}", icon=":material/balance:")


def _judgement(run: Run) -> str:
    """Return the sentence on the ensemble against chance, for Markdown."""
    metric = MAIN_METRIC[run.task]
    score, chance = run.scores["mean"][metric], GUESSING[metric]
    if run.settings.split == "random":
        sentence = N_("A random split shows what leakage does, not what the model knows: {name} {score}.")
    elif not np.isfinite(score.value):
        sentence = N_("The score is undefined: the test holds too few outcomes.")
    elif not np.isfinite(score.low):
        sentence = N_("The test is a single session, so the score has no interval: {name} {score}.")
    elif score.low > chance:
        sentence = N_("On {unseen} the ensemble is better than chance: {name} {score}.")
    elif score.high < chance:
        sentence = N_("On {unseen} the ensemble is worse than chance: {name} {score}.")
    else:
        sentence = N_("On {unseen} there is no evidence that the ensemble beats chance: {name} {score}.")
    words = {"name": metric_title(run, metric), "score": written(metric, score), "unseen": _unseen(run)}
    return md(sentence, **words)


def _unseen(run: Run) -> str:
    if run.walk is not None and run.settings.sealed:
        sessions = sum(fold.test_sessions for fold in run.walk.folds)
        return _("{n:,} sessions of the walk forward that it had not seen", n=sessions)
    if run.settings.split == "time":
        return _("{n:,} sessions that it never saw", n=run.split.test_sessions)
    return _("{n:,} rows of stories that it never saw", n=run.split.test_rows)


def warnings(run: Run, data: Dataset) -> None:
    """Draw what a reader must know before believing the scores."""
    for warning in run.warnings:
        st.warning(told(warning), icon=":material/warning:")
    if (
        run.classes
        and len(np.unique(reviewed(review.tested, run, data).predictions["mean"].argmax(axis=1))) == 1
    ):
        st.info(
            _("The ensemble gives everything in the test the same class: read the AUC, not the accuracy."),
            icon=":material/info:",
        )


def split_line(run: Run) -> None:
    """Say in numbers what was trained on and what was held out."""
    s = run.split
    parts = [_("{n:,} rows to learn from", n=s.train_rows), _("{n:,} rows to test on", n=s.test_rows)]
    if s.test_sessions:
        parts.append(_("{a:,} + {b:,} sessions", a=s.train_sessions, b=s.test_sessions))
    if s.cut:
        parts.append(_("test from {date}", date=s.cut))
    if s.purged_rows:
        parts.append(_("{n:,} rows purged before the cut", n=s.purged_rows))
    if s.embargoed_rows:
        parts.append(_("{n:,} rows in the embargo", n=s.embargoed_rows))
    if s.grouped_rows:
        parts.append(_("{n:,} rows left out whose story is in the test", n=s.grouped_rows))
    if s.left_out_rows:
        parts.append(_("{n:,} rows without outcome or session", n=s.left_out_rows))
    st.caption(" · ".join(parts))


def run_list(data: Dataset) -> None:
    """List the dataset's runs: open one, or delete it."""
    runs = list_runs(data.id)
    if not runs:
        st.caption(_("No runs yet."))
        return
    rows = []
    for run in runs:
        metric = MAIN_METRIC[run.task]
        rows.append(
            {
                _("run"): run_label(run),
                _("encoder"): run.settings.encoder.rsplit("/", 1)[-1],
                _("pooling"): pooling_name(run.settings.pooling),
                _("score"): written(metric, run.scores["mean"][metric]),
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
        if st.button(_("Open"), key="open-run", disabled=picked == chosen):
            settings = by_id[picked].settings
            state.choose(run=picked, encoder=settings.encoder, pooling=settings.pooling)
            st.rerun()
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
