"""What would predicted returns have earned, and do they rank the companies of a session?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate import review
from core.evaluate.backtest import FIFTHS, SIGN, Portfolio
from core.evaluate.information_coefficient import BySession, Mean
from core.evaluate.reviewed import Book
from core.locale import N_
from core.train.run import Run
from core.ui.evaluate.trust import reviewed
from core.ui.text import _, bold, count, day, md, percent, signed_percent, told
from core.ui.theme import DATES, palette, show

RULES = {
    FIFTHS: N_(
        "The rule: in each session buy the fifth of the companies with the highest predictions and sell the fifth with "
        "the lowest, half of the capital each; {skipped:,} of {sessions:,} sessions had too few companies."
    ),
    SIGN: N_(
        "The rule: in each session buy every company whose predicted return is above 0 and sell the others, in equal "
        "parts: most sessions hold too few companies to rank them against each other."
    ),
}


def portfolio(run: Run, data: Dataset) -> None:
    """Draw what a book that follows the predictions would have made, before and after a cost."""
    cost = st.number_input(
        _("Cost in basis points of what is traded"),
        0.0,
        1000.0,
        10.0,
        1.0,
        key="cost-bp",
        help=_("Commission, tax and spread of one trade; 10 bp are 0.1%."),
    )
    found = reviewed(review.book, run, data, float(cost))
    if isinstance(found, Message):
        st.info(told(found))
        return
    st.markdown(bold(told(found.following.sentence())))
    st.warning(
        _(
            "This is arithmetic on past returns, not a trading record: every order is filled at the price of the target, "
            "without market impact, limits or a ban on short sales, and a rule that was looked at often looks better than it is."
        ),
        icon=":material/warning:",
    )
    if run.settings.split != "time":
        st.warning(_("The test is not later than the training here, so nobody could have earned this."))
    _curves(found)
    st.markdown(
        md(
            RULES[found.following.rule],
            skipped=found.following.skipped,
            sessions=len(found.following.sessions),
        )
    )


def _curves(found: Book) -> None:
    colours = palette()
    book, held = found.following, found.holding
    figure = go.Figure()
    lines = (
        (_("after cost"), book, book.net, {"color": colours.accent, "width": 3}),
        (_("before cost"), book, book.gross, {"color": colours.accent, "width": 1.5, "dash": "dash"}),
        (
            _("always bought, before cost"),
            held,
            held.gross,
            {"color": colours.muted, "width": 1.5, "dash": "dot"},
        ),
    )
    for name, which, values, line in lines:
        figure.add_scatter(
            x=_days(which),
            y=values * 100,
            mode="lines+markers" if len(values) < 40 else "lines",
            name=name,
            line=line,
            marker={"size": 5},
            customdata=[day(pd.Timestamp(d)) for d in which.sessions],
            hovertemplate="%{customdata}: %{y:+.2f}%<extra>" + name + "</extra>",
        )
    figure.add_hline(y=0, line_color=colours.muted, line_width=1)
    figure.update_xaxes(title=_("session"), tickformatstops=DATES)
    figure.update_yaxes(title=_("sum of returns (% of the capital)"))
    note = _(
        "n = {sessions:,} sessions of the test, {companies:,} companies; a point is the sum up to that session, without "
        "compounding; {turnover} of the capital is traded a session; dotted: every company bought in equal parts, without "
        "looking at the predictions",
        sessions=len(book.sessions),
        companies=found.companies,
        turnover=percent(float(book.turnover.mean())),
    )
    show(figure, _("What following the predictions would have made"), "chart-portfolio", note, height=420)


def _days(which: Portfolio) -> list[pd.Timestamp]:
    return [pd.Timestamp(d) for d in which.sessions]


def by_session(run: Run, data: Dataset) -> None:
    """Draw rank IC or spread session by session with their mean, or say them pooled where sessions are too small."""
    found = reviewed(review.session_scores, run, data)
    if isinstance(found, Message):
        st.info(told(found))
        return
    st.markdown(bold(told(found.sentence())))
    if found.pooled:
        st.markdown(
            md(
                "Top minus bottom fifth, pooled over all rows too: {spread} a row.",
                spread=_returned(found.spread),
            )
        )
        return
    st.markdown(
        md(
            "Top minus bottom fifth: {spread} a session, t = {t}.",
            spread=_returned(found.spread),
            t=_t(found.spread),
        )
    )
    names = {"ic": _("rank IC"), "spread": _("top minus bottom fifth (%)")}
    chosen = st.segmented_control(
        _("By session"),
        list(names),
        default="ic",
        required=True,
        key="by-session-metric",
        format_func=names.__getitem__,
    )
    _bars(found, chosen or "ic", names[chosen or "ic"])


def _bars(found: BySession, chosen: str, title: str) -> None:
    colours = palette()
    values, mean, scale = (
        (found.ics, found.rank_ic, 1) if chosen == "ic" else (found.spreads, found.spread, 100)
    )
    figure = go.Figure(
        go.Bar(
            x=found.sessions,
            y=values * scale,
            showlegend=False,
            marker_color=np.where(np.nan_to_num(values) > 0, colours.high, colours.low),
            customdata=[
                [day(pd.Timestamp(d)), count(n)] for d, n in zip(found.sessions, found.rows, strict=True)
            ],
            hovertemplate="%{customdata[0]}: %{y:+.2f}<br>n = %{customdata[1]}<extra></extra>",
        )
    )
    if np.isfinite(mean.low):
        figure.add_hrect(
            y0=mean.low * scale, y1=mean.high * scale, line_width=0, fillcolor=colours.accent, opacity=0.25
        )
    figure.add_hline(y=mean.value * scale, line_color=colours.accent, line_width=2, line_dash="dash")
    figure.update_xaxes(title=_("session"), tickformatstops=DATES)
    figure.update_yaxes(title=title)
    note = _(
        "n = {rows:,} events in {sessions:,} sessions; a bar is a session; dashed: the mean, the band its 95% interval "
        "(Newey-West, {lag} sessions)",
        rows=int(found.rows.sum()),
        sessions=mean.sessions,
        lag=mean.lag,
    )
    show(figure, _("Session by session"), "chart-by-session", note)


def _returned(mean: Mean) -> str:
    return f"{signed_percent(mean.value)} [{signed_percent(mean.low)}, {signed_percent(mean.high)}]"


def _t(mean: Mean) -> str:
    return f"{mean.t:.2f}" if np.isfinite(mean.t) else "–"
