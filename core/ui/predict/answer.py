"""What the ensemble expects, large, with its interval and what is usual."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.coverage import realised_coverage
from core.evaluate.predictions import MEAN
from core.locale import N_
from core.predict import Intervals, Prediction, Question, Standing, standing
from core.predict.scoring.cautions import LEARNED
from core.predict.standing import HIGHER, LOWER, USUAL
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import model_name, share
from core.ui.evaluate.verdict import Verdict
from core.ui.predict.known import known
from core.ui.predict.live import usual
from core.ui.text import _, class_name, md, percent, points, signed_percent, translate_md
from core.ui.theme import palette

_MARKS = {HIGHER: "▲", USUAL: "＝", LOWER: "▼"}
_STATES = {
    HIGHER: N_("Higher than usual"),
    USUAL: N_("Neither high nor low for this run"),
    LOWER: N_("Lower than usual"),
}
_SENTENCES = {
    HIGHER: N_(
        "It is higher than {share} of the predictions of the test; the middle half lie from {low} to {high}."
    ),
    USUAL: N_("It lies in the middle half of the predictions of the test, from {low} to {high}."),
    LOWER: N_(
        "It is lower than {share} of the predictions of the test; the middle half lie from {low} to {high}."
    ),
}
_OF_ALL = {
    HIGHER: N_("It is higher than every prediction of the test; the middle half lie from {low} to {high}."),
    LOWER: N_("It is lower than every prediction of the test; the middle half lie from {low} to {high}."),
}


def written(run: Run, value: float) -> str:
    """Write a prediction of the run: a probability in whole percents, or a return."""
    return percent(value) if run.classes else signed_percent(value)


def name(run: Run, explained: int) -> str:
    """Return what is predicted, as plain text: "ensemble: probability of win"."""
    if not run.classes:
        return _("{model}: return", model=model_name(MEAN))
    return _(
        "{model}: probability of {label}", model=model_name(MEAN), label=class_name(run.classes[explained])
    )


def placed(run: Run, made: Prediction, explained: int) -> Standing | None:
    """Return where the ensemble's prediction stands among those of the test."""
    at = explained if run.classes else 0
    return standing(float(made.values[MEAN][at]), usual(run, run.id, explained), bool(run.classes))


def hero(run: Run, data: Dataset, made: Prediction, explained: int) -> None:
    """Draw the prediction large, with its state, its interval where there is one, and a sentence on what is usual.

    Of three or more classes the number of one is smaller: the large one is that of the most likely class.
    """
    value = float(made.values[MEAN][explained if run.classes else 0])
    found = placed(run, made, explained)
    around = intervals(run, data, explained)
    low, high = around.at(np.array([value]))[0] if around else (np.nan, np.nan)
    ends = f"[{written(run, low)}, {written(run, high)}]" if np.isfinite(low) else ""
    mark, word = (_MARKS[found.place], _(_STATES[found.place])) if found else ("", "")
    shade, of = _shade(run, found, explained), name(run, explained)
    st.html(
        Verdict(mark, word, shade, written(run, value), ends, of).html("side" if len(run.classes) > 2 else "")
    )
    if found:
        middle = {"low": written(run, found.low), "high": written(run, found.high)}
        template = _OF_ALL.get(found.place) if found.share == 1 else None
        st.markdown(md(template or _SENTENCES[found.place], share=percent(found.share), **middle))
    if ends and around is not None and run.classes:
        _followed(run, around, value, explained)
    elif ends:
        _brackets(run, data)
    st.caption(_headline_part(made))
    if made.unseen_press:
        st.info(
            _("The models have never seen this outlet; it counts as “other”."), icon=":material/newspaper:"
        )


def most_likely(run: Run, made: Prediction) -> None:
    """Draw the most likely of three or more classes large."""
    best = int(np.argmax(made.values[MEAN]))
    label, chance = class_name(run.classes[best]), float(made.values[MEAN][best])
    word = _("{label} is the most likely", label=label)
    st.html(Verdict("✓", word, palette().text, percent(chance), of=name(run, best)).html())


def _shade(run: Run, found: Standing | None, explained: int) -> str:
    """Return the colour of the number: red and blue where higher means up."""
    colours = palette()
    upward = not run.classes or (len(run.classes) == 2 and explained in (-1, 1))
    if found is None or found.place == USUAL or not upward:
        return colours.text
    return colours.high if found.place == HIGHER else colours.low


def intervals(run: Run, data: Dataset, explained: int) -> Intervals | None:
    """Return what makes the interval of a prediction, once per run and class; None where nothing can."""
    return _intervals(run, data, run.id, explained)


@st.cache_resource(max_entries=16, show_spinner=False)
def _intervals(_run: Run, _data: Dataset, run_id: str, explained: int) -> Intervals | None:
    return Intervals.of(_run, _data, explained)


def _followed(run: Run, around: Intervals, value: float, explained: int) -> None:
    """Say how often the class followed predictions like this one, and whether the number is far from it."""
    low, high = around.at(np.array([value]))[0]
    seen = md(
        "After the {n:,} out-of-sample predictions nearest to it, {label} followed in {seen} [{low}, {high}] of cases.",
        n=around.rows,
        label=class_name(run.classes[explained]),
        seen=percent(around.seen(value)),
        low=percent(low),
        high=percent(high),
    )
    if value > high:
        seen += " " + _("So the number is too high.")
    elif value < low:
        seen += " " + _("So the number is too low.")
    st.markdown(seen)


def _brackets(run: Run, data: Dataset) -> None:
    """Say what the brackets around a return are and how often they held it."""
    covered = evaluated(realised_coverage, run, data)
    if isinstance(covered, Message):
        return
    st.caption(
        md(
            "The brackets are to hold the return in {level} of cases, by the errors of the walk-forward; on the holdout "
            "they did in {realised}.",
            level=percent(covered.level),
            realised=share(covered.fixed[0].realised, covered.fixed[0].enough),
        )
    )


def _headline_part(made: Prediction) -> str:
    """Say how far the headline itself moved the prediction."""
    said = [place for place, group in enumerate(made.reasons.groups) if group in headline_groups()]
    if not said:
        return _("The run was trained without headlines, so this one changes nothing.")
    moved = float(made.reasons.values[MEAN][0, said].sum())
    return _("The headline moved the prediction by {points} percentage points.", points=points(moved))


def learned(run: Run, data: Dataset, question: Question) -> None:
    """Say so where the models learned from this headline, or from nearly the same one."""
    if known(run, data).learned_from(question.headline):
        st.warning(translate_md(LEARNED.sentence), icon=":material/school:")


def before_calibration(run: Run, made: Prediction, explained: int) -> None:
    """Say what calibration changed, where there is one: the contributions explain the probability before it."""
    if run.parts.calibrators:
        st.info(
            md(
                "Calibration changed the probability from {before} to {after}; the contributions below explain the "
                "{before}.",
                before=percent(float(made.reasons.prediction[MEAN][0])),
                after=percent(float(made.values[MEAN][explained])),
            )
        )
