"""Typed text among the table's headlines: its vector, the headlines nearest to it, and whether they are near at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.embed.typed import encode_typed, readable, unread_end
from core.errors import UserError
from core.predict.background import LEVEL
from core.ui import state
from core.ui.maps.picture.draw import digest
from core.ui.precedents import random_pairs
from core.ui.text import _, md, percent, translate_md

_SHOWN = 30  # characters of the part that was not read


@dataclass(frozen=True, eq=False)
class Nearest:
    """The different headlines nearest to a text: their positions `(n,)` and cosines `(n,)`, the nearest first.

    `share` is the share of random pairs of the table that are less similar than the nearest one.
    """

    rows: np.ndarray
    cosines: np.ndarray
    share: float

    @property
    def near(self) -> bool:
        """Whether the nearest is as near as a precedent has to be."""
        return self.share >= LEVEL


def vector_of(text: str, dim: int) -> np.ndarray | None:
    """Return the vector `(1, dim)` of a typed text by the chosen encoder and pooling; where there is none, say why."""
    try:
        read = readable(text)
        made, unread = _encoded(read, state.space())
    except UserError as error:
        st.error(translate_md(error.message), icon=":material/error:")
        return None
    if made.shape[1] != dim:  # the encoder's folder was saved anew
        st.error(
            _("The encoder has changed since this table was embedded: embed it again."),
            icon=":material/error:",
        )
        return None
    if unread:
        st.warning(
            md(
                "The headline is longer than the encoder reads: it was cut before “{end}”.",
                end=unread[:_SHOWN],
            ),
            icon=":material/content_cut:",
        )
    return made


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def _encoded(text: str, space: tuple[str, str, str]) -> tuple[np.ndarray, str]:
    encoder, pooling, _content = space
    return encode_typed([text], encoder, pooling), unread_end(text, encoder)


def nearest(
    data: Dataset, vectors: np.ndarray, vector: np.ndarray, most: int, rows: np.ndarray | None = None
) -> Nearest:
    """Return the rows whose headlines are nearest to `vector (1, dim)` by cosine, each different headline once.

    Only `rows` are looked at, by their positions; `vectors (rows, dim)` are those of the whole table.
    """
    among = np.arange(len(data)) if rows is None else rows
    found, cosines = _nearest(data, vectors, vector[0], among, most, key_of(data, among, vector))
    best = float(cosines[0]) if len(cosines) else -1.0
    return Nearest(found, cosines, random_pairs(data, vectors).share(best))


def key_of(data: Dataset, rows: np.ndarray, vector: np.ndarray) -> tuple[str, ...]:
    """Return what names a text's vector among the vectors of these rows."""
    return data.id, *state.space(), digest(rows), digest(vector)


@st.cache_resource(max_entries=64, show_spinner=False)
def _nearest(
    _data: Dataset,
    _vectors: np.ndarray,
    _vector: np.ndarray,
    _among: np.ndarray,
    most: int,
    key: tuple[str, ...],
) -> tuple[np.ndarray, np.ndarray]:
    first = _among[~_data.frame["headline"].iloc[_among].duplicated().to_numpy()]
    known = _vectors if len(first) == len(_vectors) else _vectors[first]
    lengths = np.sqrt(np.einsum("nd,nd->n", known, known) * float(_vector @ _vector))
    cosines = known @ _vector / np.maximum(lengths, 1e-12)
    order = np.argsort(-cosines, kind="stable")[:most]
    return first[order], cosines[order]


def say_where_far(found: Nearest) -> None:
    """Say so where nothing in the table is like the text."""
    if not found.near:
        st.info(
            md(
                "No headline here is clearly similar: the nearest is more similar than {share} of random pairs of this "
                "table; a precedent has to be more similar than {needed}.",
                share=percent(found.share, 1),
                needed=percent(LEVEL, 1),
            ),
            icon=":material/search_off:",
        )
