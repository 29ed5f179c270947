"""Loading a table, step by step: upload, join, plan, dataset."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.reading import Source
from core.errors import UserError
from core.ui import jobs
from core.ui.data.build import build
from core.ui.data.draft import Draft
from core.ui.data.join import join_form, show_join
from core.ui.data.plan_form import plan_form
from core.ui.data.report import FIRST
from core.ui.data.upload import next_upload, upload
from core.ui.tables import table
from core.ui.text import _, md, translate_md


def panel() -> None:
    """Draw everything about loading a table."""
    ended = jobs.ended("load")
    if ended and ended.status == "done":
        st.session_state.pop("draft", None)
    if jobs.panel("load", own=True):
        return
    upload()
    draft: Draft | None = st.session_state.get("draft")
    if draft is None:
        return
    for number, source in enumerate(draft.sources):
        _preview(source, number, draft.plan.roles.headline)
    whole = _table(draft)
    if whole is None:
        return
    plan = plan_form(draft.plan, draft.reasons, whole, draft.horizon)
    if plan is not None:
        build(draft.sources, draft.intake, plan)
    elif st.button(_("Discard, and load nothing"), type="tertiary"):
        st.session_state.pop("draft", None)
        next_upload()
        st.rerun()


def _table(draft: Draft) -> pd.DataFrame | None:
    """Return the file's table, or ask how two files belong together and return what they make; None without that."""
    first, *others = draft.intake.tables
    if not others:
        return first
    join = join_form(first, others[0], draft.plan)
    if join is None:
        return None
    try:
        joined = draft.join(join)
    except UserError as error:
        st.error(translate_md(error.message))
        return None
    show_join(joined, first, others[0])
    return joined.frame


def _preview(source: Source, number: int, headline: str) -> None:
    read = source.table
    names = {",": _("comma"), "\t": _("tab"), ";": _("semicolon")}
    how = [read.format.upper(), read.encoding.upper(), names.get(read.delimiter, read.delimiter)]
    if len(read.sheets) > 1:
        how.append(_("sheet {sheet} of {sheets}", sheet=read.sheet, sheets=", ".join(read.sheets)))
    st.caption(
        md(
            "{name}: {rows:,} rows, {columns} columns · {how}",
            name=source.name,
            rows=len(read.frame),
            columns=read.frame.shape[1],
            how=" · ".join(part for part in how if part),
        )
    )
    if read.titles:
        st.caption(md("Lines above the header that were left out: {titles}", titles=" / ".join(read.titles)))
    narrow = {name: st.column_config.Column(width=84) for name in read.frame if name != headline}
    table(
        read.frame.head(FIRST),
        f"preview-{number}",
        rows=6,
        column_config=narrow if headline in read.frame else {},
    )
