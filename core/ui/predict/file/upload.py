"""The file to score: read, its columns guessed and to be corrected, and scored in the background."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import streamlit as st

from core.data.formats.registry import endings, titles
from core.data.ingest import Intake
from core.data.plan import Roles
from core.data.reading import RawTable, ReadOptions, read_table
from core.errors import UserError
from core.evaluate.ledger import any_sealed
from core.jobs import Report
from core.predict import keep_scored, score_table
from core.predict.scoring.batch import guess_columns
from core.train.run import Run
from core.ui import jobs
from core.ui.text import _, md, translate_md


def upload(run: Run) -> None:
    """Ask for a file and for its columns, and queue the scoring."""
    uploaded = st.file_uploader(
        _("Headlines to score ({formats})", formats=titles()),
        key=f"score-upload-{st.session_state.get('score-uploads', 0)}",
        help=_("A file is known by its content. Usual endings: {endings}", endings=endings()),
    )
    if uploaded is None:
        return
    content = uploaded.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    try:
        read = _read(content, digest)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    roles, skip = _form(run, read.frame, f"{digest[:12]}-{read.sheet}")
    if roles is not None:
        _submit(run, read.frame, uploaded.name, roles, skip, f"{digest} {read.sheet}")


def _read(content: bytes, digest: str) -> RawTable:
    """Return the file's table, read once for each file and sheet; of several sheets the reader chooses one."""
    sheets = st.session_state.get("score-sheets", {}).get(digest, ())
    sheet = st.selectbox(_("Sheet"), sheets, key=f"score-sheet-{digest[:12]}") or "" if sheets else ""
    known: tuple[tuple[str, str], RawTable] | None = st.session_state.get("score-table")
    if known is None or known[0] != (digest, sheet):
        with st.spinner(_("Reading the file …")):
            read = read_table(content, ReadOptions(sheet=sheet))
        known = st.session_state["score-table"] = (digest, sheet), read
        if len(read.sheets) > 1 and not sheet:
            st.session_state["score-sheets"] = {digest: read.sheets}
            st.rerun()
    return known[1]


def _form(run: Run, table: pd.DataFrame, key: str) -> tuple[Roles | None, bool]:
    """Ask which column is which; return the roles once the button is pressed, and whether sealed rows are left out."""
    columns = list(table.columns)
    try:
        guessed = guess_columns(Intake([table]))
    except UserError:
        guessed = Roles("")
        st.warning(_("No column looks like headlines. Choose it yourself."))

    def pick(label: str, wanted: str | None) -> str | None:
        options = [None, *columns]
        index = options.index(wanted) if wanted in options else 0
        chosen: str | None = st.selectbox(
            label, options, index=index, format_func=lambda name: _("(none)") if name is None else name
        )
        return chosen

    with st.form(f"score-{run.id}-{key}"):
        first, second, third = st.columns(3)
        with first:
            index = columns.index(guessed.headline) if guessed.headline in columns else None
            headline = st.selectbox(_("Headline"), columns, index=index)
        with second:
            press = pick(_("Press outlet"), guessed.press)
        with third:
            date = pick(_("Date or time"), guessed.date)
        _features(run, columns)
        skip = any_sealed() and st.checkbox(
            _("Leave out rows of a sealed holdout"),
            help=_("Their predictions would give the score of the holdout away, so they are not made."),
        )
        label = _("Score {rows:,} rows", rows=len(table))
        if not st.form_submit_button(label, type="primary", icon=":material/playlist_add_check:"):
            return None, bool(skip)
    if headline is None:
        st.error(_("Choose the column that holds the headlines."))
        return None, bool(skip)
    return Roles(headline, press, date), bool(skip)


def _features(run: Run, columns: list[str]) -> None:
    """Say which of the run's features the file has: they are known by their names."""
    names = run.preparation.features
    found = [name for name in names if name in columns]
    if found:
        st.caption(md("Features found by their names: {columns}.", columns=", ".join(found)))
    if lacking := [name for name in names if name not in columns]:
        st.caption(
            md(
                "The file lacks these features, so they count as missing: {columns}.",
                columns=", ".join(lacking),
            )
        )


def _submit(run: Run, table: pd.DataFrame, name: str, roles: Roles, skip: bool, content: str) -> None:
    def work(report: Report) -> dict[str, str]:
        scored = score_table(run, table, roles, report, skip)
        return {"scored": keep_scored(run.id, name, len(table), scored).id}

    asked = json.dumps([roles.as_dict(), skip, content], sort_keys=True)
    subject = {"run": run.id, "asked": hashlib.sha256(asked.encode()).hexdigest()}
    st.session_state["score-uploads"] = st.session_state.get("score-uploads", 0) + 1
    st.session_state.pop("score-table", None)
    jobs.submit("score", subject, work, len(table), f"score-{run.settings.encoder}")
