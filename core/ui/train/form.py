"""The settings of a training: what most people change first, the rest in a fold, and nothing that the table lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data.dataset import Dataset
from core.embed.classifier import classifiers
from core.errors import UserError
from core.evaluate.settings import UNITS, default_unit
from core.locale import C_
from core.train.features.block import OUTLETS
from core.train.features.classifier import KEY
from core.train.features.registry import EXTRAS
from core.train.models.registry import MODELS
from core.train.settings import ALL, CALIBRATIONS, FEATURES, HEADLINE, TABLE, WEIGHTINGS, TrainSettings
from core.train.splits.registry import SPLITS, default_split, possible_splits
from core.train.splits.splitters import WINDOWS
from core.ui import state
from core.ui.evaluate.text import model_name
from core.ui.text import TASKS, _, bold, translate_md
from core.ui.train import plan
from core.ui.train.folds import folds_picture


def settings_form(
    data: Dataset, running: bool = False, need_vectors: Callable[[], None] = lambda: None
) -> TrainSettings | None:
    """Ask for the settings and draw what they mean; return the settings once the user has pressed the button.

    While a training is `running` it cannot be pressed. `need_vectors` is called where the headlines are to be read, and
    may end the page.
    """
    top = st.container()
    chosen = _first(data)
    if chosen["features"] != TABLE:
        need_vectors()
    if caution := SPLITS[chosen["split"]].on(data.has_sessions).caution:
        st.markdown(f":material/info: {_(caution)}")
    with st.expander(_("More settings"), icon=":material/tune:"):
        tests, inputs, models = st.columns(3, gap="medium")
        with tests:
            st.markdown(bold(_("The test")))
            chosen |= _test(data, chosen["folds"])
        with inputs:
            st.markdown(bold(_("What the models see")))
            chosen |= _inputs(data, chosen["features"])
        with models:
            st.markdown(bold(_("How they learn")))
            chosen |= _learning(data, chosen["task"])
    try:
        settings = TrainSettings(encoder=state.encoder(), pooling=state.pooling(), **chosen)
        planned = plan.planned(data, data.id, settings)
    except UserError as error:
        with top:
            st.error(translate_md(error.message))
        return None
    with top:
        plan.answer(planned, settings)
    pressed = st.button(
        _("Train the models"), type="primary", disabled=running, icon=":material/model_training:"
    )
    if data.has_sessions:
        folds_picture(planned.timeline, settings)
    with st.expander(_("Details"), icon=":material/functions:"):
        plan.details(planned, settings)
    return settings if pressed else None


def _first(data: Dataset) -> dict[str, Any]:
    """Ask for what is predicted, from what, how it is tested, and in how many tests before the last."""
    tasks = ["classify", "regress"] if data.target_kind == "return" else ["classify"]
    splits = [rule.key for rule in possible_splits(data)]
    task = tasks[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(tasks) > 1:
            task = st.segmented_control(
                _(C_("form field", "Predict")),
                tasks,
                default=task,
                required=True,
                format_func=lambda t: _(TASKS[t]),
                key="train-task",
            )
        split = st.selectbox(
            _(C_("form field", "Test")),
            splits,
            index=splits.index(default_split(data)),
            format_func=lambda s: _(SPLITS[s].on(data.has_sessions).title),
            width=380,
        )
        folds = 0
        if SPLITS[split].ordered:
            folds = st.number_input(
                _("Walk-forward folds"),
                0,
                20,
                5 if data.sessions >= 40 else 0,
                width=180,
                help=_(
                    "Tests one after another before the holdout, each learning from earlier sessions alone. They say "
                    "more than one holdout, and take longer."
                ),
            )
        features = _features(data)
    return {"task": task or tasks[0], "split": split, "folds": int(folds), "features": features}


def _features(data: Dataset) -> str:
    """Ask what the models are given, where the table has more than headlines."""
    if not (data.roles.press or data.roles.numeric):
        return ALL
    chosen: str = st.selectbox(
        _("The models are given"),
        list(FEATURES),
        key=f"train-features-{data.id}",
        persist_state="session",
        format_func=lambda name: _(FEATURES[name]),
        width=180,
        help=_(
            "The table is what stands beside the headline: the features and the outlet. The table alone needs no encoder."
        ),
    )
    return chosen


def _test(data: Dataset, folds: int) -> dict[str, Any]:
    chosen: dict[str, Any] = {"unit": default_unit(data), "horizon": data.horizon}
    share = st.slider(_("Share held out for the test (%)"), 10, 50, 20, 5)
    if data.has_sessions:
        chosen["unit"] = st.radio(
            _("What is scored"),
            list(UNITS),
            index=list(UNITS).index(default_unit(data)),
            format_func=lambda u: _(UNITS[u]),
            help=_(
                "An event is one company in one session: all its headlines share "
                "an outcome and can be traded once. Its prediction is the mean of its headlines'."
            ),
        )
        chosen["horizon"] = st.number_input(
            _("Horizon (sessions)"),
            data.horizon,
            250,
            data.horizon,
            help=_(
                "How many sessions the target looks ahead: at least as many as the table's plan says. So many "
                "sessions before the test are left out of training, since their outcomes were not known yet (purge)."
            ),
        )
        chosen["embargo"] = st.number_input(
            _("Embargo (sessions)"),
            0,
            250,
            0,
            help=_("Further sessions left out between training and test."),
        )
    if folds:
        chosen["window"] = st.radio(
            _("Each fold learns from"), list(WINDOWS), format_func=lambda w: _(WINDOWS[w])
        )
        chosen["sealed"] = st.checkbox(
            _("Seal the holdout"),
            help=_("It is not scored until you open it, once; the folds give the score meanwhile."),
        )
    return chosen | {"test_share": share / 100}


def _inputs(data: Dataset, features: str) -> dict[str, Any]:
    """Ask for what is read of each row, so far as the models are given it."""
    chosen: dict[str, Any] = {"use_press": False}
    table, headline = features != HEADLINE, features != TABLE
    if table and data.roles.press:
        chosen["use_press"] = st.checkbox(_("Let the models see the press outlet"), value=True)
        chosen["outlets"] = st.number_input(
            _("Press outlets kept separate"),
            1,
            200,
            OUTLETS,
            help=_("The most frequent ones of the training rows; all others count as one."),
        )
    extras = st.multiselect(
        _("Also read from the headline") if headline else _("Also read"),
        [key for key, extra in EXTRAS.items() if (table if extra.source == "time" else headline)],
        format_func=lambda e: _(EXTRAS[e].title),
        placeholder=_("none"),
    )
    if KEY in extras:
        extras, chosen["classifier"] = _classifier(extras)
    if headline:
        components = st.number_input(
            _("Principal components of the vector"),
            0,
            512,
            0,
            help=_("0 leaves the vector as it is. Fitted on the training rows of each fold."),
        )
        chosen["components"] = int(components)
    if table and data.roles.numeric:
        winsor = st.number_input(
            _("Clip features at each tail (%)"),
            0.0,
            20.0,
            0.0,
            0.5,
            help=_("Winsorising: the most extreme training values of each feature are cut to a quantile."),
        )
        chosen["winsor"] = winsor / 100
    return chosen | {"extras": tuple(extras)}


def _classifier(extras: list[str]) -> tuple[list[str], str]:
    """Ask which classifier reads the headlines; leave the extra out where there is none."""
    names = {card.id: card.name for card in classifiers()}
    if not names:
        st.caption(_("No classifier was tuned here yet: tune one by classify on the Tune page."))
        return [extra for extra in extras if extra != KEY], ""
    chosen = st.selectbox(
        _("Classifier"),
        list(names),
        format_func=lambda encoder: names[encoder],
        help=_(
            "Its probabilities become columns. Texts that it learned from have none, since it is too sure of them: "
            "tune it on another table, so that there is enough to learn from."
        ),
    )
    return extras, chosen


def _learning(data: Dataset, task: str) -> dict[str, Any]:
    models = st.multiselect(
        _("Models"),
        list(MODELS),
        format_func=model_name,
        placeholder=_("all"),
        help=_("The ensemble is the mean of those that are chosen."),
    )
    chosen: dict[str, Any] = {"models": tuple(models)}
    if data.has_sessions:
        chosen["weighting"] = st.radio(
            _("In training"), list(WEIGHTINGS), format_func=lambda w: _(WEIGHTINGS[w])
        )
    if task == "classify":
        balanced = st.checkbox(
            _("Let every class weigh the same"),
            help=_("For rare classes. Probabilities then no longer match frequencies."),
        )
        chosen["class_weight"] = "balanced" if balanced else "none"
        chosen["calibrate"] = st.radio(
            _("Calibrate probabilities"),
            list(CALIBRATIONS),
            format_func=lambda c: _(CALIBRATIONS[c]),
            help=_("On later inner sessions of the training rows."),
        )
    minutes = st.number_input(
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
    return chosen | {"tune_seconds": int(minutes) * 60, "seed": int(seed)}
