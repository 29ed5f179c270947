"""Colours and one Plotly template for every chart, light and dark."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

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
)
OTHER = "#9aa3a6"


# dates as numbers, so that no month is named in another language than the page's
DATES = [
    {"dtickrange": [None, 86_400_000], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%m-%d"},
    {"dtickrange": ["M1", None], "value": "%Y-%m"},
]


@dataclass(frozen=True)
class Palette:
    """The colours of one theme: `high` for win, gain and upward, `low` for lose, loss and downward."""

    high: str
    low: str
    accent: str
    text: str
    muted: str
    grid: str
    middle: str


_LIGHT = Palette("#d6392d", "#123e7c", "#0f766e", "#1c2526", "#5a6668", "#e3e8e8", "#c3c9ca")
_DARK = Palette("#f2604f", "#8fbfff", "#3fb5a7", "#e8eded", "#9fb0b3", "#2c373c", "#4a565b")


def palette() -> Palette:
    """Return the colours for this session: its theme, and red for up unless the reader turned it round."""
    colours = _DARK if st.context.theme.type == "dark" else _LIGHT
    if st.session_state.get("up_colour") == "blue":
        return Palette(
            colours.low,
            colours.high,
            colours.accent,
            colours.text,
            colours.muted,
            colours.grid,
            colours.middle,
        )
    return colours


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
