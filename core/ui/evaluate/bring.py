"""The form that takes a file of predictions, says how it was understood, and has it judged in the background."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.data.formats.registry import titles
from core.data.library import load_sources
from core.data.reading import ReadOptions, Source, read_table
from core.errors import UserError
from core.evaluate.foreign import ForeignSettings
from core.evaluate.foreign.columns import candidates, guess_task
from core.evaluate.foreign.keys import Keys, find_keys
from core.evaluate.foreign.settings import KINDS
from core.evaluate.settings import UNITS
from core.jobs import Report
from core.train.foreign import check, judge_and_record
from core.ui import jobs
from core.ui.text import TASKS, _, md, translate_md


def form(data: Dataset) -> None:
    """Ask for a file and for what cannot be seen in it, and queue the judging."""
    st.markdown(
        _(
            "Bring a table with one column of predictions for each model (probabilities, scores, ratings, classes or "
            "returns) and with the row number, an id, or headline and date. It gets the same intervals, the same comparison "
            "with the table alone, and an entry among the test accesses."
        )
    )
    uploaded = st.file_uploader(_("The predictions ({formats})", formats=titles()), key="predictions-file")
    if uploaded is None:
        return
    content = uploaded.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    try:
        table = _table(content, digest, _sheet(digest))
        sources = _sources(data)
        keys = find_keys(table, data, sources)
        columns = candidates(table, data, keys.used)
        task = guess_task(table, data, columns)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    st.caption(_matched_by(keys))
    settings = _settings(data, table, columns, keys, task, digest[:8])
    if settings is None:
        return
    try:
        with st.spinner(_("Looking at the rows …")):
            check(table, data, settings, sources)
    except UserError as error:
        st.error(translate_md(error.message))
    else:
        _submit(data, table, sources, uploaded.name, settings, digest)


def _settings(
    data: Dataset, table: pd.DataFrame, columns: list[str], keys: Keys, task: str, key: str
) -> ForeignSettings | None:
    """Return what the reader chose once the form is sent."""
    names = [str(name) for name in table.columns]
    with st.form(f"judge-{key}"):
        models = st.multiselect(
            _("Columns of predictions"),
            [name for name in names if name not in keys.used] or names,
            default=columns,
            help=_("One column for each model; of several classes, one for each class (model:class)."),
        )
        left, right = st.columns(2)
        with left:
            tasks = list(TASKS) if data.target_kind == "return" else ["classify"]
            chosen = st.selectbox(
                _("What is predicted"), tasks, index=tasks.index(task), format_func=lambda t: _(TASKS[t])
            )
            kind = st.selectbox(
                _("What the numbers are"),
                ["", *KINDS],
                format_func=lambda k: _(KINDS[k]) if k else _("automatic"),
            )
        with right:
            identity = st.selectbox(
                _("Rows are named by"),
                ["", *names],
                format_func=lambda name: name or _("automatic"),
                help=_("The row number, or an id that the table has too."),
            )
            unit = st.selectbox(_("What is scored"), list(UNITS), format_func=lambda u: _(UNITS[u]))
        st.markdown(_("From when to when did the model learn? Rows inside are scored apart."))
        first, last = st.columns(2)
        with first:
            begin = st.date_input(
                _("First day"), None, date(1990, 1, 1), date(2050, 1, 1), format="YYYY-MM-DD"
            )
        with last:
            end = st.date_input(
                _("Last day"),
                None,
                date(1990, 1, 1),
                date(2050, 1, 1),
                format="YYYY-MM-DD",
                help=_("Leave it empty where the model learned from nothing, as a person's rating."),
            )
        if not st.form_submit_button(_("Judge these predictions"), type="primary"):
            return None
    try:
        return ForeignSettings(
            task=chosen or "",
            id=identity or "",
            models=tuple(models),
            kind=kind or "",
            trained_from=begin.isoformat() if isinstance(begin, date) else "",
            trained_until=end.isoformat() if isinstance(end, date) else "",
            unit=unit or "event",
        )
    except UserError as error:
        st.error(translate_md(error.message))
        return None


def _submit(
    data: Dataset,
    table: pd.DataFrame,
    sources: list[Source],
    name: str,
    settings: ForeignSettings,
    digest: str,
) -> None:
    def work(report: Report) -> dict[str, str]:
        return {"evaluation": judge_and_record(table, name, data, settings, sources, report).id}

    asked = json.dumps(settings.as_dict(), sort_keys=True)
    jobs.submit("judge", {"dataset": data.id, "file": digest, "settings": asked}, work)


def _matched_by(keys: Keys) -> str:
    if keys.number or keys.id:
        return md("Rows are matched by {column}.", column=keys.number or keys.id or "")
    if keys.headline:
        return md("Rows are matched by {columns}.", columns=", ".join(keys.used))
    return _("Nothing in the file names its rows yet: choose the column below.")


def _sheet(digest: str) -> str:
    """Return the sheet of a workbook that the reader chose, once it is known to have several."""
    sheets = st.session_state.get("prediction-sheets", {}).get(digest, ())
    return st.selectbox(_("Sheet"), sheets, key=f"prediction-sheet-{digest[:8]}") or "" if sheets else ""


def _table(content: bytes, digest: str, sheet: str) -> pd.DataFrame:
    """Return the file's cells, read once for each file and sheet."""
    asked = digest, sheet
    known: tuple[tuple[str, str], pd.DataFrame] | None = st.session_state.get("predictions")
    if known is None or known[0] != asked:
        with st.spinner(_("Reading the file …")):
            read = read_table(content, ReadOptions(sheet=sheet))
        known = st.session_state["predictions"] = asked, read.frame
        if len(read.sheets) > 1 and not sheet:
            st.session_state["prediction-sheets"] = {digest: read.sheets}
            st.rerun()
    return known[1]


def _sources(data: Dataset) -> list[Source]:
    known: tuple[str, list[Source]] | None = st.session_state.get("prediction-sources")
    if known is None or known[0] != data.id:
        known = st.session_state["prediction-sources"] = data.id, load_sources(data.id)
    return known[1]
