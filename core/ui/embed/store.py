"""What the store of vectors holds, and how an encoder's vectors are removed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.embed.store.vector_store import VectorStore
from core.errors import UserError
from core.locale import C_
from core.ui import state
from core.ui.embed.neighbours import judged
from core.ui.tables import table
from core.ui.text import _, count, translate_md


def store_table() -> None:
    """List what the store of vectors holds, and offer to remove an encoder's vectors."""
    faults: list[UserError] = []
    with VectorStore() as store:
        sizes = store.sizes(faults.append)
    for fault in faults:
        st.error(translate_md(fault.message))
    if not sizes:
        if not faults:
            st.caption(_("The store is empty."))
        return
    rows = [
        {
            _("encoder"): size.name,
            _("dimensions"): size.dim,
            _(C_("how many", "headlines")): count(size.entries),
            "MB": f"{size.megabytes:,.1f}",
            _("key"): size.encoder[:8],
        }
        for size in sizes
    ]
    table(pd.DataFrame(rows), "store", _("Vectors in the store, each in all poolings"))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    names = {size.encoder: f"{size.name} ({size.encoder[:8]})" for size in sizes}
    with left:
        chosen = st.selectbox(
            _("Remove the vectors of"),
            list(names),
            index=None,
            format_func=lambda key: names[key],
            placeholder=_("no encoder"),
        )
    with right:
        if st.button(_("Remove"), icon=":material/delete:", disabled=chosen is None) and chosen:
            try:
                with VectorStore() as store:
                    removed = store.prune(chosen)
            except UserError as error:
                st.error(translate_md(error.message))
                return
            state.forget_vectors()
            judged.clear()
            st.session_state["done"] = removed.message()
            st.rerun()
