"""What would predicted returns have earned?"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.backtest import QUINTILES, SIGN, Backtest, Portfolio, backtest
from core.locale import N_
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.text import _, bold, day, md, percent, translate_md
from core.ui.theme import DATES, palette, show

RULES = {
    QUINTILES: N_(
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
    found = evaluated(backtest, run, data, float(cost))
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.following.sentence())))
    st.warning(
        _(
            "This is arithmetic on past returns, not a trading record: every order is filled at the price of the target, "
            "without market impact, limits or a ban on short sales, and a rule that was tested often looks better than it is."
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


def _curves(found: Backtest) -> None:
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
