"""What does the table hold? Load it, say which column is which, see how much evidence it really is."""

import streamlit as st

from core.data.summary import summarise
from core.ui import data as draw
from core.ui import frame, state
from core.ui.text import _, bold, md

frame.start("data")

chosen = state.dataset()
with st.expander(_("Load a file"), expanded=chosen is None, icon=":material/upload_file:"):
    draw.upload()
    if st.button(_("Or take the synthetic sample"), icon=":material/science:"):
        draw.load_sample()
        st.rerun()
with st.expander(_("The library"), icon=":material/inventory_2:"):
    draw.library()

if chosen is not None:
    summary = summarise(chosen)
    unit = _("events (company and session)") if summary.events else _("different stories")
    st.subheader(
        md("“{name}”: {rows:,} rows that stand for {independent:,} {unit}",
           name=chosen.name, rows=summary.rows, independent=summary.independent, unit=unit), anchor=False,
    )  # fmt: skip
    draw.figures(summary)
    draw.findings(summary)
    draw.distributions(chosen, summary)
    st.markdown(bold(_("First rows as they were understood")))
    st.dataframe(draw.typed_rows(chosen), hide_index=True)
    frame.link("embed", _("Next: embed the headlines"))
