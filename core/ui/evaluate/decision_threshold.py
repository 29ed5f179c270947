"""What a threshold of the probability hits, misses and costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.decision_threshold import Calls, CostCurve, calls_at, threshold_costs
from core.train.run import Run
from core.ui.charts import show
from core.ui.classes import class_selector
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import share, units
from core.ui.tables import table
from core.ui.text import _, bold, class_name, md, percent, translate_md
from core.ui.theme import palette


def threshold(run: Run, data: Dataset) -> None:
    """Let the reader weigh a false alarm against a miss, and show what a threshold then costs; of several classes, of one."""
    if not run.classes:
        st.info(_("A threshold is for probabilities; this run predicts returns."))
        return
    target = class_selector(run, "-threshold")
    label, other = _names(run, target)
    left, right = st.columns(2)
    with left:
        alarm = st.number_input(
            md("Cost of a false alarm: called “{label}”, was “{other}”", label=label, other=other),
            0.0,
            1e9,
            1.0,
            0.5,
            key="cost-false-alarm",
        )
    with right:
        miss = st.number_input(
            md("Cost of a miss: was “{label}”, not called", label=label),
            0.0,
            1e9,
            1.0,
            0.5,
            key="cost-miss",
            help=_("In any unit: won, points. Only the ratio of the two moves the cheapest threshold."),
        )
    try:
        curve = evaluated(threshold_costs, run, data, alarm, miss, looks=run.looks, target=target)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    if isinstance(curve, Message):
        st.info(translate_md(curve))
        return
    chosen = st.select_slider(
        md("Threshold: “{label}” is called from this probability on", label=label),
        curve.thresholds.tolist(),
        _nearest(curve.thresholds, curve.fair),
        format_func=_written,
        key=f"threshold-{run.id}-{target}-{alarm}-{miss}",
        help=_("It starts where calibrated probabilities would be cheapest. Move it to see what changes."),
    )
    calls = evaluated(calls_at, run, data, chosen, target=target)
    if isinstance(calls, Calls):
        said = _in_words(run, data, calls, chosen, label, curve.evidence.enough)
        if len(run.classes) > 2:
            said = md("“{label}” against all other classes.", label=label) + " " + said
        st.markdown(bold(said))
        _costs(run, data, curve, chosen, calls.rows)
        st.markdown(translate_md(curve.sentence()))
        _confusion(calls, label, other)


def _names(run: Run, target: int) -> tuple[str, str]:
    """Return the name of the class that is called, and of what it is not."""
    if len(run.classes) == 2:
        return class_name(run.classes[1]), class_name(run.classes[0])
    return class_name(run.classes[target]), _("another class")


def _nearest(thresholds: np.ndarray, wanted: float) -> float:
    return float(thresholds[np.abs(thresholds - wanted).argmin()])


def _in_words(run: Run, data: Dataset, calls: Calls, chosen: float, label: str, sure: bool) -> str:
    called = calls.hits + calls.false_alarms
    words = {
        "threshold": _written(chosen),
        "called": called,
        "rows": calls.rows,
        "units": units(run, data),
        "label": label,
        "hits": calls.hits,
        "false": calls.false_alarms,
        "misses": calls.misses,
        "precision": share(calls.precision, sure),
        "recall": share(calls.recall, sure),
        "base": percent((calls.hits + calls.misses) / calls.rows),
    }
    if not called:
        return md(
            "At a threshold of {threshold} nothing is called “{label}”: all {misses:,} of the {rows:,} {units} that "
            "were are missed.",
            **words,
        )
    return md(
        "At a threshold of {threshold} the model calls {called:,} of {rows:,} {units} “{label}”: {hits:,} were, {false:,} "
        "are false alarms, and {misses:,} are missed. Precision (of those called, the share that were) {precision}, where "
        "{base} of all were; recall (of those that were, the share called) {recall}.",
        **words,
    )


def _costs(run: Run, data: Dataset, curve: CostCurve, chosen: float, rows: int) -> None:
    colours = palette()
    place = int(np.abs(curve.thresholds - chosen).argmin())
    figure = go.Figure()
    figure.add_scatter(
        x=curve.thresholds * 100,
        y=curve.cost,
        mode="lines",
        name=_("cost with the model"),
        line={"color": colours.accent, "width": 3},
        hovertemplate="%{x:.0f}%: %{y:.3g}<extra></extra>",
    )
    idle = min(curve.never, curve.always)
    figure.add_scatter(
        x=[0, 100],
        y=[idle, idle],
        mode="lines",
        name=_("cost without a model"),
        line={"color": colours.muted, "dash": "dash"},
        hovertemplate="%{y:.3g}<extra></extra>",
    )
    figure.add_scatter(
        x=[chosen * 100],
        y=[curve.cost[place]],
        mode="markers",
        name=_("your threshold"),
        marker={"size": 13, "color": colours.text, "symbol": "diamond"},
        hovertemplate="%{x:.0f}%: %{y:.3g}<extra></extra>",
    )
    figure.update_xaxes(title=_("threshold (%)"), range=[-2, 102])
    figure.update_yaxes(title=_("mean cost"), rangemode="tozero")
    note = _(
        "n = {n:,} {units}; the line is the mean cost of one of them; its lowest point is hindsight",
        units=units(run, data),
        n=rows,
    )
    show(figure, _("What each threshold would have cost"), "chart-costs", note)


def _confusion(calls: Calls, label: str, other: str) -> None:
    called, not_called = _("called {label}", label=label), _("not called")
    happened = [_("was {label}", label=label), _("was {label}", label=other)]
    counted = {called: [calls.hits, calls.false_alarms], not_called: [calls.misses, calls.quiet]}
    table(
        pd.DataFrame({_("what happened"): happened} | counted),
        "table-calls",
        _("Called and what happened, at this threshold"),
    )


def _written(threshold: float) -> str:
    return f"{round(threshold * 100, 1):g}%"
