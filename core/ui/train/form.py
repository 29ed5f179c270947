"""The settings of a training, and the picture of its folds over time."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.settings import UNITS, default_unit
from core.locale import C_
from core.train.features.block import OUTLETS
from core.train.features.registry import EXTRAS
from core.train.settings import CALIBRATIONS, WEIGHTINGS, TrainSettings
from core.train.splits.plan import plan_splits
from core.train.splits.registry import SPLITS, default_split, possible_splits
from core.train.splits.splitters import WINDOWS
from core.ui import state
from core.ui.text import TASKS, _, translate_md
from core.ui.train.folds import folds_picture


def settings_form(data: Dataset, running: bool = False) -> TrainSettings | None:
    """Ask for the settings and draw the folds; return the settings once the user has pressed the button.

    While a training is `running` it cannot be pressed.
    """
    tasks = ["classify", "regress"] if data.target_kind == "return" else ["classify"]
    splits = [rule.key for rule in possible_splits(data)]
    left, right = st.columns(2)
    with left:
        task = st.radio(_(C_("form field", "Predict")), tasks, format_func=lambda t: _(TASKS[t]))
        unit = st.radio(
            _("What is scored"),
            list(UNITS),
            index=list(UNITS).index(default_unit(data)),
            disabled=not data.has_sessions,
            format_func=lambda u: _(UNITS[u]),
            help=_(
                "An event is one company in one session: all its headlines share "
                "an outcome and can be traded once. Its prediction is the mean of its headlines'."
            ),
        )
    with right:
        split = st.radio(
            _(C_("form field", "Test")),
            splits,
            index=splits.index(default_split(data)),
            format_func=lambda s: _(SPLITS[s].title),
        )
    with st.expander(_("Test settings"), icon=":material/calendar_month:"):
        test = _test_settings(data)
    with st.expander(_("Features and models"), icon=":material/tune:"):
        model = _model_settings(data, task)
    if not SPLITS[split].ordered:
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
        st.error(translate_md(error.message))
        return None
    if data.has_sessions:
        folds_picture(plan, settings)
    return settings if st.button(_("Train the models"), type="primary", disabled=running) else None


def _test_settings(data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    dated = data.has_sessions
    planned = data.plan.target.horizon if data.plan else 1
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
            planned,
            250,
            planned,
            help=_(
                "How many sessions the target looks ahead: at least as many as the table's plan says. So many "
                "sessions before the test are left out of training, since their outcomes were not known yet (purge)."
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
            _("Press outlets kept separate"),
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
    return plan_splits(_data, settings).timeline()
