"""How the selected rows differ from the rest: what happened, the run's score, and the words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.metrics import main_metric, shown
from core.evaluate.predictions import MEAN
from core.evaluate.slices import FEWEST_ROWS, LEVEL, Slice
from core.maps.selection import (
    MOST_STORIES,
    Apart,
    TellingWords,
    outcomes_apart,
    scores_apart,
    telling_words,
)
from core.train.run import Run
from core.ui.evaluate.text import metric_title, written
from core.ui.maps.selection.chosen import Selection
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    bold,
    class_name,
    md,
    percent,
    points,
    points_interval,
    signed_percent,
)


def against_the_rest(chosen: Selection) -> None:
    """Compare what happened, the main score and the mean prediction with those of all other rows."""
    data, run = chosen.data, chosen.run
    known = chosen.rows.tobytes(), chosen.sealed.tobytes(), data.id
    with st.spinner(_("Comparing with the rest …")):
        apart = _outcomes(data, *known, run.settings.horizon if run else data.horizon)
        scored = _scores(run, data, run.id, chosen.rows.tobytes()) if run else None
    if data.target_kind:
        st.markdown(bold(_answer(apart)))
    lines = [_outcome_line(one) for one in apart]
    if run is not None and scored is not None:
        lines += [_score_line(run, *scored), *_prediction_lines(run, data, chosen.rows)]
    if lines:
        table(pd.DataFrame(lines), "map-apart", _("The selected headlines and the rest"), rows=len(lines))
    if apart:
        inside, outside = apart[0].events
        st.caption(
            _(
                "What happened is counted by event ({inside:,} with a selected headline, {outside:,} others), its interval "
                "by trading day; the score by tested headline.",
                inside=inside,
                outside=outside,
            )
            if data.has_sessions
            else _(
                "What happened is counted by row ({inside:,} selected, {outside:,} others), its interval by story.",
                inside=inside,
                outside=outside,
            )
        )
    if run is not None:
        _of_score(run, scored)
    st.caption(
        _(
            "You chose this region after seeing the colours, so it is no test. Check a difference in other data before you "
            "rely on it."
        )
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _outcomes(_data: Dataset, rows: bytes, sealed: bytes, dataset_id: str, horizon: int) -> list[Apart]:
    selected, hidden = (np.frombuffer(part, np.int64) for part in (rows, sealed))
    return outcomes_apart(_data, selected, hidden, horizon)


@st.cache_data(max_entries=32, show_spinner=False)
def _scores(_run: Run, _data: Dataset, run_id: str, rows: bytes) -> tuple[Slice, Slice] | None:
    return scores_apart(_run.predictions, _data, _run.settings.evaluation, np.frombuffer(rows, np.int64))


def _answer(apart: list[Apart]) -> str:
    if not apart:
        return md("There is nothing to compare: one of the two sides has no event whose outcome is known.")
    sure = [one for one in apart if one.difference.low > 0 or one.difference.high < 0]
    if sure:
        most = max(sure, key=lambda one: abs(one.difference.value))
        return md(
            "What happened differs from the rest: {what}, {difference} percentage points.",
            what=_what(most),
            difference=points_interval(most.difference, 1 if most.label else 2),
        )
    if all(np.isnan(one.difference.low) for one in apart):
        return md("Too few trading days, or stories, on one of the two sides to tell whether they differ.")
    return md("What happened does not clearly differ from the rest: chance alone can explain it.")


def _what(one: Apart) -> str:
    return _("mean return") if one.label is None else _("share of “{label}”", label=class_name(one.label))


def _line(what: str, inside: str, outside: str, difference: str) -> dict[str, str]:
    return {
        "": what,
        _("selected"): inside,
        _("the rest"): outside,
        _("difference"): difference,
    }


def _outcome_line(one: Apart) -> dict[str, str]:
    write = signed_percent if one.label is None else percent
    places = 2 if one.label is None else 1
    difference = _("{points} pp", points=points_interval(one.difference, places))
    return _line(_what(one), write(one.inside), write(one.outside), difference)


def _score_line(run: Run, inside: Slice, outside: Slice) -> dict[str, str]:
    metric = main_metric(run.task)
    one, other = (
        written(metric.name, made.score, made.blocks >= FEWEST_BLOCKS) for made in (inside, outside)
    )
    difference = shown(metric, inside.difference, difference=True)
    return _line(metric_title(run, metric.name), one, other, difference)


def _prediction_lines(run: Run, data: Dataset, rows: np.ndarray) -> list[dict[str, str]]:
    test = run.predictions.test
    inside, mean = np.isin(test.positions(data), rows), test[MEAN]
    if not run.classes:
        one, other = float(mean[inside].mean()), float(mean[~inside].mean())
        difference = _("{points} pp", points=points(one - other))
        return [_line(_("mean predicted return"), signed_percent(one), signed_percent(other), difference)]
    found = []
    for k in [len(run.classes) - 1] if len(run.classes) == 2 else range(len(run.classes)):
        one, other = float(mean[inside, k].mean()), float(mean[~inside, k].mean())
        what = _("mean probability of “{label}”", label=class_name(run.classes[k]))
        difference = _("{points} pp", points=points(one - other, 1))
        found.append(_line(what, percent(one), percent(other), difference))
    return found


def _of_score(run: Run, scored: tuple[Slice, Slice] | None) -> None:
    """Say what can be made of the score."""
    if scored is None:
        st.caption(
            _("The run has tested rows on one of the two sides only, so there is no score to compare.")
        )
        return
    inside = min(scored, key=lambda made: made.rows)
    title = metric_title(run, main_metric(run.task).name)
    if inside.rows < FEWEST_ROWS or np.isnan(inside.p_value):
        st.caption(
            md(
                "{metric}: too few tested headlines to compare ({n:,} selected, {rest:,} others), or a single outcome "
                "among them.",
                metric=title,
                n=scored[0].rows,
                rest=scored[1].rows,
            )
        )
    elif inside.p_value < LEVEL:
        st.caption(md("{metric} clearly differs from that of the rest.", metric=title))
    else:
        st.caption(
            md(
                "{metric} does not clearly differ from that of the rest: chance alone can explain it.",
                metric=title,
            )
        )


def words(chosen: Selection) -> None:
    """List the words that are more frequent in the selected headlines than in the others."""
    with st.spinner(_("Reading the words …")):
        telling = _words(chosen.data, chosen.data.id, chosen.rows.tobytes())
    _say_drawn(telling)
    found = telling.table
    if found.empty:
        st.info(
            _("No word is clearly more frequent in the selected headlines than in the others."),
            icon=":material/search_off:",
        )
        return
    rare = found["outside"] == 0
    times = np.round(found["inside"] / found["outside"].where(~rare, 1), 1)
    listed = pd.DataFrame(
        {
            _("word"): found["word"],
            _("selected"): [percent(share, 1) for share in found["inside"]],
            _("the rest"): [percent(share, 1) for share in found["outside"]],
            _("times as frequent"): [
                UNKNOWN if none else f"{x:,}" for none, x in zip(rare, times, strict=True)
            ],
            _("headlines"): found["count"],
        }
    )
    table(listed, "map-words-apart", _("Words that are more frequent in the selection"), rows=10)
    st.caption(
        _(
            "Shares of headlines, one of each story. For every word the difference is larger than chance explains, corrected "
            "for the number of words compared (hypergeometric test, Holm's correction)."
        )
    )


def _say_drawn(telling: TellingWords) -> None:
    if telling.drawn:
        st.caption(
            _(
                "At most {n:,} stories inside and {n:,} outside the selection were read, drawn at random.",
                n=MOST_STORIES,
            )
        )


@st.cache_data(max_entries=32, show_spinner=False)
def _words(_data: Dataset, dataset_id: str, rows: bytes) -> TellingWords:
    return telling_words(_data, np.frombuffer(rows, np.int64))
