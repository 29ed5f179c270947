"""The frame of a map: its axes in two or three dimensions, and the buttons that say what the mouse does."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from core.locale import N_
from core.maps import METHODS, MapSettings
from core.ui.maps.picture.windows import Window
from core.ui.text import _
from core.ui.theme import TRANSPARENT, palette

FEW_NAMES = 6  # in a legend of two or three lines on a phone
_MOUSE = {"pan": N_("Move"), "select": N_("Box"), "lasso": N_("Lasso")}


def frame_flat(figure: go.Figure, settings: MapSettings, selects: bool = True, inside: bool = False) -> None:
    """Give a map of two coordinates its axes of one scale; with `selects` the mouse moves it, or draws a box or a line.

    The buttons for that stand above the plot, or `inside` it, where the title is long.
    """
    method = METHODS[settings.method]
    axis = {"showticklabels": method.scaled, "zeroline": False, "showgrid": method.scaled}
    figure.update_xaxes(title=_(method.axis, n=1) if method.scaled else None, **axis)
    figure.update_yaxes(
        title=_(method.axis, n=2) if method.scaled else None, scaleanchor="x", scaleratio=1, **axis
    )
    figure.update_layout(dragmode="pan")
    if selects:
        figure.update_layout(updatemenus=[_mouse_buttons(inside)])


def frame_window(figure: go.Figure, window: Window) -> None:
    """Show this part of a map of two coordinates at first, and as much around it as its shape leaves room for."""
    figure.update_xaxes(range=[window.left, window.right])
    figure.update_yaxes(range=[window.bottom, window.top])


def frame_deep(figure: go.Figure, settings: MapSettings) -> None:
    """Give a map of three coordinates its axes; the mouse turns it."""
    method, colours = METHODS[settings.method], palette()
    axes: dict[str, Any] = {}
    for number, name in enumerate(("xaxis", "yaxis", "zaxis"), start=1):
        axes[name] = {
            "title": {"text": _(method.axis, n=number), "font": {"size": 12, "color": colours.muted}},
            "showticklabels": False,
            "gridcolor": colours.grid,
            "zerolinecolor": colours.grid,
            "showbackground": False,
            "showspikes": False,
        }
    figure.update_layout(
        scene={**axes, "aspectmode": "data", "bgcolor": TRANSPARENT, "dragmode": "turntable"}
    )


def room_below(figure: go.Figure, height: int) -> int:
    """Return the pixels that legend and bar need below a figure of so many; a bar that has names below it is lifted."""
    bars = [trace for trace in figure.data if trace.marker.showscale]
    names = {trace.name for trace in figure.data if trace.showlegend}
    if bars and names:
        bars[0].marker.colorbar.y = 30 / height
        return 126
    return 88 if len(names) <= FEW_NAMES else 122


def menu(buttons: list[dict[str, Any]], inside: bool = False, **more: Any) -> dict[str, Any]:
    """Return a row of buttons at the right, above the plot or `inside` it, in the page's colours."""
    colours = palette()
    return {
        "type": "buttons",
        "direction": "right",
        "buttons": buttons,
        "bgcolor": colours.surface,
        "bordercolor": colours.grid,
        "font": {"size": 13, "color": colours.text},
        "x": 1,
        "xanchor": "right",
        "y": 1,
        "yanchor": "top" if inside else "bottom",
        "pad": {"b": 4, "r": 0},
    } | more


def _mouse_buttons(inside: bool) -> dict[str, Any]:
    """Return the buttons that change what dragging does: in the browser, so that the view stays as it is."""
    buttons = [
        {"label": _(name), "method": "relayout", "args": [{"dragmode": mode}]}
        for mode, name in _MOUSE.items()
    ]
    return menu(buttons, inside, active=0)
