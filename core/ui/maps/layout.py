"""How the map is laid out: the method and its settings, and the points at once or from a job."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.errors import UserError
from core.jobs import Report
from core.maps import METHODS, METRICS, MapSettings, coordinates, load_or_none, map_key
from core.ui import jobs
from core.ui.text import _, translate_md

_MADE = MapSettings()


def settings_form() -> MapSettings:
    """Let the reader choose the method, the dimensions and, folded away, what the method goes by."""
    method = st.segmented_control(
        _("Method"),
        list(METHODS),
        default=_MADE.method,
        required=True,
        key="map-method",
        format_func=lambda name: METHODS[name].title,
        persist_state="session",
        width="content",
    )
    sizes = {n: _("{n}-D", n=n) for n in (2, 3)}
    dimensions = st.segmented_control(
        _("Dimensions"),
        list(sizes),
        default=_MADE.dimensions,
        required=True,
        key="map-dimensions",
        format_func=sizes.__getitem__,
        persist_state="session",
        width="content",
    )
    chosen = MapSettings(method or _MADE.method, dimensions=dimensions or _MADE.dimensions)
    used = METHODS[chosen.method].parameters
    return _details(chosen, used) if used else chosen


def _details(chosen: MapSettings, used: tuple[str, ...]) -> MapSettings:
    with st.popover(_("Settings"), icon=":material/tune:"):
        if "neighbours" in used:
            neighbours = st.slider(
                _("Neighbours of a headline"),
                2,
                200,
                _MADE.neighbours,
                key="map-neighbours",
                help=_("Few show small groups, many the whole. 15 is a good start."),
                persist_state="session",
            )
            chosen = replace(chosen, neighbours=neighbours)
        if "min_dist" in used:
            min_dist = st.slider(
                _("Space between points"),
                0.0,
                1.0,
                _MADE.min_dist,
                0.05,
                key="map-min-dist",
                help=_(
                    "At 0 the points of a group lie close together, at 1 they are spread out. 0.1 is a good start."
                ),
                persist_state="session",
            )
            chosen = replace(chosen, min_dist=min_dist)
        if "perplexity" in used:
            perplexity = st.slider(
                _("Perplexity: how many neighbours count"),
                2,
                200,
                int(_MADE.perplexity),
                key="map-perplexity",
                help=_("Few show small groups, many the whole. 30 is a good start."),
                persist_state="session",
            )
            chosen = replace(chosen, perplexity=float(perplexity))
        if METHODS[chosen.method].of_neighbours:
            metrics = {name: _(metric.title) for name, metric in METRICS.items()}
            metric = st.selectbox(
                _("Similarity"),
                list(metrics),
                key="map-metric",
                format_func=metrics.__getitem__,
                persist_state="session",
            )
            st.caption(_(METRICS[metric].note))
            chosen = replace(chosen, metric=metric)
        seed = st.number_input(
            _("Seed"),
            0,
            2**31 - 1,
            _MADE.seed,
            key="map-seed",
            help=_("The same seed draws the same map again; another one shows what is chance in it."),
            persist_state="session",
        )
    return replace(chosen, seed=int(seed))


def note(settings: MapSettings) -> None:
    """Say what the chosen method is good at."""
    st.caption(_(METHODS[settings.method].note))


def layout(
    vectors: np.ndarray, settings: MapSettings, of: tuple[str, ...], size: int, dataset_id: str
) -> tuple[np.ndarray, MapSettings] | None:
    """Return the points `(rows, dimensions)` and the settings that they were made with; None where there is no map.

    A fast method's are made at once, another's come from the workspace or from a job; until it has ended, the fast
    method's points stand in. `of` names the vectors, and `size` is how many distinct ones there are, about.
    """
    if METHODS[settings.method].at_once:
        return _at_once(vectors, settings, of)
    key = _key(vectors, settings, of)
    places = load_or_none(key)
    if places is not None:
        return places, settings

    def work(report: Report) -> None:
        coordinates(vectors, settings, report)

    working = jobs.panel("map", key=key)
    found = _at_once(vectors, replace(settings, method=_MADE.method), of)
    if found is None:
        return None
    method = METHODS[settings.method].title
    if working:
        st.caption(
            _("Meanwhile the PCA is shown: the {method} takes its place when it is ready.", method=method)
        )
        return found
    st.info(
        _(
            "The {method} has not been computed yet; the PCA is shown. It is computed once and saved.",
            method=method,
        )
    )
    if st.button(_("Draw the map"), type="primary", key=f"draw-{key[:12]}"):
        pace = f"map-{settings.method}" + ("-3d" if settings.dimensions == 3 else "")
        jobs.submit("map", {"dataset": dataset_id, "key": key}, work, size, pace)
    return found


def _at_once(
    vectors: np.ndarray, settings: MapSettings, of: tuple[str, ...]
) -> tuple[np.ndarray, MapSettings] | None:
    try:
        return _fast(vectors, settings, of), settings
    except UserError as error:
        st.error(translate_md(error.message))
        return None


@st.cache_resource(max_entries=16, show_spinner=False)
def _fast(_vectors: np.ndarray, settings: MapSettings, of: tuple[str, ...]) -> np.ndarray:
    return coordinates(_vectors, settings)


@st.cache_resource(max_entries=32, show_spinner=False)
def _key(_vectors: np.ndarray, settings: MapSettings, of: tuple[str, ...]) -> str:
    return map_key(_vectors, settings)
