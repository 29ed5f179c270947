"""The settings of a training, and the picture of its folds over time."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.locale import N_
from core.train.features.registry import EXTRAS
from core.train.settings import OUTLETS, TrainSettings, default_split
from core.train.splits.preview import preview
from core.ui import state
from core.ui.text import TASKS, _, count, told
from core.ui.theme import DATES, palette, show

SPLIT_CHOICES = {
    "time": N_("by time: learn on earlier sessions, test on later ones"),
    "group": N_("by group: near-duplicates and one company's session stay on one side"),
    "company": N_("by company: whole companies are held out"),
    "random": N_("at random: shows what leakage does, not how good the model is"),
}
UNITS = {"event": N_("events (company and session)"), "headline": N_("single headlines")}
WEIGHTINGS = {"events": N_("every event counts the same"), "rows": N_("every row counts the same")}
WINDOWS = {"expanding": N_("all earlier sessions"), "rolling": N_("as many sessions each time")}
CALIBRATIONS = {
    "none": N_("none"),
    "sigmoid": N_("sigmoid (few rows)"),
    "isotonic": N_("isotonic (many rows)"),
}
PARTS = {
    "train": N_("learn"),
    "test": N_("test"),
    "purged": N_("purged"),
    "embargoed": N_("embargo"),
    "grouped": N_("story is in the test"),
    "left_out": N_("left out"),
}


def settings_form(data: Dataset) -> TrainSettings | None:
    """Ask for the settings and draw the folds; return the settings once the user has pressed the button."""
    tasks = ["classify", "regress"] if data.target_kind == "return" else ["classify"]
    companies = data.frame["company"].nunique() > 1
    splits = [
        s for s in SPLIT_CHOICES if (s != "time" or data.has_sessions) and (s != "company" or companies)
    ]
    left, right = st.columns(2)
    with left:
        task = st.radio(_("Predict"), tasks, format_func=lambda t: _(TASKS[t]))
        unit = st.radio(
            _("What is scored"),
            list(UNITS),
            index=0 if data.has_sessions else 1,
            disabled=not data.has_sessions,
            format_func=lambda u: _(UNITS[u]),
            help=_(
                "An event is one company in one session: all its headlines share "
                "an outcome and can be traded once. Its prediction is the mean of its headlines'."
            ),
        )
    with right:
        split = st.radio(
            _("Test"),
            splits,
            index=splits.index(default_split(data)),
            format_func=lambda s: _(SPLIT_CHOICES[s]),
        )
    with st.expander(_("Test settings"), icon=":material/calendar_month:"):
        test = _test_settings(data)
    with st.expander(_("Features and models"), icon=":material/tune:"):
        model = _model_settings(data, task)
    if split != "time":
        test |= {"folds": 0, "sealed": False}
    try:
        settings = TrainSettings(
            task=task,
            split=split,
            unit=unit,
            encoder=state.encoder(),
            pooling=state.pooling(),
            **test,
            **model,
        )
        plan = _preview(data, data.id, settings)
    except UserError as error:
        st.error(told(error.message))
        return None
    if data.has_sessions:
        folds_picture(plan, settings)
    return settings if st.button(_("Train the models"), type="primary") else None


def _test_settings(data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    dated = data.has_sessions
    with left:
        share = st.slider(_("Share held out for the test (%)"), 10, 50, 20, 5)
        folds = st.number_input(
            _("Walk-forward folds"),
            0,
            20,
            5 if data.sessions >= 40 else 0,
            disabled=not dated,
            help=_(
                "Tests one after another before the holdout, each learning from earlier sessions alone. They say "
                "more than one holdout, and take longer."
            ),
        )
    with middle:
        horizon = st.number_input(
            _("Horizon (sessions)"),
            1,
            250,
            data.plan.target.horizon if data.plan else 1,
            help=_(
                "How many sessions the target looks ahead. So many sessions before the test are left out of "
                "training, since their outcomes were not known yet (purge)."
            ),
        )
        embargo = st.number_input(
            _("Embargo (sessions)"),
            0,
            250,
            0,
            disabled=not dated,
            help=_("Further sessions left out between training and test."),
        )
    with right:
        window = st.radio(
            _("Each fold learns from"), list(WINDOWS), format_func=lambda w: _(WINDOWS[w]), disabled=not dated
        )
        sealed = st.checkbox(
            _("Seal the holdout"),
            disabled=not dated or not folds,
            help=_("It is not scored until you open it, once; the folds give the score meanwhile."),
        )
    return {
        "test_share": share / 100,
        "folds": int(folds) if dated else 0,
        "horizon": int(horizon),
        "embargo": int(embargo) if dated else 0,
        "window": window,
        "sealed": bool(sealed and folds and dated),
    }


def _model_settings(data: Dataset, task: str) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        use_press = st.checkbox(
            _("Let the models see the press outlet"),
            value=bool(data.roles.press),
            disabled=not data.roles.press,
        )
        outlets = st.number_input(
            _("Outlets told apart"),
            1,
            200,
            OUTLETS,
            disabled=not data.roles.press,
            help=_("The most frequent ones of the training rows; all others count as one."),
        )
        extras = st.multiselect(
            _("Also read from the headline"), list(EXTRAS), format_func=lambda e: _(EXTRAS[e].title)
        )
        components = st.number_input(
            _("Principal components of the vector"),
            0,
            512,
            0,
            help=_("0 leaves the vector as it is. Fitted on the training rows of each fold."),
        )
        winsor = st.number_input(
            _("Clip features at each tail (%)"),
            0.0,
            20.0,
            0.0,
            0.5,
            help=_("Winsorising: the most extreme training values of each feature are cut to a quantile."),
        )
    with right:
        weighting = st.radio(
            _("In training"),
            list(WEIGHTINGS),
            format_func=lambda w: _(WEIGHTINGS[w]),
            disabled=not data.has_sessions,
        )
        balanced = st.checkbox(
            _("Let every class weigh the same"),
            disabled=task != "classify",
            help=_("For rare classes. Probabilities then no longer match frequencies."),
        )
        calibrate = st.radio(
            _("Calibrate probabilities"),
            list(CALIBRATIONS),
            disabled=task != "classify",
            format_func=lambda c: _(CALIBRATIONS[c]),
            help=_("On later inner sessions of the training rows."),
        )
        tune = st.number_input(
            _("Search for better parameters (minutes)"),
            0,
            600,
            0,
            help=_(
                "On inner sessions before the first test. Often it gains nothing on later days. A search that "
                "you cancel keeps the best so far: the next one with these settings begins there."
            ),
        )
        seed = st.number_input(_("Seed"), 0, 10_000, 0, help=_("The same seed gives the same run."))
    return {
        "use_press": use_press,
        "outlets": int(outlets),
        "extras": tuple(extras),
        "components": int(components),
        "winsor": winsor / 100,
        "weighting": weighting,
        "class_weight": "balanced" if balanced and task == "classify" else "none",
        "calibrate": calibrate if task == "classify" else "none",
        "tune_seconds": int(tune) * 60,
        "seed": int(seed),
    }


@st.cache_data(max_entries=16, show_spinner=False)
def _preview(_data: Dataset, dataset: str, settings: TrainSettings) -> pd.DataFrame:
    return preview(_data, settings)


def folds_picture(plan: pd.DataFrame, settings: TrainSettings) -> None:
    """Draw which sessions each fold learns from, leaves out and tests on."""
    colours = palette()
    look = {
        "train": (colours.middle, "square"),
        "test": (colours.accent, "square"),
        "purged": (colours.high, "x-thin"),
        "embargoed": (colours.low, "x-thin"),
    }
    numbers = [*sorted(n for n in plan["fold"].unique() if n), 0]
    holdout = _("holdout (sealed)") if settings.sealed else _("holdout")
    names = {n: _("fold {n}", n=n) if n else holdout for n in numbers}
    figure = go.Figure()
    for part, (colour, symbol) in look.items():
        rows = plan[plan["part"] == part]
        if rows.empty:
            continue
        texts = [_("{n:,} rows", n=n) for n in rows["rows"]]
        figure.add_scattergl(
            x=rows["session"],
            y=rows["fold"].map(names),
            mode="markers",
            name=_(PARTS[part]),
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 8,
                "line": {"width": 2 if "x" in symbol else 0, "color": colour},
            },
            text=texts,
            hovertemplate="%{x|%Y-%m-%d} · %{text}<extra>" + _(PARTS[part]) + "</extra>",
        )
    figure.update_yaxes(
        categoryorder="array", categoryarray=[names[n] for n in reversed(numbers)], type="category"
    )
    figure.update_xaxes(tickformatstops=DATES)
    grouped = int(plan.loc[plan["part"] == "grouped", "rows"].sum())
    note = _("A mark is one session of one fold.")
    if grouped:
        note += " " + _(
            "{n} training rows are also left out because their story is in the test.", n=count(grouped)
        )
    show(figure, _("What each test learns from"), "chart-folds", note, height=190 + 34 * len(numbers))
