"""A run from a file, brought into this workspace: with its table it needs nothing that is here."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from core.compare.run_file import import_run
from core.errors import Message
from core.jobs import Job, Report, queue
from core.ui import jobs
from core.ui.text import _, md, translate_md


def bring() -> None:
    """Ask for a run's file, import it, and say what came of it."""
    brought = st.session_state.get("import-run") is not None
    with st.expander(_("Bring a run from a file"), expanded=brought, icon=":material/upload:"):
        st.markdown(
            _(
                "A run that was taken away here or in another workspace. It is checked before it is opened, and its test is "
                "counted: a score that was seen elsewhere was seen."
            )
        )
        uploaded = st.file_uploader(_("A run as zip"), type="zip", key="import-run")
        if uploaded is None:
            return
        content = uploaded.getvalue()
        name = hashlib.sha256(content).hexdigest()[:16]
        if jobs.panel("import", file=name):
            return
        if last := ended("import", file=name):
            for sentence in sentences(last):
                st.success(translate_md(sentence))
            return

        def work(report: Report) -> dict[str, Any]:
            made = import_run(content, report)
            opened = {"run": made.run_id, "dataset": made.dataset_id} if made.table else {}
            return opened | {"sentences": [sentence.as_dict() for sentence in made.sentences()]}

        if st.button(md("Import {file}", file=uploaded.name), key="import-it", type="primary"):
            jobs.submit("import", {"file": name}, work)


def ended(kind: str, **subject: str) -> Job | None:
    """Return the newest job of a kind where it was done."""
    last = queue().find(kind, **subject)
    return last if last and last.status == "done" else None


def sentences(job: Job) -> list[Message]:
    """Return what a job that was done has to say."""
    return [Message.from_dict(saved) for saved in job.result.get("sentences", ())]
