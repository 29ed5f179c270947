"""Colours and one Plotly template for every chart, light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import plotly.graph_objects as go
import streamlit as st

from core.evaluate.predictions import MEAN
from core.train.models.registry import MODELS
from core.ui.text import as_typed, hover

FONT = "Pretendard, Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic, sans-serif"
CATEGORIES = (
    "#4477AA",
    "#EE7733",
    "#228833",
    "#AA3377",
    "#CCBB44",
    "#33A6CC",
    "#CC3311",
    "#009988",
    "#7755BB",
    "#997700",
    "#BB6688",
    "#557788",
)  # of names that have no order
OTHER = "#9aa3a6"  # of all names beyond those
# dates as numbers, so that no month is named in another language than the page's
DATES = [
    {"dtickrange": [None, 86_400_000], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%m-%d"},
    {"dtickrange": ["M1", None], "value": "%Y-%m"},
]


@dataclass(frozen=True)
class Palette:
    """The colours of one theme by their role.

    `high` is for win, gain and upward, `low` for lose, loss and downward, `middle` for what lies between them;
    `accent` for what a chart is about, `muted` for what it is compared with; `text`, `grid` for the frame;
    `faint` and `strong` for the least and the most of a share.
    """

    high: str
    low: str
    middle: str
    accent: str
    muted: str
    text: str
    grid: str
    faint: str = "rgba(15,118,110,0.05)"
    strong: str = "rgba(15,118,110,0.75)"

    @property
    def diverging(self) -> list[list[float | str]]:
        """Plotly's colour scale from low over the middle to high."""
        return [[0, self.low], [0.5, self.middle], [1, self.high]]

    @property
    def shares(self) -> list[list[float | str]]:
        """Plotly's colour scale of shares from 0 to 1."""
        return [[0, self.faint], [1, self.strong]]


LIGHT = Palette(
    high="#d6392d",
    low="#123e7c",
    middle="#c3c9ca",
    accent="#0f766e",
    muted="#5a6668",
    text="#1c2526",
    grid="#e3e8e8",
)
DARK = Palette(
    high="#f2604f",
    low="#8fbfff",
    middle="#4a565b",
    accent="#3fb5a7",
    muted="#9fb0b3",
    text="#e8eded",
    grid="#2c373c",
)


def palette() -> Palette:
    """Return the colours for this session: its theme, and red for up unless the reader turned it round."""
    colours = DARK if st.context.theme.type == "dark" else LIGHT
    if st.session_state.get("up_colour") == "blue":
        return replace(colours, high=colours.low, low=colours.high)
    return colours


def model_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each model; what is made of them all comes first and has the accent."""
    single = {name: CATEGORIES[MODELS[name].entry.colour] for name in names if name in MODELS}
    return {MEAN: palette().accent} | single


def show(figure: go.Figure, title: str, key: str, note: str = "", height: int = 380) -> None:
    """Draw a figure in the project's template, its title above and a note on what it shows below.

    Title and note are shown as typed; other texts of a figure go through `hover`.
    """
    colours = palette()
    has_legend = any(trace.name and trace.showlegend is not False for trace in figure.data)
    axis = {
        "gridcolor": colours.grid,
        "zerolinecolor": colours.muted,
        "linecolor": colours.grid,
        "automargin": True,
        "title": {"font": {"color": colours.muted}, "standoff": 14},
    }
    figure.update_layout(
        font={"family": FONT, "color": colours.text, "size": 13},
        title={"text": hover(title, 48), "x": 0, "xanchor": "left", "font": {"size": 15}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 48, "b": 88 if len(figure.data) > 1 and has_legend else 8},
        height=height,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        hoverlabel={"align": "left", "font": {"family": FONT}},
        separators=".,",
    )
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    st.plotly_chart(figure, theme=None, key=key, config={"displaylogo": False, "displayModeBar": False})
    if note:
        st.caption(as_typed(note))
