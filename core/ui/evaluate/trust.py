"""Can the predictions be trusted? Calibration, what a threshold costs, and intervals that keep their promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate import review
from core.evaluate.bootstrap import Interval
from core.evaluate.lift import UNITS
from core.evaluate.reviewed import Calibration, Calls, Kept
from core.evaluate.threshold_costs import CostCurve
from core.train.run import Run
from core.ui.text import _, bold, class_name, count, hover, md, percent, told
from core.ui.theme import palette, show

LEVELS = (0.8, 0.9, 0.95)

Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def reviewed(
    picture: Callable[Concatenate[Run, Dataset, Asked], Found],
    run: Run,
    data: Dataset,
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> Found:
    """Return what a function of `core.evaluate.review` finds, computed once per run and settings."""
    return _kept(picture.__name__, run.id, args, kwargs, picture, run, data)


@st.cache_data(max_entries=200, show_spinner=False)
def _kept(
    name: str,
    run_id: str,
    args: tuple,
    kwargs: dict[str, Any],
    _picture: Callable[..., Any],
    _run: Run,
    _data: Dataset,
) -> Any:
    return _picture(_run, _data, *args, **kwargs)


def share(found: Interval) -> str:
    """Write a share with its interval: 58% [49, 67]."""
    low, high = ("–" if not np.isfinite(n) else f"{n * 100:.0f}" for n in (found.low, found.high))
    return f"{percent(found.value)} [{low}, {high}]"


def units(run: Run, data: Dataset) -> str:
    """Return the name of what the run's scores count."""
    return told(review.counted(run, data))


def whiskers(scores: list[Interval], scale: float = 1.0) -> dict[str, Any]:
    """Return Plotly's error bars for intervals; one that is unknown has no bar."""
    return {
        "type": "data",
        "symmetric": False,
        "thickness": 2,
        "array": [_reach(s.high - s.value) * scale for s in scores],
        "arrayminus": [_reach(s.value - s.low) * scale for s in scores],
    }


def _reach(length: float) -> float:
    return max(length, 0.0) if np.isfinite(length) else 0.0


def calibration(run: Run, data: Dataset) -> None:
    """Draw how often predicted probabilities came true, and say what that means."""
    found = reviewed(review.calibration_curve, run, data)
    if isinstance(found, Message):
        st.info(told(found))
        return
    st.markdown(bold(told(found.sentence())))
    _reliability(run, data, found)


def _reliability(run: Run, data: Dataset, found: Calibration) -> None:
    colours = palette()
    label = hover(class_name(found.label) if found.label else _("the most probable class"))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        line={"dash": "dot", "color": colours.muted},
    )
    figure.add_scatter(
        x=[b.predicted * 100 for b in found.curve],
        y=[b.observed.value * 100 for b in found.curve],
        mode="markers+lines",
        showlegend=False,
        line={"color": colours.grid},
        marker={"size": 10, "color": colours.accent},
        error_y=whiskers([b.observed for b in found.curve], 100) | {"color": colours.accent},
        customdata=[[share(b.observed), count(b.rows), count(b.blocks)] for b in found.curve],
        hovertemplate=_("promised")
        + " %{x:.0f}%<br>"
        + _("came true")
        + " %{customdata[0]}<br>n = %{customdata[1]} ("
        + _(UNITS[found.unit])
        + " %{customdata[2]})<extra></extra>",
    )
    figure.update_xaxes(title=_("promised probability of {label} (%)", label=label), range=[-2, 102])
    figure.update_yaxes(title=_("share that came true (%)"), range=[-4, 104])
    note = _(
        "n = {n:,} {units} over {blocks:,} {of}; a mark is about {each:,} of them, its line the 95% interval; on "
        "the dotted diagonal a promise of 60% comes true in 60 of 100",
        n=found.rows,
        units=units(run, data),
        each=found.rows // max(len(found.curve), 1),
        blocks=found.blocks,
        of=_(UNITS[found.unit]),
    )
    show(figure, _("Do the probabilities come true?"), "chart-calibration", note)


def threshold(run: Run, data: Dataset) -> None:
    """Let the reader weigh a false alarm against a miss, and show what a threshold then costs."""
    if len(run.classes) != 2:
        st.info(_("A threshold is for two classes; this run does not have two."))
        return
    label, other = (class_name(name) for name in reversed(run.classes))
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
        curve = reviewed(review.cost_of_calls, run, data, alarm, miss)
    except UserError as error:
        st.error(told(error.message))
        return
    if isinstance(curve, Message):
        st.info(told(curve))
        return
    chosen = st.select_slider(
        md("Threshold: “{label}” is called from this probability on", label=label),
        curve.thresholds.tolist(),
        _nearest(curve.thresholds, curve.fair),
        format_func=_written,
        key=f"threshold-{run.id}-{alarm}-{miss}",
        help=_("It starts where calibrated probabilities would be cheapest. Move it to see what changes."),
    )
    calls = reviewed(review.calls_at, run, data, chosen)
    if isinstance(calls, Calls):
        st.markdown(bold(_in_words(run, data, calls, chosen)))
        _costs(run, data, curve, chosen, calls.rows)
        st.caption(told(curve.sentence()))
        _confusion(run, calls)


def _nearest(thresholds: np.ndarray, wanted: float) -> float:
    return float(thresholds[np.abs(thresholds - wanted).argmin()])


def _in_words(run: Run, data: Dataset, calls: Calls, chosen: float) -> str:
    called = calls.hits + calls.false_alarms
    words = {
        "threshold": _written(chosen),
        "called": called,
        "rows": calls.rows,
        "units": units(run, data),
        "label": class_name(run.classes[1]),
        "hits": calls.hits,
        "false": calls.false_alarms,
        "misses": calls.misses,
        "precision": share(calls.precision),
        "recall": share(calls.recall),
    }
    if not called:
        return md(
            "At a threshold of {threshold} nothing is called “{label}”: all {misses:,} of the {rows:,} {units} that "
            "were are missed.",
            **words,
        )
    return md(
        "At a threshold of {threshold} the model calls {called:,} of {rows:,} {units} “{label}”: {hits:,} were, {false:,} "
        "are false alarms, and {misses:,} are missed. Precision {precision}, recall {recall}.",
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
        "n = {n:,} {units}; the line is the mean cost of one of them at each threshold",
        units=units(run, data),
        n=rows,
    )
    show(figure, _("What each threshold would have cost"), "chart-costs", note)


def _confusion(run: Run, calls: Calls) -> None:
    label, other = (class_name(name) for name in reversed(run.classes))
    called, not_called = _("called {label}", label=label), _("not called")
    st.dataframe(
        pd.DataFrame(
            {called: [calls.hits, calls.false_alarms], not_called: [calls.misses, calls.quiet]},
            index=pd.Index(
                [_("was {label}", label=label), _("was {label}", label=other)], name=_("what happened")
            ),
        )
    )


def _written(threshold: float) -> str:
    return f"{round(threshold * 100, 1):g}%"


def intervals(run: Run, data: Dataset) -> None:
    """Draw how often the intervals around predicted returns really held them, month by month."""
    level = st.segmented_control(
        _("The interval shall hold the return in"),
        LEVELS,
        default=0.9,
        required=True,
        format_func=lambda v: _("{share} of cases", share=percent(v)),
        key="interval-level",
    )
    found = reviewed(review.kept_promise, run, data, float(level or 0.9))
    if isinstance(found, Message):
        st.info(told(found))
        return
    st.markdown(bold(told(found.sentence)))
    if not np.isfinite(found.half_width):
        return
    st.markdown(
        md(
            "An interval is the prediction ± {width}: the errors on {sessions:,} earlier sessions of the walk forward, which "
            "the models had not learned from.",
            width=f"{found.half_width * 100:.2f}%",
            sessions=found.sessions,
        )
    )
    adaptive = found.adaptive[0]
    st.markdown(
        md(
            "Intervals that widen after sessions that were missed and narrow after hits would have held {realised}, the "
            "prediction ± {width} on average.",
            realised=share(adaptive.realised),
            width=f"{adaptive.width * 50:.2f}%",
        )
    )
    _coverage(run, data, found)


def _coverage(run: Run, data: Dataset, found: Kept) -> None:
    colours = palette()
    figure = go.Figure()
    kinds = ((found.fixed, _("one width"), colours.accent), (found.adaptive, _("adapting"), colours.muted))
    for (whole, *months), name, colour in kinds:
        parts = [*months, whole]
        figure.add_scatter(
            x=[part.month or _("whole test") for part in parts],
            y=[part.realised.value * 100 for part in parts],
            mode="markers",
            name=name,
            offsetgroup=name,
            marker={"size": 11, "color": colour, "symbol": ["circle"] * len(months) + ["diamond"]},
            error_y=whiskers([part.realised for part in parts], 100),
            customdata=[
                [share(part.realised), count(part.rows), count(part.sessions), f"{part.width * 50:.2f}%"]
                for part in parts
            ],
            hovertemplate="%{x}: %{customdata[0]}, ± %{customdata[3]}<br>n = %{customdata[1]} ("
            + _("sessions")
            + " %{customdata[2]})<extra>"
            + name
            + "</extra>",
        )
    figure.update_layout(scattermode="group", scattergap=0.6)
    figure.add_hline(y=found.level * 100, line_dash="dash", line_color=colours.muted)
    figure.update_xaxes(title=_("month of the test"), type="category")
    figure.update_yaxes(title=_("share of returns inside (%)"), range=[-4, 104])
    note = _(
        "n = {n:,} {units} over {sessions:,} sessions; a mark is a month (diamond: the whole), its line the 95% interval "
        "over sessions; a month of one session has none; dashed: what was promised",
        n=found.fixed[0].rows,
        units=units(run, data),
        sessions=found.fixed[0].sessions,
    )
    show(figure, _("Did the intervals keep their promise?"), "chart-coverage", note)
