"""Where is the model better or worse?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import BLOCK_UNITS, FEWEST_BLOCKS
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.regimes import CALM, DOWN, FIRST, MIDDLE, PAST, REGIMES, SECOND, UP, WILD
from core.evaluate.slices import MISSING, OTHER, Slice, SliceReport, slice_report
from core.locale import N_
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import LABEL_WIDTH, details, metric_title, whiskers, written
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, bold, count, hover, md, translate_md
from core.ui.theme import palette

TITLES = {
    "press": N_("outlet"),
    "company": N_("company"),
    "month": N_("month"),
    "length": N_("length of the headline"),
    "volatility": N_("volatility"),
    "market": N_("direction of the market"),
    "half": N_("half of the test"),
}
REGIME_NAMES = {
    CALM: N_("calm market"),
    MIDDLE: N_("market between calm and wild"),
    WILD: N_("wild market"),
    DOWN: N_("falling market"),
    UP: N_("rising market"),
    FIRST: N_("first half"),
    SECOND: N_("second half"),
}
PAST_NOTE = N_(
    "Calm or wild, rising or falling by the market's returns on the {past} trading days before, so one knows it before "
    "one trades; calm and wild are thirds of the test's sessions."
)
_OF_HEADLINES = N_(
    "Slices are scored headline by headline, as an event has headlines of several outlets; each headline of an event "
    "with n headlines counts 1/n. So the score of the whole differs a little from that of the events in “Scores”. A slice differs from "
    "the rest where that holds though all slices are counted (Holm's correction)."
)
_EACH_HEADLINE = N_(
    "Every headline weighs the same. A slice differs from the rest where that holds though all slices are counted (Holm's "
    "correction)."
)
_OF_CLASSES = N_("The score of a slice is the mean over all classes, each against the rest.")


def by_slice(run: Run, data: Dataset) -> None:
    """Draw the main score by outlet, company, month, length or regime, and name what differs from the rest."""
    found = evaluated(slice_report, run, data)
    if isinstance(found, Message):
        st.info(translate_md(found))
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
    elif chosen in REGIMES:
        kept.sort(key=_place_of_regime)
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
    _table(run, data, kept + small, chosen)
    told = [_OF_HEADLINES if found.weighted else _EACH_HEADLINE]
    if len(run.classes) > 2:
        told.append(_OF_CLASSES)
    told = [_(text) for text in told]
    if chosen in ("volatility", "market"):
        told.append(md(PAST_NOTE, past=PAST))
    details(*told)


def slice_name(made: Slice) -> str:
    """Return a slice's label for the reader."""
    if made.label == OTHER:
        return _("all others")
    if made.label == MISSING:
        return _("not known")
    if made.label in REGIME_NAMES:
        return _(REGIME_NAMES[made.label])
    if made.by == "length":
        low, high = made.label.split("-")
        return _("{low}–{high} characters", low=low, high=high)
    return made.label


def _place_of_regime(made: Slice) -> int:
    return list(REGIME_NAMES).index(made.label) if made.label in REGIME_NAMES else len(REGIME_NAMES)


def _shortest(made: Slice) -> float:
    return float(made.label.split("-")[0])


def _answer(found: SliceReport, kept: list[Slice]) -> str:
    better, worse = (
        ", ".join(slice_name(made) for made in kept if made.differs and made.difference * sign > 0)
        for sign in (1, -1)
    )
    tested = sum(not np.isnan(made.p_value) for made in found.slices)
    if not kept:
        return md("None of these is large enough to be compared with the rest.")
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


def _dots(run: Run, data: Dataset, found: SliceReport, scored: list[Slice], chosen: str) -> None:
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
                [written(found.metric, made.score), count(made.rows), count(made.sessions), flag]
                for made, flag in zip(scored, flags, strict=True)
            ],
            hovertemplate="%{y}<br>%{customdata[0]} %{customdata[3]}<br>n = %{customdata[1]} ("
            + _blocks(data)
            + " %{customdata[2]})<extra></extra>",
        )
    )
    guess = METRICS[found.metric].guessing
    lines_at = (
        (found.whole.value, _("whole test, by headline"), colours.accent, "dash"),
        (guess, _("chance {guess}", guess=f"{guess:g}"), colours.muted, "dot"),
    )
    right = max(found.whole.value, guess)
    for place, words, colour, dash in lines_at:
        figure.add_vline(x=place, line_color=colour, line_dash=dash)
        figure.add_annotation(
            x=place,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=words if place == guess else f"{words} {shown(METRICS[found.metric], place)}",
            showarrow=False,
            xanchor="left" if place == right else "right",
            font={"color": colour},
        )
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.6], type="category", title=_("{by} · n", by=_(TITLES[chosen]))
    )
    figure.update_xaxes(title=metric_title(run, found.metric), zeroline=False)
    note = _(
        "n = {n:,} headlines; a mark is a slice (diamond: differs from the rest), a line its 95% interval",
        n=found.rows,
    )
    lines = sum(name.count("<br>") + 1 for name in names)
    show(
        figure,
        _("Where it is better or worse"),
        "chart-slices",
        note,
        height=150 + 26 * max(lines, len(names)),
    )


def _flag(made: Slice) -> str:
    if not made.differs:
        return ""
    return _("better than the rest") if made.difference > 0 else _("worse than the rest")


def _table(run: Run, data: Dataset, kept: list[Slice], chosen: str) -> None:
    metric = metric_title(run, main_metric(run.task).name)
    flagged = any(made.differs for made in kept)
    rows = [
        {
            _(TITLES[chosen]): slice_name(made),
            metric: written(main_metric(run.task).name, made.score, made.blocks >= FEWEST_BLOCKS),
            _("against the rest"): UNKNOWN
            if np.isnan(made.difference)
            else shown(main_metric(run.task), made.difference, difference=True),
            **({_("remark"): _flag(made) or UNKNOWN} if flagged else {}),
            "n": made.rows,
            _blocks(data): made.sessions,
        }
        for made in kept
    ]
    table(pd.DataFrame(rows), "table-slices", _("Score by {by}", by=_(TITLES[chosen])))


def _blocks(data: Dataset) -> str:
    unit = "session" if data.has_sessions else "story"
    return _(BLOCK_UNITS[unit])
