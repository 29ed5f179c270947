"""The library: the datasets of the workspace, to open, rename and delete."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.library import delete_dataset, list_datasets, rename_dataset
from core.errors import UserError
from core.locale import C_
from core.ui import state
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, translate_md, when


def library() -> None:
    """List the datasets of the workspace: open, rename, delete."""
    entries = list_datasets()
    if not entries:
        st.caption(_("The library is empty."))
        return
    listed = pd.DataFrame(
        [
            {
                _("name"): e.name,
                _("target"): e.roles.target or UNKNOWN,
                _("rows"): e.rows,
                _(C_("headlines", "distinct")): e.distinct_headlines,
                _("sessions"): e.sessions or None,
                _("saved on"): when(e.created),
            }
            for e in entries
        ]
    )
    table(listed, "library", _("The library"), rows=6)
    chosen = state.chosen("dataset")
    ids = [e.id for e in entries]
    names = {e.id: e.name for e in entries}
    picked = st.selectbox(
        _("Dataset"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: f"{names[i]} · {i[:6]}",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(_("Open"), type="primary", disabled=picked == chosen):
            state.choose(dataset=picked)
            st.rerun()
        name = st.text_input(_("Name"), value=names[picked], key=f"name-{picked}-{names[picked]}")
        if st.button(_("Rename"), disabled=name == names[picked]):
            _attempt(rename_dataset, picked, name)
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("The table leaves the library. Its vectors and runs stay."))
            if st.button(_("Delete it"), type="primary"):
                delete_dataset(picked)
                if picked == chosen:
                    state.choose(dataset="")
                st.rerun()


def _attempt(act, *arguments: str) -> None:  # type: ignore[no-untyped-def]
    try:
        act(*arguments)
    except UserError as error:
        st.error(translate_md(error.message))
    else:
        st.rerun()
