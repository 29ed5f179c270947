"""Predictions that were made elsewhere on the evaluate page: brought, judged, shown in place of a run, and listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import CHOICE, METRICS, NUMBER, main_metric, shown
from core.locale import N_
from core.train.foreign import Judged, delete_evaluation, list_evaluations, load_evaluation
from core.train.foreign.judged import as_run
from core.train.run import Run
from core.train.runs import list_runs
from core.ui import jobs, state
from core.ui.charts import show
from core.ui.evaluate import (
    backtest,
    bring,
    comparison,
    decision_threshold,
    information_coefficient,
    ledger,
    performance,
    reliability,
    scores,
    slices,
)
from core.ui.evaluate.text import LABEL_WIDTH, details, meaning, metric_title, model_name, whiskers
from core.ui.evaluate.verdict import written_lift
from core.ui.tables import table
from core.ui.text import _, as_typed, hover, md, plain, translate_md, when_made
from core.ui.theme import palette

_LEFT = {
    "unmatched": N_("not in the table"),
    "duplicates": N_("said again"),
    "ambiguous": N_("fits several rows"),
    "not_predicted": N_("in the table, without a prediction"),
}


def instead(data: Dataset) -> None:
    """Where judged predictions are chosen, draw them and end the page; offer to bring some where there is no run."""
    if state.chosen("evaluation"):
        judged = _chosen(data)
        if judged is not None:
            _draw(judged, data)
            st.stop()
    if not state.chosen("run") and not list_runs(data.id):
        offer(data)


def offer(data: Dataset) -> None:
    """Let the reader bring a file of predictions, or open one that was judged before."""
    working = jobs.panel("judge", dataset=data.id)
    with st.expander(
        _("Judge other predictions: another model's, or a person's"), icon=":material/fact_check:"
    ):
        if not working:
            bring.form(data)
        _list(data)


def _chosen(data: Dataset) -> Judged | None:
    try:
        judged = load_evaluation(state.chosen("evaluation"))
    except UserError as error:
        st.error(translate_md(error.message))
        judged = None
    if judged is None or judged.dataset_id != data.id:
        state.choose(evaluation="")
        return None
    return judged


def _list(data: Dataset) -> None:
    found = {judged.id: judged for judged in list_evaluations(data.id)}
    if not found:
        return
    picked = st.selectbox(
        _("Judged before"),
        list(found),
        format_func=lambda i: f"{found[i].name} · {when_made(found[i].created)}",
        key="evaluation-list",
    )
    with st.container(horizontal=True):
        if st.button(_("Show the judgement"), key="evaluation-open"):
            state.choose(evaluation=picked)
            st.rerun()
        with st.popover(_("Delete"), icon=":material/delete:", key="evaluation-delete"):
            st.write(_("The judgement is removed from the workspace; its test access stays counted."))
            if st.button(_("Delete it"), key="evaluation-delete-it", type="primary"):
                delete_evaluation(picked)
                if picked == state.chosen("evaluation"):
                    state.choose(evaluation="")
                st.rerun()


def _draw(judged: Judged, data: Dataset) -> None:
    """Draw the answer of judged predictions and what stands behind it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(md("Predictions of **{file}**, judged on this table", file=judged.name))
        if st.button(_("Back to the runs"), icon=":material/arrow_back:"):
            state.choose(evaluation="")
            st.rerun()
    models = list(judged.shown)
    model = models[0]
    if len(models) > 1:
        start = judged.main if judged.main in models else model
        model = (
            st.segmented_control(
                _("Which predictions?"),
                models,
                default=start,
                required=True,
                format_func=lambda name: as_typed(model_name(name)),
                key=f"judged-model-{judged.id}",
            )
            or start
        )
    run = as_run(judged, data, model)
    _answer(judged, model, run)
    _tabs(judged, model, run, data)
    offer(data)


def _answer(judged: Judged, model: str, run: Run) -> None:
    verdict, answer = judged.judgement(model), judged.answer(model)
    helps = model in judged.lifts and judged.lifts[model].sign > 0
    icon = ":material/check_circle:" if helps else ":material/help:"
    st.subheader(f"{icon} {translate_md(answer or verdict)}", anchor=False)
    if answer is not None:
        st.markdown(translate_md(verdict))
    metric = main_metric(judged.task)
    st.caption(translate_md(meaning(run, metric.name)))
    st.caption(translate_md(judged.effective.sentence()))
    for warning in judged.warnings:
        st.warning(translate_md(warning), icon=":material/warning:")
    with st.expander(_("How the file was matched and read"), icon=":material/join_inner:"):
        st.markdown("\n".join(f"- {translate_md(note)}" for note in judged.notes))
        rows = [
            {_("what"): _(_LEFT[name]), _("row"): row["row"], _("headline or id"): row["key"]}
            for name, some in judged.examples.items()
            for row in some
        ]
        if rows:
            table(pd.DataFrame(rows), "table-left", _("Examples of what was left over"))


def _tabs(judged: Judged, model: str, run: Run, data: Dataset) -> None:
    tabs = st.tabs([_("Scores"), _("Can it be acted on?"), _("Where it differs"), _("Test accesses")])
    reads = judged.reads(model)
    with tabs[0]:
        _lifts(judged, run)
        scores.score_chart(run, data)
        if judged.baselines:
            details(
                _("Baselines are means over stretches of time, each learned from the sessions before it.")
            )
        scores.walk_chart(run, data)
        performance.pictures(run, data, reads)
        scores.score_table(run)
        _inside(judged, run)
        told = [name for name in judged.shown if NUMBER in judged.reads(name)]
        if told:
            comparison.compared(run, data, told)
    with tabs[1]:
        _acted_on(run, data, reads)
    with tabs[2]:
        slices.by_slice(run, data)
    with tabs[3]:
        ledger.ledger(run, data)


def _acted_on(run: Run, data: Dataset, reads: tuple[str, ...]) -> None:
    if not run.classes:
        if NUMBER in reads:
            backtest.portfolio(run, data)
        else:
            st.info(_("These are scores without a unit, so they are not traded by; their order is below."))
        information_coefficient.by_session(run, data)
    elif NUMBER in reads:
        reliability.calibration(run, data)
        decision_threshold.threshold(run, data)
    elif CHOICE in reads:
        st.info(
            _(
                "These are classes without a probability: there is nothing to calibrate and no threshold to move."
            )
        )
    else:
        st.info(
            _(
                "These are scores and no probabilities (0 to 1), so calibration, log loss and a threshold are not shown: only "
                "their order is judged."
            )
        )


def _lifts(judged: Judged, run: Run) -> None:
    """Draw what each model adds to the table alone."""
    rows = [(name, lift) for name, lift in judged.lifts.items() if np.isfinite(lift.low)]
    if not rows:
        return
    colours = palette()
    metric = METRICS[rows[0][1].metric]
    differences = [shown(metric, lift.value, difference=True) for _name, lift in rows]
    enough = rows[0][1].evidence.enough
    figure = go.Figure()
    figure.add_vline(x=0, line_width=2, line_color=colours.text)
    figure.add_scatter(
        x=[lift.value for _name, lift in rows],
        y=[hover(model_name(name), LABEL_WIDTH) for name, _lift in rows],
        mode="markers+text",
        text=[f"<b>{difference}</b>" for difference in differences],
        textposition="top center",
        textfont={"size": 14, "color": colours.text},
        cliponaxis=False,
        showlegend=False,
        marker={"size": 13, "color": colours.accent, "symbol": "diamond", "opacity": 1 if enough else 0.4},
        error_x=whiskers([Interval(lift.value, lift.low, lift.high) for _name, lift in rows], sure=enough)
        | {"thickness": 3, "color": colours.accent},
        customdata=[" ".join(written_lift(lift)) for _name, lift in rows],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.8], type="category")
    figure.update_xaxes(
        title=_("{metric} minus that of the table alone", metric=metric_title(run, metric.name))
    )
    line = _("A line is the 95% interval over {over}", over=plain(rows[0][1].evidence.over))
    note = line if enough else _("too short a test for a verdict")
    note += "; " + _("right of 0 a model knows more than the table's numbers and outlets")
    show(figure, _("What the predictions add to the table"), "chart-lifts", note, height=130 + 48 * len(rows))


def _inside(judged: Judged, run: Run) -> None:
    """Draw the scores of the rows that the model learned from."""
    if not judged.inside:
        return
    st.caption(
        md(
            "Scores of the {n:,} rows in the training period ({first} to {until}): memory, not foresight.",
            n=judged.counts["inside_training"],
            first=judged.settings.trained_from or "…",
            until=judged.settings.trained_until,
        )
    )
    scores.inside_table(run, judged.inside)
