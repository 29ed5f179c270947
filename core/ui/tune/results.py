"""What stands behind the verdict on a tuned encoder, a tab each: what is entered here is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.tune.record import Tuned
from core.tune.training.diagnosis import diagnosis
from core.ui.text import _, count, translate_md
from core.ui.tune import curves, downstream, learning_curve, maps, scores, similarity


def _curves(tuned: Tuned) -> None:
    history = tuned.history
    st.markdown(curves.ended(history))
    for said in diagnosis(history, len(tuned.data.classes), tuned.settings.method):
        st.markdown(f":material/monitor_heart: {translate_md(said)}")
    for note in tuned.notes:
        st.caption(translate_md(note))
    curves.curves(history, tuned.settings, "done")
    st.caption(
        _(
            "{trained} of {all} weights were trained, {speed} texts a second on {device} ({dtype}).",
            trained=count(history.trained_parameters),
            all=count(history.all_parameters),
            speed=count(history.texts_per_second),
            device=history.device.upper(),
            dtype=history.dtype,
        )
    )


SECTIONS: dict[str, Callable[[Tuned], None]] = {
    N_("Scores"): scores.scores,
    N_("Curves"): _curves,
    N_("Similarity"): similarity.similarity,
    N_("Maps"): maps.maps,
    N_("Neighbours"): similarity.neighbours,
    N_("Learning curve"): learning_curve.learning_curve,
    N_("Downstream"): downstream.downstream,
}


def results(tuned: Tuned) -> None:
    """Draw every section in a tab of its own."""
    for tab, draw in zip(st.tabs([_(title) for title in SECTIONS]), SECTIONS.values(), strict=True):
        with tab:
            draw(tuned)
