"""What if: the question changed, in one way or many, and what the models then say."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.guards import Given
from core.ui.predict.live import Asked
from core.ui.predict.whatif.baseline import against_baseline, since_baseline
from core.ui.predict.whatif.flips import words_turned
from core.ui.predict.whatif.outlets import every_outlet
from core.ui.predict.whatif.sweep import features_moved
from core.ui.predict.whatif.variants import several_headlines
from core.ui.text import _

__all__ = ["against_baseline", "what_if"]

_PARTS: dict[str, tuple[str, Callable[[Given, Asked], None]]] = {
    "words": (N_("Words turned round"), words_turned),
    "headlines": (N_("Several headlines"), several_headlines),
    "outlets": (N_("Every outlet"), every_outlet),
    "features": (N_("A feature moved"), features_moved),
}


def what_if(here: Given, asked: Asked) -> None:
    """Draw the baseline, and the part that the reader chooses of those that the run can answer."""
    since_baseline(here, asked)
    parts = _parts_of(here.run)
    if not parts:
        st.info(
            _("This run reads neither the headline, the outlet nor any feature: there is nothing to change.")
        )
        return
    key = f"what-if-{here.run.id}"
    if st.session_state.get(key) not in parts:
        st.session_state[key] = parts[0]
    st.segmented_control(
        _("What if …"),
        parts,
        key=key,
        required=True,
        format_func=lambda part: _(_PARTS[part][0]),
        persist_state="session",
    )
    _PARTS[st.session_state[key] or parts[0]][1](here, asked)


def _parts_of(run: Run) -> list[str]:
    """Return the parts that a run can answer: those about what it reads."""
    prepared = run.preparation
    reads_headline = bool(headline_groups() & set(prepared.groups))
    answered = {
        "words": reads_headline,
        "headlines": reads_headline,
        "outlets": bool(prepared.outlets),
        "features": bool(prepared.features),
    }
    return [part for part in _PARTS if answered[part]]
