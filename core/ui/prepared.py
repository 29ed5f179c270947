"""The mark of a run that came with the app, and the way to train one's own."""

from __future__ import annotations

import streamlit as st

from core.train.run import Run
from core.ui import navigation
from core.ui.text import _


def mark(run: Run) -> None:
    """Say that the run was prepared with the app, with a button to train it here; nothing for any other run."""
    if not run.prepared:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="prepared"):
        st.badge(
            _("Prepared with the app"),
            icon=":material/inventory_2:",
            color="gray",
            help=_("Made by the same code on synthetic data and shipped, so that you need not wait for it."),
        )
        if st.button(_("Train it yourself"), type="tertiary", icon=":material/model_training:"):
            navigation.go("train")
