"""How every chart is drawn: the project's template, a note below, and the chart to take away as PNG or SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.ui.takeaway import picture_buttons
from core.ui.text import as_typed, hover
from core.ui.theme import FONT, TRANSPARENT, palette

_CONFIG = {
    "displaylogo": False,
    "displayModeBar": True,  # hidden by the frame's style: its button makes the pictures
    "modeBarButtons": [["toImage"]],
    "scrollZoom": False,
}


def show(
    figure: go.Figure,
    title: str,
    key: str,
    note: str = "",
    height: int = 380,
    select: bool | Sequence[str] = False,
    zoom: bool = False,
    foot: int = 88,
    size: int = 13,
) -> Any:
    """Draw a figure in the project's template, its title above and a note on what it shows below.

    Title and note are shown as typed; other texts of a figure go through `hover`. Below stand buttons that
    save the chart as PNG and SVG with its title, note and date, and its values as CSV. With `select` a mark can be
    clicked, or marks are chosen in the ways it names ("box", "lasso"): what is selected is returned as `st.plotly_chart`
    does. With `zoom` the wheel zooms; `foot` is the room in pixels below the plot for the legend, `size` that of the type.
    """
    colours = palette()
    heading = hover(title, 44)
    has_legend = any(trace.name and trace.showlegend is not False for trace in figure.data)
    axis = {
        "gridcolor": colours.grid,
        "zerolinecolor": colours.muted,
        "linecolor": colours.grid,
        "automargin": True,
        "title": {"font": {"color": colours.muted, "size": size}, "standoff": 12},
    }
    axes = [name for name in figure.layout if name.startswith(("xaxis", "yaxis"))]
    figure.update_layout(  # in one go: each update of a figure costs ten milliseconds or more
        dict.fromkeys(axes, axis),
        font={"family": FONT, "color": colours.text, "size": size},
        title={
            "text": f"<b>{heading}</b>",
            "x": 0,
            "xanchor": "left",
            "y": 1 - 24 / height,  # of the first line; Plotly sets further lines below it
            "yanchor": "bottom",
            "yref": "container",
            "font": {"size": size + 4, "color": colours.text},
        },
        paper_bgcolor=TRANSPARENT,
        plot_bgcolor=TRANSPARENT,
        margin={
            "l": 8,
            "r": 8,
            "t": 30 + 22 * (heading.count("<br>") + 1),
            "b": foot if len(figure.data) > 1 and has_legend else 8,
        },
        height=height,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        hoverlabel={
            "align": "left",
            "bgcolor": colours.surface,
            "bordercolor": colours.grid,
            "font": {"family": FONT, "color": colours.text, "size": size},
        },
        separators=".,",
    )
    safe = re.sub(r"[^\w-]+", "-", key)
    modes = "points" if select is True else tuple(select or ())
    chosen: dict[str, Any] = {"on_select": "rerun", "selection_mode": modes} if modes else {}
    config = _CONFIG | {"scrollZoom": zoom}
    event = st.plotly_chart(figure, theme=None, key=safe, config=config, alt=title, **chosen)
    with st.container(key=f"under-{safe}", horizontal=True, vertical_alignment="top", gap="small"):
        st.caption(as_typed(note) if note else "&nbsp;")
        picture_buttons(safe, title, note)
    return event if select else None
