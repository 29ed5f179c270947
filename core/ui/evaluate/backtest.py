"""What would predicted returns have earned?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.backtest import Backtest, Rules, answer, backtest, caveats, neutral_answer
from core.evaluate.backtest.pipeline import Traded
from core.evaluate.backtest.positions import QUINTILES, SIGN
from core.evaluate.bootstrap import Interval
from core.locale import N_
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, bold, day, interval, md, percent, translate_md
from core.ui.theme import DATES, palette

RULES = {
    QUINTILES: N_(
        "The rule: at the close of each trading day buy the fifth of the companies with the highest predictions and "
        "sell the fifth with the lowest, half of the capital each. On {skipped:,} of {days:,} days nothing was bought."
    ),
    SIGN: N_(
        "The rule: at the close of each trading day buy every company whose predicted return is above 0 and sell the "
        "others, in equal parts: most days have too few companies with headlines to rank them. On {skipped:,} of "
        "{days:,} days nothing was bought."
    ),
}
BOUGHT = {
    QUINTILES: N_(
        "The rule: at the close of each trading day buy the fifth of the companies with the highest predictions, in "
        "equal parts, and sell nothing short. On {skipped:,} of {days:,} days nothing was bought."
    ),
    SIGN: N_(
        "The rule: at the close of each trading day buy every company whose predicted return is above 0, in equal parts, "
        "and sell nothing short. On {skipped:,} of {days:,} days nothing was bought."
    ),
}
BAND = 0.15  # opacity
STAGGERED = N_(
    "The target looks {horizon} trading days ahead, so each day's choice gets 1/{horizon} of the capital and is held "
    "{horizon} trading days."
)


def portfolio(run: Run, data: Dataset) -> None:
    """Draw what a book that follows the predictions would have made, with what it amounts to and against what."""
    rules = _rules(data)
    with st.spinner(_("Adding up the returns …")):
        found = evaluated(backtest, run, data, rules)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    looks = run.looks
    st.markdown(bold(translate_md(answer(found, looks))))
    st.markdown(translate_md(neutral_answer(found, looks)))
    if run.settings.split != "time":
        st.warning(_("The test is not later than the training here, so nobody could have earned this."))
    _curves(found)
    st.warning(
        _(
            "This is arithmetic on past returns, not a trading record: every order is filled at the close, without market "
            "impact, and switches chosen by their result make it look better than it is."
        ),
        icon=":material/warning:",
    )
    _table(found)
    for caveat in caveats(found):
        st.caption(translate_md(caveat))
    traded = RULES if found.rules.shorts else BOUGHT
    said = [md(traded[found.rule], skipped=found.skipped, days=len(found.days))]
    if found.horizon > 1:
        said.append(md(STAGGERED, horizon=found.horizon))
    said.append(translate_md(found.returns.note))
    if found.neutral:
        said.append(translate_md(found.hedge.note))
    counted = _(
        "After costs, without compounding, 252 trading days a year; in brackets the 95% interval over {blocks:,} blocks of "
        "{length:,} trading days; – : not known without returns of single days.",
        blocks=found.evidence.blocks,
        length=found.evidence.length,
    )
    details(" ".join(said), counted)


def _rules(data: Dataset) -> Rules:
    cost = st.number_input(
        _("Cost in basis points of what is traded"),
        0.0,
        1000.0,
        10.0,
        1.0,
        key="cost-bp",
        help=_("Commission, tax and spread of one trade; 10 bp are 0.1%."),
    )
    shorts = st.toggle(
        _("Sell short too"),
        True,
        key="backtest-shorts",
        help=_("Switch it off where short sales are banned or too dear: then shares are only bought."),
    )
    limits = False
    if data.plan is None or data.plan.exchange.calendar == "XKRX":
        limits = st.toggle(
            _("Mind the daily price limit"),
            False,
            key="backtest-limits",
            help=_(
                "A share that closes at its limit (30% on the KRX) cannot be bought at the upper and not be sold at the "
                "lower one; the order waits. It needs returns of single days."
            ),
        )
    return Rules(float(cost), shorts, limits)


def _curves(found: Backtest) -> None:
    colours = palette()
    book, held = found.following.book, found.holding.book
    lines = [
        (_("after cost"), book.net, {"color": colours.accent, "width": 3}),
        (_("before cost"), book.gross, {"color": colours.accent, "width": 1.5, "dash": "dash"}),
        (
            _("holding everything, after cost"),
            held.net,
            {"color": colours.muted, "width": 1.5, "dash": "dot"},
        ),
    ]
    if found.neutral:
        style = {"color": colours.text, "width": 1.5, "dash": "dashdot"}
        lines.append((_("without the market's part, after cost"), found.neutral.book.net, style))
    figure = go.Figure()
    if found.evidence.enough:
        _band(figure, found)
    for name, returns, line in lines:
        figure.add_scatter(
            x=found.days,
            y=returns.cumsum() * 100,
            mode="lines+markers" if len(returns) < 40 else "lines",
            name=name,
            line=line,
            marker={"size": 5},
            customdata=[day(pd.Timestamp(d)) for d in found.days],
            hovertemplate="%{customdata}: %{y:+.2f}%<extra>" + name + "</extra>",
        )
    figure.add_hline(y=0, line_color=colours.muted, line_width=1)
    figure.update_xaxes(title=_("trading day"), tickformatstops=DATES)
    figure.update_yaxes(title=_("sum of returns (% of the capital)"))
    note = _(
        "n = {days:,} trading days, {companies:,} companies; a point is the sum to the close of the next trading day, "
        "without compounding",
        days=len(found.days),
        companies=found.companies,
    )
    note += "; "
    if found.evidence.enough:
        note += _("the band is its 95% interval, each day by itself")
    else:
        note += _("too short a test for intervals")
    show(figure, _("Had one followed the predictions"), "chart-portfolio", note, height=440)


def _band(figure: go.Figure, found: Backtest) -> None:
    """Draw the 95% interval of what following the predictions earned after costs."""
    low, high = found.band * 100
    figure.add_scatter(
        x=np.r_[found.days, found.days[::-1]],
        y=np.r_[low, high[::-1]],
        fill="toself",
        fillcolor=palette().accent,
        opacity=BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _table(found: Backtest) -> None:
    columns = {_("following the predictions"): found.following}
    if found.neutral:
        columns[_("without the market's part")] = found.neutral
    columns[_("holding everything")] = found.holding
    sure = found.evidence.enough
    rows: dict[str, list[str]] = {
        _("mean a year"): [_share(made.statistics.mean, sure) for made in columns.values()],
        _("volatility a year"): [_share(made.statistics.volatility, sure) for made in columns.values()],
        _("Sharpe ratio (a year)"): [_number(made, sure) for made in columns.values()],
        _("deepest fall"): [_share(made.statistics.drawdown, sure) for made in columns.values()],
        _("traded a day"): [_share(made.statistics.turnover, sure) for made in columns.values()],
    }
    made = pd.DataFrame(rows, index=pd.Index(list(columns))).T.rename_axis("").reset_index()
    table(made, "table-portfolio", _("What it amounts to"))


def _share(value: Interval, sure: bool) -> str:
    if not sure:
        return percent(value.value + 0.0, 1)
    low, high = (end * 100 for end in (value.low, value.high))
    return interval(value.value * 100, low, high, 1, "%")


def _number(made: Traded, sure: bool) -> str:
    value = made.statistics.sharpe
    if not sure:
        return f"{value.value:.2f}" if np.isfinite(value.value) else UNKNOWN
    return interval(value.value, value.low, value.high, 2)
