"""The last verdicts of the workspace as cards that open them, read from the runs' records alone."""

from __future__ import annotations

import html
from collections.abc import Collection

import streamlit as st

from core.data.library import list_datasets
from core.evaluate.lift_text import HELP, STATES, UNSURE, state
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import MEAN
from core.train.run import Run
from core.train.runs import list_runs
from core.ui.evaluate.hero import MARKS, told
from core.ui.evaluate.text import metric_title, written
from core.ui.pages import PAGES
from core.ui.text import UNKNOWN, _, run_label
from core.ui.theme import palette

MOST, IN_A_ROW = 6, 3


def last_results() -> bool:
    """Draw the newest verdicts, each a card that opens it; nothing where none but the prepared one is there.

    Return whether they were drawn.
    """
    runs = list_runs()[:MOST]
    if all(run.prepared for run in runs):
        return False
    st.subheader(_("Last results"), anchor=False)
    tables = {entry.id for entry in list_datasets()}
    for start in range(0, len(runs), IN_A_ROW):
        for cell, run in zip(st.columns(IN_A_ROW), runs[start : start + IN_A_ROW], strict=False):
            with cell, st.container(border=True, key=f"result-{run.id}", height="stretch"):
                _result(run, tables)
    return True


def _result(run: Run, tables: Collection[str]) -> None:
    st.html(verdict_card(run))
    if run.dataset_id not in tables:
        st.caption(_("Its table is no longer in the library."))
        return
    settings = run.settings
    chosen = {"dataset": run.dataset_id, "run": run.id}
    st.page_link(
        PAGES["evaluate"].file,
        label=_("Open this result"),
        icon=":material/arrow_forward:",
        query_params=chosen | {"encoder": settings.encoder, "pooling": settings.pooling},
    )


def verdict_card(run: Run, about: str = "") -> str:
    """Return a run's verdict as HTML: its state by mark, word and colour, the lift with its interval, and of what.

    `about` stands instead of table, kind and date.
    """
    mark, word, colour, number, ends, of = _verdict(run)
    parts = [run.dataset_name, run_label(run)] + [_("Prepared with the app")] * run.prepared
    about = about or " · ".join(parts)
    told = (html.escape(text) for text in (word, number, ends, of, about))
    word, number, ends, of, about = told
    return (
        f'<div class="result" style="--state: {colour}"><p class="state"><span>{mark}</span>{word}</p>'
        f'<p class="number">{number} <small>{ends}</small></p><p class="of">{of}</p><p class="about">{about}</p></div>'
    )


def _verdict(run: Run) -> tuple[str, str, str, str, str, str]:
    """Return mark, word, colour, number, interval, and what the number is."""
    colours = palette()
    if run.lift is None:
        metric = main_metric(run.task).name
        score = run.scores.get(MEAN, {}).get(metric)
        sure = not run.withheld and (run.evidence is None or run.evidence.enough)
        whole = written(metric, score, sure=sure) if score else UNKNOWN
        number, _space, ends = whole.partition(" ")
        of = _("{metric} of the ensemble", metric=metric_title(run, metric))
        return "–", _("Not compared with the table alone"), colours.muted, number, ends, of
    lift, scale = run.lift, METRICS[run.lift.metric]
    kind = state(lift)
    colour = {HELP: colours.good, UNSURE: colours.unsure}.get(kind, colours.muted)
    known = told(lift)
    low, high = (shown(scale, end, difference=True) for end in (lift.low, lift.high))
    number = _("±0") if lift.unread else shown(scale, lift.value, difference=True)
    of = _("{metric} with headlines minus without", metric=metric_title(run, lift.metric))
    return MARKS[kind], _(STATES[kind]), colour, number, f"[{low}, {high}]" if known else "", of
