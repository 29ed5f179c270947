"""The answer to the page's question: do headlines that lie close together share their outcome?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, METRICS, Agreement, MapSettings, Trust, agreement, map_key, map_trust
from core.ui import state
from core.ui.sealed import sealed_rows
from core.ui.text import _, md, plain, translate_md


def answer(data: Dataset, vectors: np.ndarray) -> Agreement | None:
    """Say it in one sentence, and how many rows stay out of it; return what was found."""
    sealed = sealed_rows(data)
    with st.spinner(_("Comparing each headline with its neighbours …")):
        found = _agreement(data, vectors, data.id, state.space(), sealed.tobytes())
    if found is None:
        st.subheader(_("Headlines that the encoder finds similar lie close together."), anchor=False)
    else:
        st.subheader(translate_md(found.sentence()), anchor=False)
    if len(sealed):
        st.caption(
            _("The outcomes of the sealed holdout ({n:,} rows) are neither counted nor shown.", n=len(sealed))
        )
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _agreement(
    _data: Dataset, _vectors: np.ndarray, dataset_id: str, space: tuple[str, str, str], sealed: bytes
) -> Agreement | None:
    return agreement(_data, _vectors, np.frombuffer(sealed, np.int64))


def trust_line(
    vectors: np.ndarray, places: np.ndarray, settings: MapSettings, of: tuple[str, ...] = ()
) -> None:
    """Say under a map how far it may be trusted, and what its distances do not mean.

    `of` names what the vectors are of, all that they depend on; without it they are told apart by their content, which
    takes longer.
    """
    found = _trust(vectors, places, settings, of or (map_key(vectors, settings),))
    if np.isfinite(found.trustworthiness):
        st.caption(
            _(
                "Trustworthiness {trustworthiness:.2f} · of ten true neighbours {kept:.1f} stay neighbours (n = {n:,})",
                trustworthiness=found.trustworthiness,
                kept=10 * found.kept,
                n=found.rows,
            ),
            help=_(
                "True neighbours of a headline are the ten nearest by the encoder’s vectors ({metric}). Trustworthiness is 1 "
                "where all who lie next to a headline are among them, and about 0.5 on a map at random.",
                metric=_(METRICS[settings.measure].title),
            ),
        )
    st.caption(_(METHODS[settings.method].caution))


def details(found: Agreement | None) -> None:
    """Fold away how the neighbours were compared."""
    if found is None:
        return
    with st.expander(_("Details")):
        st.caption(
            md(
                "n = {n:,} headlines, each compared with its {neighbours} nearest by the encoder's vectors (not by the "
                "picture) that tell another story and whose outcome does not overlap its own; repeated headlines count "
                "once. 95% interval: bootstrap over {over}, each pair weighed by both of its headlines.",
                n=found.rows,
                neighbours=found.neighbours,
                over=plain(found.evidence.over),
            )
        )


@st.cache_resource(max_entries=16, show_spinner=False)
def _trust(_vectors: np.ndarray, _places: np.ndarray, settings: MapSettings, of: tuple[str, ...]) -> Trust:
    return map_trust(_vectors, _places, settings)
