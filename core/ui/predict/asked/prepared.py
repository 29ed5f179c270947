"""Prepared questions: the history as a file, such a file loaded, and all that is not pinned deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.locale import P_
from core.predict import Question
from core.predict.asked import history as store
from core.predict.asked import scenarios
from core.predict.asked.history import History
from core.train.run import Run
from core.ui.predict.form import now
from core.ui.text import _, md, translate_md


def do(change: Callable[..., None], *args: object) -> None:
    """Change the history; where it cannot be written, the next page says why."""
    try:
        change(*args)
    except UserError as error:
        st.session_state["notice"] = error.message


def files(run: Run, data: Dataset, found: History) -> None:
    """Offer the questions as a file, and to load such a file; what is not pinned can be deleted."""
    with st.container(horizontal=True):
        if found.items:
            st.download_button(
                _("Save as JSON"),
                data=lambda: scenarios.to_json(found.items),
                file_name=f"questions-{run.id[:8]}.json",
                mime="application/json",
                icon=":material/download:",
                key="asked-json",
                on_click="ignore",
            )
        with st.popover(_("Load prepared questions"), icon=":material/upload:"):
            _load(run, data)
        if len(found.pinned) < len(found.items):
            with st.popover(_("Delete all"), icon=":material/delete_sweep:"):
                st.markdown(_("All questions that are not pinned are deleted."))
                st.button(
                    _("Delete them"),
                    type="primary",
                    key="clear-asked",
                    on_click=do,
                    args=(store.clear, run.id),
                )


def _load(run: Run, data: Dataset) -> None:
    st.caption(
        md(
            "A JSON file that was saved here, at most {n} questions: they are asked of this run and pinned in their order.",
            n=scenarios.MOST,
        )
    )
    turn = st.session_state.get("asked-files", 0)
    file = st.file_uploader(_("Questions"), type="json", key=f"asked-file-{turn}", max_upload_size=1)
    if file is None:
        return
    try:
        with st.spinner(_("Asking the questions …")):
            wanted = [(name, _timed(data, asked)) for name, asked in scenarios.from_json(file.getvalue())]
            kept, sealed = scenarios.prepare(run, wanted)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    template = P_("{n:,} question is pinned.", "{n:,} questions are pinned.")
    if sealed:
        template = P_(
            "{n:,} question is pinned. Left out, as of a sealed holdout: {sealed}.",
            "{n:,} questions are pinned. Left out, as of a sealed holdout: {sealed}.",
        )
    st.session_state["done"] = Message(template, {"n": kept, "sealed": sealed})
    st.session_state["asked-files"] = turn + 1
    st.rerun()


def _timed(data: Dataset, question: Question) -> Question:
    """Return a question as of now, where it says no time and the table has sessions, as the form does."""
    return replace(question, time=now(data)) if question.time is None and data.has_sessions else question
