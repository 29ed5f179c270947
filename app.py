"""Headline Lab's home page: what it is for, the sample in one click, and the way from file to prediction."""

import streamlit as st

from core.data.library import list_datasets
from core.locale import P_
from core.ui import frame, pages, state
from core.ui.data.build import load_sample
from core.ui.text import _, as_typed, bold, when

frame.start("home")

st.markdown(
    _(
        "Bring a table of Korean headlines, a few features and what happened next. Headline Lab embeds the headlines, "
        "trains models on earlier sessions and tests them on later ones. It shows whether the headlines add anything, "
        "with an interval beside every score. Nothing leaves this machine."
    )
)

with st.container(horizontal=True):
    if st.button(_("Try the synthetic sample"), type="primary", icon=":material/science:"):
        with st.spinner(_("Reading the sample …")):
            load_sample()
        frame.go("data")
    if st.button(_("Load my own file"), icon=":material/upload_file:"):
        state.choose(dataset="")
        frame.go("data")

st.subheader(_("Step by step"), anchor=False)
stages = pages.stages()
for start in range(0, len(stages), 2):
    for cell, page in zip(st.columns(2), stages[start : start + 2], strict=False):
        with cell, st.container(border=True, height="stretch"):
            frame.link(page.key, f"{bold(frame.title(page))} · {_(page.question)}")
            st.caption(_(page.purpose))

recent = list_datasets()[:5]
if recent:
    st.subheader(_("Tables in the library"), anchor=False)
    for entry in recent:
        rows = _(P_("{n:,} row", "{n:,} rows"), n=entry.rows)
        st.page_link(
            frame.PAGES["data"].file,
            label=f"{as_typed(entry.name)} · {rows} · {when(entry.created)}",
            query_params={"dataset": entry.id},
        )
