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
from core.ui.data.upload import upload
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
    for source in draft.sources:
        _preview(source)
    table = _table(draft)
    if table is None:
        return
    plan = plan_form(draft.plan, draft.reasons, table, draft.horizon)
    if plan is not None:
        build(draft.sources, draft.intake, plan)


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


def _preview(source: Source) -> None:
    table = source.table
    names = {",": _("comma"), "\t": _("tab"), ";": _("semicolon")}
    how = [table.format.upper(), table.encoding.upper(), names.get(table.delimiter, table.delimiter)]
    if len(table.sheets) > 1:
        how.append(_("sheet {sheet} of {sheets}", sheet=table.sheet, sheets=", ".join(table.sheets)))
    st.caption(
        md(
            "{name}: {rows:,} rows, {columns} columns · {how}",
            name=source.name,
            rows=len(table.frame),
            columns=table.frame.shape[1],
            how=" · ".join(part for part in how if part),
        )
    )
    if table.titles:
        st.caption(md("Lines above the header that were left out: {titles}", titles=" / ".join(table.titles)))
    st.dataframe(table.frame.head(6), hide_index=True)
