"""Headline Lab's home page: what it is for, the sample in one click, and the way from file to prediction."""

import streamlit as st

from core.data.library import list_datasets
from core.ui import frame, state
from core.ui.data.build import load_sample
from core.ui.text import _, as_typed, bold, count, when

frame.start("home")

st.markdown(
    _(
        "Bring a table of Korean headlines, a few numbers and what happened next. Headline Lab embeds the headlines, "
        "trains models, and tells you honestly whether the headlines add anything: tested on later sessions, with "
        "an interval beside every score. Nothing leaves this machine."
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

st.subheader(_("The way"), anchor=False)
stages = list(frame.PAGES.items())[1:]
for start in range(0, len(stages), 2):
    for cell, (name, page) in zip(st.columns(2), stages[start : start + 2], strict=True):
        with cell, st.container(border=True, height="stretch"):
            frame.link(name, f"{bold(_(page.name))} · {_(page.question)}")
            st.caption(_(page.purpose))

recent = list_datasets()[:5]
if recent:
    st.subheader(_("Tables in the library"), anchor=False)
    for entry in recent:
        rows = _("{n} rows", n=count(entry.rows))
        st.page_link(
            frame.PAGES["data"].file,
            label=f"{as_typed(entry.name)} · {rows} · {when(entry.created)}",
            query_params={"dataset": entry.id},
        )
