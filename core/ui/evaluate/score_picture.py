"""The picture of scores: a row a model, its value at the dot, its interval a line, chance a line with its word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS, shown
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import metric_title, whiskers, written
from core.ui.text import _, hover
from core.ui.theme import palette

_LABEL = 18  # characters of a row's name in one line
_ROOM = 0.24  # of the axis, that an interval needs to have its ends printed
_FAINT = 0.4  # opacity of what no verdict may rest on


@dataclass(frozen=True)
class Row:
    """A row of the picture: its name, a word on what it is, its score, and whether it is only compared with."""

    name: str
    score: Interval
    compared: bool = False
    word: str = ""

    @property
    def label(self) -> str:
        """The name with its word below, in lines that a phone has room for."""
        name = hover(self.name, _LABEL)
        return f"{name}<br><i>{hover(self.word, _LABEL + 4)}</i>" if self.word else name


def draw(run: Run, metric: str, rows: list[Row], title: str, key: str, note: str, enough: bool) -> None:
    """Draw the rows from top to bottom; faint, with a word, where there is not `enough` for a verdict."""
    colours, guess = palette(), METRICS[metric].guessing
    low, high = _reach([row.score for row in rows], guess, enough)
    figure = go.Figure()
    figure.add_vline(x=guess, line_dash="dot", line_color=colours.muted)
    for row in rows:
        shade = colours.muted if row.compared else colours.accent
        figure.add_scatter(
            x=[row.score.value],
            y=[row.label],
            mode="markers",
            showlegend=False,
            marker={
                "size": 12,
                "color": shade,
                "symbol": "diamond" if row.compared else "circle",
                "opacity": 1 if enough else _FAINT,
            },
            error_x=whiskers([row.score], sure=enough) | {"width": 4, "color": shade},
            hovertemplate=f"{hover(row.name)}: {written(metric, row.score, enough)}<extra></extra>",
        )
    for row in rows:
        figure.add_annotation(
            x=row.score.value,
            y=row.label,
            text=f"<b>{shown(METRICS[metric], row.score.value)}</b>",
            showarrow=False,
            yshift=16,
            borderpad=0,
            bgcolor=colours.surface,
            font={"size": 14, "color": colours.text},
        )
    if enough:
        _ends(figure, metric, rows, high - low)
    words = {
        "showarrow": False,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "font": {"color": colours.muted},
    }
    chance = _("chance {guess}", guess=f"{guess:g}")
    figure.add_annotation(
        x=guess, text=chance, xanchor="left" if guess < low + (high - low) / 2 else "right", **words
    )
    if not enough:
        figure.add_annotation(
            x=high,
            text=_("too short a test for a verdict"),
            xanchor="right",
            **(words | {"y": 0, "yanchor": "bottom"}),
        )
    figure.update_yaxes(range=[len(rows) - (0.5 if enough else 0), -0.75], type="category")
    figure.update_xaxes(title=metric_title(run, metric), range=[low, high], zeroline=False)
    lines = sum(1 + bool(row.word) + row.label.count("<br>") * (not row.word) for row in rows)
    show(figure, title, key, note, height=130 + max(46 * len(rows), 24 * lines))


def _ends(figure: go.Figure, metric: str, rows: list[Row], span: float) -> None:
    """Print the ends of the intervals, small, where every one of them is wide enough for that."""
    known = [row for row in rows if np.isfinite(row.score.low) and row.score.low < row.score.high]
    if not known or min(row.score.high - row.score.low for row in known) < _ROOM * span:
        return
    for row in known:
        for end in (row.score.low, row.score.high):
            figure.add_annotation(
                x=end,
                y=row.label,
                text=shown(METRICS[metric], end),
                showarrow=False,
                yshift=-13,
                font={"size": 11, "color": palette().muted},
            )


def _reach(scores: list[Interval], guess: float, with_intervals: bool) -> tuple[float, float]:
    """Return the ends of the axis: all that is drawn, with room for the numbers printed at it."""
    drawn = [end for s in scores for end in ((s.value, s.low, s.high) if with_intervals else (s.value,))]
    ends = [end for end in drawn if np.isfinite(end)] + [guess]
    room = 0.09 * max(max(ends) - min(ends), 0.02)
    return min(ends) - room, max(ends) + room


def strongest(scores: Mapping[str, Mapping[str, Interval]], names: list[str], metric: str) -> str:
    """Return which of the names has the best score, "" where none has one."""
    known = [n for n in names if metric in scores.get(n, {}) and np.isfinite(scores[n][metric].value)]
    sign = 1 if METRICS[metric].higher_is_better else -1
    return max(known, key=lambda name: sign * scores[name][metric].value, default="")
