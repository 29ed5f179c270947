"""The predict page's parts: the headline and its numbers, the prediction, and its precedents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.coverage import realised_coverage
from core.evaluate.predictions import MEAN
from core.locale import P_
from core.predict import Precedent, Prediction, encode_headline, precedents, predict_headline
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import model_name, share
from core.ui.sealed import sealed_rows
from core.ui.text import (
    UNKNOWN,
    _,
    as_typed,
    bold,
    class_name,
    day,
    md,
    percent,
    points,
    signed_percent,
    today,
    translate_md,
)

SLIGHT = 0.05  # a difference of probability that nobody would act on


@dataclass(frozen=True)
class Typed:
    """What the reader typed: a headline, its features (NaN: missing), its outlet, and a date for precedents."""

    headline: str
    features: dict[str, float]
    press: str | None
    before: date


def form(run: Run, data: Dataset) -> Typed:
    """Ask for a headline, its features and outlet, and from before when precedents are wanted."""
    headline = headline_input(data)
    features = feature_inputs(run, data)
    left, right = st.columns(2)
    with left:
        press = press_input(run)
    with right:
        before = st.date_input(_("Only headlines before"), value=today(), key="precedents-before")
    return Typed(headline, features, press, before)


def headline_input(data: Dataset) -> str:
    """Ask for a headline; the newest one of the table that is not sealed stands there at first."""
    may_be_asked = np.setdiff1d(np.arange(len(data)), sealed_rows(data))
    known = data.frame.iloc[may_be_asked].sort_values(["session", "row"])["headline"].iloc[-1]
    return st.text_input(
        _("Headline"), value=known, max_chars=500, key=f"headline-{data.id}", persist_state="session"
    )


def feature_inputs(run: Run, data: Dataset) -> dict[str, float]:
    """Ask for the continuous features; the table's medians stand there at first, an empty field is missing."""
    names = run.preparation.features
    values: dict[str, float] = {}
    for start in range(0, len(names), 5):
        cells = st.columns(5)
        for cell, name in zip(cells, names[start : start + 5], strict=False):
            series = data.features[name].replace([np.inf, -np.inf], np.nan)
            step = float(series.std() / 4) if series.std() > 0 else 0.1
            with cell:
                key = f"feature-{run.id}-{name}"
                st.session_state.setdefault(key, float(f"{series.median():.4g}"))
                value = st.number_input(
                    as_typed(name),
                    value=None,
                    step=float(f"{step:.1g}"),
                    format="%.6g",
                    key=key,
                    persist_state="session",
                    placeholder=_("missing"),
                )
            values[name] = np.nan if value is None else float(value)
            if value is not None and not series.min() <= value <= series.max():
                st.caption(
                    _(
                        "outside the table's range: {low:.4g} to {high:.4g}",
                        low=series.min(),
                        high=series.max(),
                    )
                )
    return values


def press_input(run: Run) -> str | None:
    """Ask for the outlet: one that training knew, or a new one."""
    if not run.preparation.outlets:
        return None
    return st.selectbox(
        _("Press outlet"),
        list(run.preparation.outlets),
        key=f"press-{run.id}",
        accept_new_options=True,
        format_func=as_typed,
        persist_state="session",
        help=_("Type another name to try an outlet that the models have never seen."),
    )


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def vector(_run: Run, run_id: str, headline: str) -> np.ndarray:
    """Encode the headline, once per session and text."""
    return encode_headline(_run, headline)


def vector_or_error(run: Run, headline: str) -> np.ndarray:
    """Encode the headline; say what is wrong with it and end the page where it cannot be."""
    try:
        return vector(run, run.id, headline)
    except UserError as error:
        st.error(translate_md(error.message))
        st.stop()


def predicted(run: Run, vector: np.ndarray, typed: Typed) -> Prediction:
    """Predict what was typed, with the reasons; end the page where the headline is one of a sealed holdout."""
    try:
        return predict_headline(run, vector, typed.features, typed.press, typed.headline)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        st.stop()


def similar(data: Dataset, vectors: np.ndarray, vector: np.ndarray, typed: Typed) -> list[Precedent]:
    """Find the most similar headlines of the table from before the date that was typed."""
    before = pd.Timestamp(typed.before) if data.has_sessions else None
    return precedents(data, vectors, vector, typed.headline, before, sealed=sealed_rows(data))


def prediction(run: Run, made: Prediction) -> None:
    """Say what the ensemble expects, and beside it what each model says."""
    mean = made.values[MEAN]
    if run.classes:
        sentence = _leaning(run, made)
    else:
        sentence = _("The ensemble expects a return of {value}.", value=signed_percent(float(mean[0])))
    st.subheader(sentence, anchor=False)
    st.caption(_headline_part(run, made))
    with st.container(horizontal=True):
        for name in made.reasons.values:
            value = made.values[name]
            if run.classes:
                label = md(
                    "{model}: probability of {label}",
                    model=model_name(name),
                    label=class_name(run.classes[-1]),
                )
                st.metric(label, percent(value[-1]))
            else:
                st.metric(model_name(name), signed_percent(float(value[0])))
    if made.unseen_press:
        st.info(
            _("The models have never seen this outlet; it counts as “other”."), icon=":material/newspaper:"
        )


def _leaning(run: Run, made: Prediction) -> str:
    """Compare the probability with that of an average row: near it, nothing is said of this one."""
    mean, usual = made.values[MEAN], made.reasons.base[MEAN]
    up, best = class_name(run.classes[-1]), class_name(run.classes[int(np.argmax(mean))])
    words = {"up": up, "share": percent(mean[-1]), "usual": percent(usual), "best": best}
    if len(run.classes) > 2 or run.parts.calibrators:  # the base is of the probability before calibration
        return md("The ensemble gives {up} a probability of {share}; {best} is the most likely.", **words)
    apart = float(mean[-1]) - usual
    if abs(apart) < SLIGHT:
        return md(
            "The ensemble gives {up} a probability of {share}, about that of an average row ({usual}).",
            **words,
        )
    if apart > 0:
        return md(
            "The ensemble gives {up} a probability of {share}, higher than for an average row ({usual}).",
            **words,
        )
    return md(
        "The ensemble gives {up} a probability of {share}, lower than for an average row ({usual}).", **words
    )


def _headline_part(run: Run, made: Prediction) -> str:
    """Say how far the headline itself moved the prediction."""
    said = [place for place, group in enumerate(made.reasons.groups) if group in headline_groups()]
    if not said:
        return _("The run was trained without headlines, so this one changes nothing.")
    moved = float(made.reasons.values[MEAN][0, said].sum())
    return _("The headline moved the prediction by {points} percentage points.", points=points(moved))


def interval(run: Run, data: Dataset) -> None:
    """Say how far from the prediction of a return the outcome has been, where that was measured."""
    if run.classes:
        return
    found = evaluated(realised_coverage, run, data)
    if isinstance(found, Message) or not np.isfinite(found.half_width):
        return
    st.caption(
        md(
            "In {level} of cases the return should lie within ± {width} of this, by the errors of the walk-forward; on "
            "the holdout it did in {realised}.",
            level=percent(found.level),
            width=percent(found.half_width, 2),
            realised=share(found.fixed[0].realised),
        )
    )


def before_calibration(run: Run, made: Prediction) -> None:
    """Say what calibration changed, where there is one: the contributions explain the probability before it."""
    if run.parts.calibrators:
        st.info(
            md(
                "Calibration changed the probability from {before} to {after}; the contributions below explain the "
                "{before}.",
                before=percent(float(made.reasons.prediction[MEAN][0])),
                after=percent(float(made.values[MEAN][-1])),
            )
        )


def precedent_table(data: Dataset, found: list[Precedent]) -> None:
    """Show the nearest earlier headlines with what followed, and how many went up."""
    st.markdown(bold(_("The most similar earlier headlines, and what followed")))
    if sealed := len(sealed_rows(data)):
        st.caption(
            _(
                P_(
                    "{n:,} row of a sealed holdout is left out.",
                    "{n:,} rows of a sealed holdout are left out.",
                ),
                n=sealed,
            )
        )
    if not found:
        st.caption(_("There is no earlier headline with a known outcome."))
        return
    is_return = data.target_kind == "return"
    rows = [
        {
            _("similarity"): f"{p.similarity:.2f}",
            _("headline"): p.headline,
            _("outlet"): p.press or UNKNOWN,
            _("company"): p.company or UNKNOWN,
            _("session"): day(p.session),
            _("what followed"): _followed(p.target, is_return),
            _("row"): p.row,
        }
        for p in found
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    up = data.classes[-1] if data.classes else ""
    wins = sum((p.target > 0) if is_return else (p.target == up) for p in found)  # type: ignore[operator]
    st.caption(
        md(
            "{wins} of {n} ended in {label}. Similar words do not mean a similar outcome.",
            wins=wins,
            n=len(found),
            label=class_name(up),
        )
    )


def _followed(target: object, is_return: bool) -> str:
    if is_return:
        value = float(target)  # type: ignore[arg-type]
        mark = "▲" if value >= 5e-5 else "▼" if value <= -5e-5 else "―"
        return f"{mark} {signed_percent(value)}"
    return class_name(str(target))
