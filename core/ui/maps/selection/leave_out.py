"""Training without the selected rows, and taking them away as a file."""

from __future__ import annotations

import streamlit as st

from core.data.export import to_csv
from core.data.library import save_dataset
from core.errors import UserError
from core.locale import P_
from core.maps.selection import leave_out
from core.ui import navigation, state
from core.ui.maps.listing import listed
from core.ui.maps.selection.chosen import Selection
from core.ui.text import _, file_name, translate_md

LONGEST_NAME = 120


def button(chosen: Selection) -> None:
    """Offer to train on a table without the selected rows: it is saved in the library and opened on the Train page."""
    with st.popover(_("Train without these"), icon=":material/content_cut:"):
        st.write(
            _(
                "A new table without these rows is saved in the library, and opened for training. This one stays as it is."
            )
        )
        st.caption(
            _("Leaving out rows after seeing their outcomes makes every later score look better than it is.")
        )
        if st.button(_("Make the table"), type="primary", key="map-leave-out"):
            _make(chosen)


def _make(chosen: Selection) -> None:
    template = P_("{name}, without {n:,} row", "{name}, without {n:,} rows")
    name = _(template, name=chosen.data.name, n=len(chosen.rows))
    over = len(name) - LONGEST_NAME
    if over > 0:
        name = _(template, name=chosen.data.name[: -over - 1] + "…", n=len(chosen.rows))
    try:
        made = leave_out(chosen.data, chosen.rows, name)
        save_dataset(made)
    except UserError as error:
        st.error(translate_md(error.message), icon=":material/error:")
        return
    state.choose(dataset=made.id)
    navigation.go("train")


def all_rows(chosen: Selection) -> None:
    """Offer all selected rows as CSV: with outcomes where these are not sealed, and row numbers."""
    title = _("The selected headlines")
    st.download_button(
        _("All {n:,} rows (CSV)", n=len(chosen.rows)),
        lambda: to_csv(listed(chosen.data, chosen.rows, chosen.sealed, chosen.run)[0]),
        file_name(title) + ".csv",
        "text/csv",
        key="map-selected-all",
        icon=":material/download:",
        on_click="ignore",
    )
