"""What does the table hold? Load it, say which column is which, see how much evidence it really is."""

import streamlit as st

from core.ui import frame, state
from core.ui.data import load
from core.ui.data import report as draw
from core.ui.data.build import load_sample
from core.ui.data.distributions import distributions
from core.ui.text import _, bold, md

here = frame.start("data")

chosen = state.dataset()
loading = chosen is None or "draft" in st.session_state
with st.expander(_("Load a file"), expanded=loading, icon=":material/upload_file:"):
    load.panel()
    if st.button(_("Or use the synthetic sample"), icon=":material/science:"):
        load_sample()
        st.rerun()
with st.expander(_("The library"), icon=":material/inventory_2:"):
    draw.library()

if chosen is not None:
    tokens_of = st.session_state.get("tokens_of", ("", ""))
    with st.spinner(_("Checking the table …")):
        found = draw.report(chosen, chosen.id, tokens_of[1] if tokens_of[0] == chosen.id else "")
    unit = _("events (company and session)") if chosen.has_sessions else _("different stories")
    st.subheader(
        md(
            "“{name}”: {rows:,} rows that stand for {independent:,} {unit}",
            name=chosen.name,
            rows=len(chosen),
            independent=found.observations,
            unit=unit,
        ),
        anchor=False,
    )
    draw.figures(chosen, found)
    draw.findings(chosen, found)
    with st.expander(_("What was left out, and how the table was built"), icon=":material/checklist:"):
        draw.steps(chosen, found)
    distributions(chosen, found)
    st.markdown(bold(_("The first rows, as read")))
    st.dataframe(draw.typed_rows(chosen), hide_index=True)
    here.onward()
