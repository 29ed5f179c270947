"""The work of a tuning, in the background."""

from __future__ import annotations

import json

import streamlit as st

from core.data.dataset import Dataset
from core.embed import resolve
from core.errors import UserError
from core.jobs import Report
from core.tune.pipeline import Source, tune, tuning_folder
from core.tune.settings import TuneSettings
from core.ui import jobs
from core.ui.text import translate_md


def start(data: Dataset, source: Source, settings: TuneSettings) -> None:
    """Queue a tuning; what cannot be tuned is said at once."""
    try:
        settings = settings.resolved(resolve(settings.encoder))
        examples, parts = source.split(settings)
    except UserError as error:
        st.error(translate_md(error.message))
        return

    def work(report: Report) -> dict[str, str]:
        return {"tuned": tune(source, settings, report).id}

    subject = {
        "dataset": data.id,
        "settings": json.dumps(settings.as_dict(), sort_keys=True),
        "folder": str(tuning_folder(examples, settings)),
    }
    size = settings.epochs * len(parts.train)
    jobs.submit("tune", subject, work, size, f"tune-{settings.method}-{settings.encoder}")
