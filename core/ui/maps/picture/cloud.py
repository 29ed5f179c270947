"""A map of more points than a browser draws one by one: an image made of all of them, and some of them to hover over."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.maps.density import Density, density
from core.ui.maps.picture.points import part
from core.ui.maps.picture.scales import Layer, rgb
from core.ui.maps.picture.windows import Window

SAMPLE = 3_000  # points that can be hovered over


@dataclass(frozen=True, eq=False)
class Cloud:
    """The image of all points as a `data:` address, where it lies, and the layers of those that are points too."""

    source: str
    density: Density
    layers: list[Layer]

    @property
    def window(self) -> Window:
        """The part of the map that the image covers."""
        lies = self.density
        return Window(lies.left, lies.right, lies.bottom, lies.top)

    def draw_under(self, figure: go.Figure) -> None:
        """Put the image under a figure's points."""
        lies = self.density
        figure.add_layout_image(
            source=self.source,
            xref="x",
            yref="y",
            x=lies.left,
            y=lies.top,
            sizex=lies.right - lies.left,
            sizey=lies.top - lies.bottom,
            sizing="stretch",
            layer="below",
        )


@st.cache_resource(max_entries=8, show_spinner=False)
def cloud(_layers: Callable[[], list[Layer]], _at: np.ndarray, key: tuple[object, ...]) -> Cloud:
    """Return the cloud of the layers' points, which lie `at (rows of the dataset, 2)`, once per `key`."""
    from PIL import Image

    layers = _layers()
    rows = np.concatenate([layer.rows for layer in layers])
    colours = np.concatenate([rgb(layer) for layer in layers])
    found = density(_at[rows], colours)
    file = io.BytesIO()
    Image.fromarray(found.image).save(file, "PNG")
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    drawn = np.random.default_rng(0).choice(rows, min(SAMPLE, len(rows)), replace=False)
    return Cloud(source, found, [part(layer, np.isin(layer.rows, drawn)) for layer in layers])
