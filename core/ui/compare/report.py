"""What is handed to others: a run's report, model card and tables, made as a job, looked at, and saved."""

from __future__ import annotations

import html
from datetime import datetime
from functools import partial

import streamlit as st

from core.compare.report import SavedReport, gather, save_reports, saved_report
from core.compare.report.files import CARD_PAGE, CARD_TEXT, REPORT, TABLES
from core.jobs import Report
from core.locale import LANGUAGES, N_
from core.train.run import Run
from core.train.runs import load_run
from core.ui import jobs, state
from core.ui.compare.shown import Shown
from core.ui.text import _, file_name, language, run_label

_HEIGHT = 720
_FILES = (
    (REPORT, N_("Report (HTML)"), "text/html", "report"),
    (CARD_PAGE, N_("Model card (HTML)"), "text/html", "card"),
    (CARD_TEXT, N_("Model card (Markdown)"), "text/markdown", "card"),
    (TABLES, N_("All tables (CSV, XLSX)"), "application/zip", "tables"),
)
_VIEWS = {REPORT: N_("Report"), CARD_PAGE: N_("Model card")}


def report(shown: Shown) -> None:
    """Let a run and a language be chosen; make the report of it, show it, and offer its files."""
    if not shown.runs:
        st.info(_("No runs yet: train one, and its report can be made here."))
        return
    st.markdown(
        _(
            "One file that opens without a network and prints to A4: the answer, the data, the method, the honest score, "
            "what drives it, examples, limits, and how to repeat it."
        )
    )
    run = _chosen_run(shown)
    _make(shown, run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tongue = st.segmented_control(
            _("Language of the report"),
            list(LANGUAGES),
            default=language(),
            format_func=LANGUAGES.__getitem__,
            required=True,
            key="report-language",
            persist_state="session",
        )
        view = st.segmented_control(
            _("Look at"),
            list(_VIEWS),
            default=REPORT,
            format_func=lambda name: _(_VIEWS[name]),
            required=True,
            key="report-view",
            persist_state="session",
        )
    saved = saved_report(run.id, tongue or language())
    if saved is None:
        st.caption(_("No report of this run has been made yet."))
        return
    _downloads(run, saved, tongue or language())
    _preview(saved.read(view or REPORT).decode("utf-8"))


def _chosen_run(shown: Shown) -> Run:
    by_id = {run.id: run for run in shown.runs}
    ids, chosen = list(by_id), state.chosen("run")
    picked = st.selectbox(
        _("Run"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda run_id: f"{run_label(by_id[run_id])} · {run_id[:6]}",
        key="report-run",
    )
    return by_id[picked if picked in by_id else ids[0]]


def _make(shown: Shown, run: Run) -> None:
    """Offer to make the report, quickly from what there is, or complete; show the job at work."""
    if jobs.panel("report", run=run.id):
        return
    complete = st.toggle(
        _("Compute what is missing first"),
        key="report-complete",
        persist_state="session",
        help=_(
            "Staircase, reasons, topics, words and map, as far as they have not been computed on their pages: takes minutes. "
            "Without it the report says what is not in it."
        ),
    )
    again = saved_report(run.id, language())
    label = _("Make the report again") if again else _("Make the report")
    if st.button(label, type="secondary" if again else "primary", key="make-report"):

        def work(reported: Report) -> None:
            save_reports(gather(load_run(run.id), shown.data, bool(complete), reported))

        pace = "report-complete" if complete else "report"
        jobs.submit("report", {"dataset": shown.data.id, "run": run.id}, work, len(shown.data), pace)


def _downloads(run: Run, saved: SavedReport, tongue: str) -> None:
    name = file_name(run.dataset_name.rsplit(".", 1)[0])[:60] or "run"
    with st.container(horizontal=True):
        for file, label, kind, word in _FILES:
            st.download_button(
                _(label),
                partial(saved.read, file),
                f"{word}-{name}-{run.id[:6]}-{tongue}.{file.rsplit('.', 1)[1]}",
                kind,
                icon=":material/download:",
                key=f"download-{file}",
                on_click="ignore",
            )
    made = f"{datetime.fromtimestamp(saved.made):%Y-%m-%d %H:%M}"
    st.caption(_("Made on {time}. What was found since is not in it: make it again.", time=made))


def _preview(page: str) -> None:
    """Show the file in a frame in which nothing runs, whatever it holds: sandboxed, and by its own policy."""
    frame = (
        '<!doctype html><meta charset="utf-8"><style>html,body,iframe{margin:0;border:0;width:100%;height:100%;'
        'display:block;background:#fff}</style><iframe sandbox="" srcdoc="'
        + html.escape(page)
        + '"></iframe>'
    )
    with st.container(border=True, key="report-preview"):
        st.iframe(frame, height=_HEIGHT)
