"""The answer to the page's question: do headlines that lie close together share their outcome?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, Agreement, MapSettings, agreement, kept_neighbours, map_key
from core.ui import state
from core.ui.sealed import sealed_rows
from core.ui.text import _, md, percent, plain, translate_md


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


def details(vectors: np.ndarray, points: np.ndarray, settings: MapSettings, found: Agreement | None) -> None:
    """Fold away how the neighbours were compared, and how much of the embedding the picture shows."""
    with st.expander(_("Details")):
        share = _kept(vectors, points, map_key(vectors, settings))
        if np.isfinite(share):
            st.markdown(
                md(
                    "A map in two coordinates leaves much out: of a headline's ten nearest by the encoder, {share} are among "
                    "its ten nearest here.",
                    share=percent(share),
                )
            )
        if not METHODS[settings.method].scaled:
            st.markdown(_("Far apart on this map does not mean unlike: only who lies next to whom counts."))
        if found is not None:
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


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept(_vectors: np.ndarray, _points: np.ndarray, key: str) -> float:
    return kept_neighbours(_vectors, _points)
