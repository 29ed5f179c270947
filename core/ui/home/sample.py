"""The sample: its finished result as a miniature, drawn from what ships with the app, and the click that opens it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Literal

import numpy as np
import streamlit as st

from core.errors import UserError
from core.evaluate.leakage import SHORT, Step
from core.evaluate.metrics import METRICS, shown
from core.train.prepared import put_prepared, shipped_run, shipped_staircase
from core.train.run import Run
from core.ui import navigation, state
from core.ui.data.build import SAMPLE_NAME, load_sample
from core.ui.evaluate.text import metric_title
from core.ui.home.results import verdict_card
from core.ui.text import _
from core.ui.theme import palette

BAR = 7.0  # height of the tallest bar, in rem


def miniature() -> None:
    """Draw the sample's verdict and what is left of a careless score; nothing where no result is shipped."""
    run, steps = shipped_run(), shipped_staircase()
    if run is None:
        return
    st.subheader(_("What you get"), anchor=False)
    with st.container(border=True, key="miniature"):
        left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
        with left:
            st.html(
                verdict_card(run, _("This is the result of the sample: synthetic headlines and returns."))
            )
        with right:
            st.html(_stairs(run, steps))


def buttons(primary: bool) -> None:
    """Draw the two ways to begin: the sample's finished result, and a file of one's own."""
    with st.container(horizontal=True):
        kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
        if st.button(_("Try the synthetic sample"), type=kind, icon=":material/science:"):
            with st.spinner(_("Opening the sample …")):
                opened = open_sample()
            navigation.go("evaluate" if opened else "data")
        if st.button(_("Load my own file"), icon=":material/upload_file:"):
            state.choose(dataset="")
            navigation.go("data")


def open_sample() -> bool:
    """Put the sample and its prepared run into the workspace and choose both; return whether the run is there.

    Where it cannot be put, the sample alone is read, and the page that follows says so.
    """
    try:
        run = put_prepared(_(SAMPLE_NAME))
    except UserError as error:
        load_sample()
        st.session_state["notice"] = error.message
        return False
    state.choose(dataset=run.dataset_id, run=run.id, **state.space_of_run(run))
    return True


def _stairs(run: Run, steps: Sequence[Step]) -> str:
    """Return the staircase as HTML: a bar for each rule, from chance up to its score."""
    shown_steps = [step for step in steps if np.isfinite(step.value)]
    if not shown_steps:
        return ""
    metric, colours = METRICS[steps[0].metric], palette()
    top = max(step.value for step in shown_steps) - metric.guessing
    bars = []
    for step in shown_steps:
        height = max((step.value - metric.guessing) / top, 0) if top > 0 else 0
        colour = colours.unsure if step is shown_steps[0] else colours.accent
        name = html.escape(_(SHORT[step.step]))
        bars.append(
            f"<li><div><b>{shown(metric, step.value)}</b>"
            f'<i style="height: {height * BAR:.1f}rem; background: {colour}"></i></div><span>{name}</span></li>'
        )
    title = _("{metric} under stricter and stricter rules", metric=metric_title(run, metric.name))
    chance = _("The line is chance, {score}.", score=shown(metric, metric.guessing))
    told = _("A careless test shows the first number, an honest one the last.")
    return (
        f'<div class="stairs"><p class="title">{html.escape(title)}</p><ol>{"".join(bars)}</ol>'
        f"<p>{html.escape(told)} {html.escape(chance)}</p></div>"
    )
