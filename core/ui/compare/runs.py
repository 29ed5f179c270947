"""The runs of a table as things that one keeps: named, noted, starred, put away, repeated, handed on, deleted."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.compare.mlflow_mirror import address, mirror
from core.compare.repeat import repeat
from core.compare.run_file import export_run
from core.data.dataset import Dataset
from core.data.library import dataset_files
from core.errors import UserError
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.train.run import Run
from core.train.run_notes import LONGEST_NAME, LONGEST_NOTE, Notes, change_notes, notes_of
from core.train.runs import list_runs
from core.train.settings import FEATURES
from core.ui import jobs, state
from core.ui.compare.bring import bring, ended, sentences
from core.ui.compare.shown import Shown
from core.ui.evaluate import verdict
from core.ui.evaluate.text import metric_title, written
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    as_typed,
    bold,
    pooling_name,
    run_label,
    translate_md,
    when,
    when_made,
)
from core.ui.train.runs import delete_button, open_button

_DATA = "with-data"


def runs(shown: Shown) -> None:
    """List the table's runs, and do something with the one that is chosen in the list."""
    found = list_runs(shown.data.id, archived=True)
    put_away = [run for run in found if notes_of(run.id).archived]
    if put_away and not st.checkbox(
        _("Show archived runs ({n})", n=len(put_away)), key="show-archived", persist_state="session"
    ):
        found = [run for run in found if run not in put_away]
    if found:
        run = _chosen(found)
        st.markdown(bold(as_typed(f"{run_label(run)} · {run.id[:6]}")))
        _actions(run)
        _notes(run)
        _repeat(run, shown.data)
        _file(run)
    else:
        st.caption(_("No runs yet."))
    bring()


def _chosen(found: list[Run]) -> Run:
    drawn = table(
        pd.DataFrame([_row(run) for run in found]),
        "kept-runs",
        _("Runs of this table: choose one"),
        column_config={
            "★": st.column_config.TextColumn(width=40),
            _("name"): st.column_config.TextColumn(width=160),
        },
        on_select="rerun",
        selection_mode="single-row",
    )
    ids = [run.id for run in found]
    if rows := [row for row in drawn.selection.rows if row < len(found)]:
        return found[rows[0]]
    return found[ids.index(state.chosen("run"))] if state.chosen("run") in ids else found[0]


def _row(run: Run) -> dict[str, str]:
    notes, settings, metric = notes_of(run.id), run.settings, main_metric(run.task).name
    encoder = f"{settings.encoder.rsplit('/', 1)[-1]} · {pooling_name(settings.pooling)}"
    lift = UNKNOWN if run.lift is None else " ".join(verdict.written_lift(run.lift)).strip()
    score = written(metric, run.scores[MEAN][metric], run.believable)
    return {
        "★": "★" * notes.starred,
        _("name"): notes.name or run_label(run),
        _("score"): f"{metric_title(run, metric)} {score}",
        _("what the headlines add"): lift,
        _("encoder"): encoder if settings.reads_headline else UNKNOWN,
        _("reads"): _(FEATURES[settings.features]),
        _("note"): " ".join(notes.note.split())[:60],
        _("made"): when_made(run.created),
    } | ({_("archived"): "✓"} if notes.archived else {})


def _actions(run: Run) -> None:
    notes = notes_of(run.id)
    with st.container(horizontal=True):
        open_button(run)
        star = _("Take the star away") if notes.starred else _("Star")
        if st.button(star, key="star-run", icon=":material/star:"):
            _change(run, "starred", not notes.starred)
        archive = _("Take out of the archive") if notes.archived else _("Archive")
        if st.button(archive, key="archive-run", icon=":material/archive:"):
            _change(run, "archived", not notes.archived)
        if address() and st.button(_("Send to MLflow"), key="mirror-run", icon=":material/sync:"):
            jobs.submit("mirror", {"run": run.id}, lambda _report: {"sent": mirror(run)})
        delete_button(run)
    if address():
        jobs.panel("mirror", run=run.id)


def _notes(run: Run) -> None:
    """Ask for a name and a note; what another session has changed since they were drawn is not overwritten."""
    name_key, note_key, seen_key = (f"{part}-{run.id}" for part in ("name", "note", "seen-notes"))
    if name_key not in st.session_state:
        st.session_state[seen_key] = notes_of(run.id)
    seen: Notes = st.session_state[seen_key]
    with st.expander(_("Name and note"), icon=":material/edit:"), st.form(f"notes-{run.id}", border=False):
        name = st.text_input(
            _("Name"),
            seen.name,
            max_chars=LONGEST_NAME,
            key=name_key,
            help=_("It stands wherever the run is named. Without one the run is called by what it predicts."),
        )
        note = st.text_area(_("Note"), seen.note, max_chars=LONGEST_NOTE, key=note_key)
        if st.form_submit_button(_("Save")):
            typed = {"name": name, "note": note}
            changes = {field: text for field, text in typed.items() if text != getattr(seen, field)}
            try:
                change_notes(run.id, seen, **changes)
            except UserError as error:
                st.session_state["notice"] = error.message
            st.session_state[seen_key] = notes_of(run.id)
            st.rerun()


def _change(run: Run, field: str, value: bool) -> None:
    try:
        change_notes(run.id, None, **{field: value})
    except UserError as error:
        st.session_state["notice"] = error.message
    st.rerun()


def _repeat(run: Run, data: Dataset) -> None:
    with st.expander(_("Repeat this run"), icon=":material/replay:"):
        st.markdown(
            _(
                "The models are trained again with the same settings and seed, and held against the saved numbers. Only the "
                "differences are shown, no score, so this counts as no further test."
            )
        )
        if jobs.panel("repeat", run=run.id):
            return
        last = ended("repeat", run=run.id)
        if last:
            for number, sentence in enumerate(sentences(last)):
                show = st.markdown if number else (st.success if last.result.get("same") else st.warning)
                show(translate_md(sentence))
            st.caption(_("Last repeated on {when}.", when=when(last.finished or last.created)))
        vectors = None
        if run.settings.reads_headline:
            vectors = state.vectors_of(data, run.settings.encoder, run.settings.pooling)
            if vectors is None:
                st.info(_("First embed the headlines with the run's encoder and pooling, on the Embed page."))
                return

        def work(report: Report) -> dict[str, Any]:
            made = repeat(data, vectors, run, report)
            return {"same": made.same, "sentences": [sentence.as_dict() for sentence in made.sentences()]}

        if st.button(_("Repeat"), key="repeat-run"):
            jobs.submit("repeat", {"run": run.id}, work, len(data) * (run.settings.folds + 1))


def _file(run: Run) -> None:
    with st.expander(_("Take this run away as a file"), icon=":material/download:"):
        data = st.checkbox(_("With the data: the table with its headlines and outcomes"), key=_DATA)
        st.markdown(
            _("The file holds everything of the run and of its table: whoever has it can read the headlines.")
            if data
            else _(
                "The file holds the models, settings and scores, and of each tested row its number and what the models "
                "said: no headline, date, company, outcome or feature value. It does hold what the models learned: names "
                "of features and outlets, their averages, and single words where morphemes are read. Your note stays here."
            )
        )
        if data:
            size = sum(map(len, dataset_files(run.dataset_id).values())) / 2**20
            st.caption(_("The table is about {size:.1f} MB.", size=size))
        st.download_button(
            _("Download as zip"),
            data=lambda: export_run(run.id, data),
            file_name=f"run-{run.id}{'-with-data' if data else ''}.zip",
            mime="application/zip",
            key="export-run",
            on_click="ignore",
            icon=":material/download:",
        )
