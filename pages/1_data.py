"""What does the table hold? Load it, say which column is which, see how much evidence it really is."""

import streamlit as st

from core.ui import frame, state
from core.ui.data import distributions, load
from core.ui.data import report as draw
from core.ui.data.answer import answer
from core.ui.data.build import load_sample
from core.ui.data.findings import other_findings, serious_findings
from core.ui.data.library import library
from core.ui.text import _

here = frame.start("data")

chosen = state.dataset()
drafted = "draft" in st.session_state
top = st.container()
label = _("Load a table") if chosen is None else _("Load another table, or open one of the library")
with st.expander(label, expanded=chosen is None or drafted, icon=":material/upload_file:"):
    new, saved = st.tabs([_("A file"), _("The library")])
    with new:
        load.panel()
        if "draft" not in st.session_state and st.button(
            _("Or use the synthetic sample"), icon=":material/science:"
        ):
            load_sample()
            st.rerun()
    with saved:
        library()

if chosen is not None and "draft" not in st.session_state:
    tokens_of = st.session_state.get("tokens_of", ("", ""))
    with top, st.spinner(_("Checking the table …")):
        found = draw.report(chosen, chosen.id, tokens_of[1] if tokens_of[0] == chosen.id else "")
    with top:
        answer(chosen, found)
        serious_findings(chosen, found)
    names = (_("Overview"), _("What was found"), _("Columns"), _("Stories"), _("Rows"), _("How it was built"))
    spread, notes, columns, stories, rows, built = st.tabs(names)
    with spread:
        distributions.overview(chosen, found)
    with notes:
        other_findings(chosen, found)
    with columns:
        distributions.columns(chosen, found)
    with stories:
        distributions.stories(chosen, found)
    with rows:
        draw.typed_rows(chosen)
    with built:
        draw.steps(chosen, found)
    here.onward()
