"""Vectors of headlines that this session has tried: each is read once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.explain import encode_headlines
from core.train.run import Run
from core.ui.predict.live import Asked
from core.ui.text import _

_KEPT = "what-if-vectors"
_MOST = 1_000  # vectors of a session


def encoded(run: Run, asked: Asked, headlines: Sequence[str]) -> np.ndarray:
    """Return the vectors `(n, dim)` of headlines; the new ones are read together.

    Raises `UserError` where the run's encoder is gone from this machine or a headline is empty.
    """
    kept: dict[tuple[str, str], np.ndarray] = st.session_state.setdefault(_KEPT, {})
    known = {asked.question.headline: asked.vectors[0]}
    if asked.turned is not None and len(asked.vectors) > 1:
        known[asked.turned.text] = asked.vectors[1]
    kept.update({(run.id, text): vector for text, vector in known.items()})
    new = [text for text in dict.fromkeys(headlines) if (run.id, text) not in kept]
    if new:
        with st.spinner(_("Reading the headlines …")):
            kept.update(zip(((run.id, text) for text in new), encode_headlines(run, new), strict=True))
    found = np.array([kept[run.id, text] for text in headlines])
    for oldest in list(kept)[:-_MOST]:
        del kept[oldest]
    return found
