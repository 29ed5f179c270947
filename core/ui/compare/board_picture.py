"""The picture of a board: each candidate's score with its interval, and the ranks it could have."""

from __future__ import annotations

import math

import plotly.graph_objects as go
import streamlit as st

from core.compare.leaderboard import Leaderboard, Place
from core.compare.ranks import Ranks
from core.evaluate.metrics import shown
from core.ui.charts import show
from core.ui.evaluate.text import metric_title, units, whiskers, written
from core.ui.text import _, fixed, hover, percent, plain
from core.ui.theme import palette

_FIRST = 10  # candidates that are drawn where nobody asks for all
_LABEL = 46  # characters of a name in one line


def picture(board: Leaderboard, places: list[Place], told: dict[str, str]) -> None:
    """Draw these places from top to bottom, the first ten or all."""
    if not places:
        return
    place, chosen = st.container(), places[:_FIRST]
    if len(places) > _FIRST and st.toggle(_("All {n} candidates", n=len(places)), key="board-all"):
        chosen = places
    with place:
        _draw(board, chosen, told)


def _draw(board: Leaderboard, places: list[Place], told: dict[str, str]) -> None:
    from plotly.subplots import make_subplots

    colours, metric = palette(), board.metric
    run = board.best.candidate.run
    sure = board.enough and not board.withheld
    equal = {place.candidate.key for place in board.equals}
    figure = make_subplots(1, 2, shared_yaxes=True, column_widths=[0.62, 0.38], horizontal_spacing=0.06)
    figure.add_vline(
        x=metric.guessing,
        line_dash="dot",
        line_color=colours.muted,
        row=1,
        col=1,
        exclude_empty_subplots=False,
    )
    for at, place in enumerate(places):
        name, key = told[place.candidate.key], place.candidate.key
        shade = colours.accent if key in equal and not place.withheld else colours.muted
        figure.add_scatter(
            x=[place.score.value],
            y=[at],
            mode="markers",
            showlegend=False,
            marker={
                "size": 11,
                "color": shade,
                "symbol": "circle-open" if place.withheld else "circle",
                "line": {"width": 2},
            },
            error_x=whiskers([place.score], sure=sure and not place.withheld) | {"width": 3, "color": shade},
            hovertemplate=f"{hover(name)}<br>{written(metric.name, place.score, sure)}<extra></extra>",
            row=1,
            col=1,
        )
        if place.ranks is not None and sure:
            _rank(figure, at, place.ranks, shade, name)
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=at,
            yref="y",
            yshift=15,
            showarrow=False,
            text=f"{hover(name, _LABEL).split('<br>')[0]}  <b>{shown(metric, place.score.value)}</b>",
            font={"size": 12, "color": colours.text},
            bgcolor=colours.surface,  # the line of chance does not run through the name
            borderpad=0,
        )
    ends = [end for p in places for end in (p.score.value, p.score.low, p.score.high) if math.isfinite(end)]
    drawn = ends if sure else [place.score.value for place in places]
    low, high = min([*drawn, metric.guessing]), max([*drawn, metric.guessing])
    room = 0.06 * max(high - low, 0.02)
    figure.add_annotation(
        x=metric.guessing,
        xref="x",
        y=1,
        yref="paper",
        yanchor="bottom",
        text=_("chance {guess}", guess=f"{metric.guessing:g}"),
        showarrow=False,
        font={"size": 11, "color": colours.muted},
    )
    figure.update_xaxes(
        title=metric_title(run, metric.name), range=[low - room, high + room], zeroline=False, row=1, col=1
    )
    figure.update_xaxes(
        title=_("rank"), range=[0.4, len(board.ranked) + 0.6], zeroline=False, nticks=5, row=1, col=2
    )
    figure.update_yaxes(range=[len(places) - 0.6, -0.8], showticklabels=False, showgrid=False, zeroline=False)
    show(
        figure,
        _("How good, and which ranks are possible"),
        "chart-board",
        _note(board),
        height=120 + 42 * len(places),
    )


def _rank(figure: go.Figure, at: int, found: Ranks, shade: str, name: str) -> None:
    tip = _(
        "rank {low} to {high}, {mean} on average; first in {share}",
        low=found.low,
        high=found.high,
        mean=fixed(found.mean, 1),
        share=percent(found.first),
    )
    told = f"{hover(name)}<br>{hover(tip)}<extra></extra>"
    figure.add_scatter(
        x=[found.low, found.high],
        y=[at, at],
        mode="lines",
        showlegend=False,
        line={"color": shade, "width": 7},
        opacity=0.35,
        hovertemplate=told,
        row=1,
        col=2,
    )
    figure.add_scatter(
        x=[found.mean],
        y=[at],
        mode="markers",
        showlegend=False,
        marker={"size": 9, "color": shade, "symbol": "line-ns-open", "line": {"width": 3}},
        hovertemplate=told,
        row=1,
        col=2,
    )


def _note(board: Leaderboard) -> str:
    run = board.best.candidate.run
    return _(
        "n = {n:,} {units} over {over}; a dot is a candidate's score, its line the 95% interval; the bar at the right the "
        "ranks of 95% of the resamples, its tick the mean rank. Grey: told to be worse than the best; hollow: no verdict; "
        "dotted: chance.",
        n=board.together.rows,
        units=units(run, board.data),
        over=plain(board.together.evidence.over),
    )
