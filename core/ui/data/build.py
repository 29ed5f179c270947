"""The dataset that a plan makes of its files: made, saved and chosen."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

import streamlit as st

from core.data.dataset import Dataset
from core.data.ingest import File, Intake, ingest
from core.data.library import load_sources, save_dataset
from core.data.plan import Plan
from core.data.reading import Source
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import settings
from core.ui import jobs, state
from core.ui.data.upload import next_upload
from core.ui.text import _, translate_md

SAMPLE, SAMPLE_NAME = "headlines.csv", N_("Sample (synthetic)")
IN_THE_BACKGROUND = 50_000


def load_sample() -> None:
    """Read the sample table, save it in the library and choose it; say so where the disk does not allow it."""
    try:
        content = (settings().sample_data / SAMPLE).read_bytes()
        made = ingest([File(SAMPLE, content)], name=_(SAMPLE_NAME))
        save_dataset(made.dataset, made.sources)
    except UserError as error:
        st.session_state["notice"] = error.message
    else:
        state.choose(dataset=made.dataset.id)


def build(sources: Sequence[Source], intake: Intake, plan: Plan) -> None:
    """Make the dataset of a plan and choose it; in the background where the files are large."""
    name, rows = sources[0].name, len(sources[0].table.frame)

    def work(report: Report) -> dict[str, str]:
        data = intake.build(plan, name, report)
        save_dataset(data, sources)
        return {"dataset": data.id}

    if rows > IN_THE_BACKGROUND:
        next_upload()
        digest = hashlib.sha256(plan.to_json().encode()).hexdigest()
        jobs.submit("load", {"file": name, "plan": digest, "session": _session()}, work)
    try:
        with st.spinner(_("Reading {rows:,} rows …", rows=rows)):
            made = work(silent)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    st.session_state.pop("draft", None)
    next_upload()
    state.choose(**made)
    st.rerun()


def rebuild(data: Dataset, plan: Plan) -> None:
    """Make a dataset of the library anew from its files by another plan."""
    try:
        sources = load_sources(data.id)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    if sources:
        build(sources, Intake([source.table.frame for source in sources]), plan)
    else:
        st.error(_("The files of this table were not saved. Load them again."))


def _session() -> str:
    session: str = st.session_state.setdefault("load_session", uuid.uuid4().hex)
    return session
