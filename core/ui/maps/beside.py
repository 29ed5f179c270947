"""A second encoder beside the chosen one: which are there, and its map of the same headlines."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.embed import POOLINGS, cards, resolve, vectors_if_stored
from core.embed.store.vector_store import VectorStore
from core.errors import UserError
from core.ui import state
from core.ui.text import _, md, pooling_name

Space = tuple[str, str]  # an encoder and a pooling


def compare_form(data: Dataset) -> Space | None:
    """Let the reader choose an encoder and pooling to be shown beside the chosen ones, where there are others."""
    others = stored_spaces(data)
    if not others:
        return None
    none = ("", "")
    names = {none: _("nothing")} | {space: space_name(space) for space in others}
    chosen: Space | None = st.selectbox(
        _("Compare with"),
        list(names),
        key=f"map-beside-{data.id}",
        format_func=names.__getitem__,
        persist_state="session",
        width=260,
    )
    return chosen if chosen in others else None


def space_name(space: Space) -> str:
    """Write an encoder and a pooling."""
    name, pooling = space
    with suppress(UserError):
        name = resolve(name).name
    return f"{name} · {pooling_name(pooling)}"


def stored_spaces(data: Dataset) -> list[Space]:
    """Return the encoders and poolings whose vectors of this dataset's first headline are stored, but for the chosen.

    To look for one headline is cheap; that all of them are there is known when they are read.
    """
    with VectorStore() as store:
        stored = tuple(sorted((size.encoder, size.entries) for size in store.sizes()))
    found = _stored(data, data.id, state.encoder(), stored)
    return [space for space in found if space != (state.encoder(), state.pooling())]


@st.cache_data(max_entries=8, show_spinner=False)
def _stored(_data: Dataset, dataset_id: str, chosen: str, stored: tuple[tuple[str, int], ...]) -> list[Space]:
    names = dict.fromkeys([chosen, *(card.id for card in cards() if card.ready)])
    return [(name, pooling) for name in names for pooling in POOLINGS if _holds(name, pooling, _data)]


def _holds(name: str, pooling: str, data: Dataset) -> bool:
    try:
        return vectors_if_stored(data.headlines[:1], name, pooling) is not None
    except UserError:
        return False


def vectors_beside(data: Dataset, space: Space) -> np.ndarray | None:
    """Return the vectors `(rows, dim)` of the second encoder; None, and a sentence, where some are missing."""
    found = state.vectors_of(data, *space)
    if found is None:
        st.info(
            md(
                "Not all headlines of this table have vectors of {encoder} yet: embed them first.",
                encoder=space_name(space),
            )
        )
    return found
