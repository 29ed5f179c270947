"""Where is the model better or worse, and how high could any model of the headline reach?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate import review
from core.evaluate.bootstrap import Interval
from core.evaluate.lift import UNITS
from core.evaluate.metrics import GUESSING, MAIN_METRIC
from core.evaluate.reviewed import Headroom, Sliced
from core.evaluate.slices import MISSING, OTHER, Slice
from core.locale import N_
from core.train.models.combinations import MEAN
from core.train.run import Run
from core.ui.evaluate.scores import metric_title, model_name, written
from core.ui.evaluate.trust import reviewed, whiskers
from core.ui.text import _, bold, count, hover, md, told
from core.ui.theme import palette, show

TITLES = {
    "press": N_("outlet"),
    "company": N_("company"),
    "month": N_("month"),
    "length": N_("length of the headline"),
}
LABEL_WIDTH = 14


def by_slice(run: Run, data: Dataset) -> None:
    """Draw the main score by outlet, company, month or length, and name what differs from the rest."""
    found = reviewed(review.by_slice, run, data)
    if isinstance(found, Message):
        st.info(told(found))
        return
    kinds = list(dict.fromkeys(made.by for made in found.slices))
    chosen = (
        st.segmented_control(
            _("Look by"),
            kinds,
            default=kinds[0],
            required=True,
            key=f"slices-{run.id}",
            format_func=lambda kind: _(TITLES[kind]),
        )
        or kinds[0]
    )
    kept, small = found.of(chosen)
    if chosen == "month":
        kept.sort(key=lambda made: made.label)
    elif chosen == "length":
        kept.sort(key=_shortest)
    st.markdown(bold(_answer(found, kept)))
    if kept:
        _dots(run, data, found, kept, chosen)
    if small:
        names = ", ".join(map(slice_name, small))
        st.caption(
            md("Too small to be judged (few rows or sessions, or a single outcome): {names}.", names=names)
        )
    with st.expander(_("As a table")):
        _table(run, data, kept + small, chosen)


def slice_name(made: Slice) -> str:
    """Return a slice's label for the reader."""
    if made.label == OTHER:
        return _("all others")
    if made.label == MISSING:
        return _("not known")
    if made.by == "length":
        low, high = made.label.split("-")
        return _("{low}–{high} characters", low=low, high=high)
    return made.label


def _shortest(made: Slice) -> float:
    return float(made.label.split("-")[0])


def _answer(found: Sliced, kept: list[Slice]) -> str:
    better, worse = (
        ", ".join(slice_name(made) for made in kept if made.differs and made.difference * sign > 0)
        for sign in (1, -1)
    )
    tested = sum(not np.isnan(made.p_value) for made in found.slices)
    if better and worse:
        return md(
            "Better than on the rest: {better}. Worse than on the rest: {worse}.", better=better, worse=worse
        )
    if better:
        return md("Better than on the rest: {better}.", better=better)
    if worse:
        return md("Worse than on the rest: {worse}.", worse=worse)
    return md(
        "None of these differs from the rest by more than {tested:,} comparisons bring about by chance.",
        tested=tested,
    )


def _dots(run: Run, data: Dataset, found: Sliced, scored: list[Slice], chosen: str) -> None:
    colours = palette()
    names = [f"{hover(slice_name(made), LABEL_WIDTH)} · {count(made.rows)}" for made in scored]
    flags = [_flag(made) for made in scored]
    shades = [
        colours.muted if not made.differs else colours.high if made.difference > 0 else colours.low
        for made in scored
    ]
    figure = go.Figure(
        go.Scatter(
            x=[made.score.value for made in scored],
            y=names,
            mode="markers",
            showlegend=False,
            marker={
                "size": 11,
                "color": shades,
                "symbol": ["diamond" if made.differs else "circle" for made in scored],
            },
            error_x=whiskers([made.score for made in scored]) | {"color": colours.muted},
            customdata=[
                [written(found.metric, made.score), count(made.rows), count(made.blocks), flag]
                for made, flag in zip(scored, flags, strict=True)
            ],
            hovertemplate="%{y}<br>%{customdata[0]} %{customdata[3]}<br>n = %{customdata[1]} ("
            + _blocks(data)
            + " %{customdata[2]})<extra></extra>",
        )
    )
    figure.add_vline(x=found.whole.value, line_color=colours.accent, line_dash="dash")
    figure.update_yaxes(autorange="reversed", type="category", title=_("{by} · n", by=_(TITLES[chosen])))
    figure.add_vline(x=GUESSING[found.metric], line_dash="dot", line_color=colours.muted)
    figure.update_xaxes(title=metric_title(run, found.metric), zeroline=False)
    weights = _("every event weighs the same") if found.weighted else _("every headline weighs the same")
    note = _(
        "n = {n:,} headlines; a mark is a slice (diamond: differs from the rest), its line the 95% interval; dashed: the "
        "whole test, {whole}; dotted: chance; {weights}",
        n=found.rows,
        whole=written(found.metric, found.whole),
        weights=weights,
    )
    lines = sum(name.count("<br>") + 1 for name in names)
    show(
        figure,
        _("Where it is better or worse"),
        "chart-slices",
        note,
        height=140 + 24 * max(lines, len(names)),
    )


def _flag(made: Slice) -> str:
    if not made.differs:
        return ""
    return _("better than the rest") if made.difference > 0 else _("worse than the rest")


def _table(run: Run, data: Dataset, kept: list[Slice], chosen: str) -> None:
    metric = metric_title(run, MAIN_METRIC[run.task])
    rows = [
        {
            _(TITLES[chosen]): slice_name(made),
            "n": made.rows,
            _blocks(data): made.blocks,
            metric: written(MAIN_METRIC[run.task], made.score),
            _("against the rest"): "–" if np.isnan(made.difference) else f"{made.difference:+.3f}",
            _("remark"): _flag(made),
        }
        for made in kept
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _blocks(data: Dataset) -> str:
    unit = "session" if data.has_sessions else "story"
    return _(UNITS[unit])


def ceiling(run: Run, data: Dataset) -> None:
    """Say how high any model of the headline alone could reach, and draw the scores under it."""
    found = reviewed(review.headroom, run, data)
    st.markdown(bold(told(found.ceiling.sentence())))
    if found.ceiling.best:
        _headroom(run, found)


def _headroom(run: Run, found: Headroom) -> None:
    colours = palette()
    best = found.ceiling.best[found.metric]
    rows: list[tuple[str, Interval, str, str]] = [
        (model_name(name), score, colours.accent if name == MEAN else colours.muted, "circle")
        for name, score in found.scores.items()
    ]
    rows.append((_("Ceiling for headlines alone"), best, colours.text, "diamond"))
    figure = go.Figure()
    for name, score, colour, symbol in rows:
        figure.add_scatter(
            x=[score.value],
            y=[hover(name, LABEL_WIDTH)],
            mode="markers",
            showlegend=False,
            marker={"size": 12, "color": colour, "symbol": symbol},
            error_x=whiskers([score]) | {"color": colour},
            hovertemplate=f"{hover(name)}: {written(found.metric, score)}<extra></extra>",
        )
    figure.add_vline(x=best.value, line_dash="dash", line_color=colours.muted)
    figure.update_yaxes(range=[len(rows) - 0.3, -0.7], type="category")
    figure.update_xaxes(title=metric_title(run, found.metric))
    note = _(
        "n = {pairs:,} pairs of near-identical headlines ({stories:,} stories, {sessions:,} sessions); the diamond is the "
        "ceiling, a circle a model, each with its 95% interval; the ensemble sees the table's numbers as well, so it may "
        "lie above",
        pairs=found.ceiling.pairs,
        stories=found.ceiling.stories,
        sessions=found.ceiling.sessions,
    )
    show(figure, _("How high can a headline reach?"), "chart-ceiling", note, height=150 + 44 * len(rows))
