"""Does the encoder see what you see? One headline of each story is compared with the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.embed import EncoderCard
from core.embed.neighbours import Neighbours, find_neighbours
from core.embed.tokens import token_counter
from core.locale import C_
from core.ui.tables import table
from core.ui.text import _, percent


@st.cache_data(max_entries=8, show_spinner=False)
def judged(
    _data: Dataset, _vectors: np.ndarray, _card: EncoderCard, dataset: str, space: str, pooling: str
) -> Neighbours:
    """Compare the headlines of a dataset with each other, once per dataset, encoder and pooling."""
    counter = token_counter(_card.id)
    tokens = None if counter is None else counter.count(_data.headlines)
    stories = _data.frame["story"].to_numpy()
    return find_neighbours(_data.headlines, _vectors, tokens, _card.max_length, stories=stories)


def pairs(found: Neighbours) -> None:
    """List the nearest and the farthest pairs."""
    shown = [(_("near"), pair) for pair in found.nearest] + [(_("far"), pair) for pair in found.farthest]
    rows = [
        {
            _("pair"): kind,
            _("cosine"): f"{pair.cosine:.3f}",
            _("headline"): pair.one,
            _(C_("second of a pair", "and")): pair.other,
        }
        for kind, pair in shown
    ]
    wide = st.column_config.TextColumn(width="large")
    config = {_("headline"): wide, _(C_("second of a pair", "and")): wide}
    title = _("The nearest and the farthest headlines of different stories")
    table(pd.DataFrame(rows), "neighbours", title, column_config=config)


def details(found: Neighbours) -> None:
    """Say in a plain line what the cosines are compared with, and then the statistics."""
    st.markdown(
        _(
            "Compared are {n:,} headlines, one of each story: near-duplicates differ in a mark or two and would be the "
            "nearest pairs of every encoder. What counts is how far a pair stands above two random headlines.",
            n=found.texts,
        )
    )
    rows = [
        (_("Mean cosine of two random headlines (anisotropy)"), f"{found.mean_cosine:.3f}"),
        (_("Standard deviation of these cosines"), f"{found.spread:.4f}"),
        (_("The middle 95% of them"), f"{found.usual[0]:.3f} – {found.usual[1]:.3f}"),
    ]
    if found.retellings:
        rows += [
            (
                _("Median cosine of two wordings of a story ({n:,} stories)", n=found.retellings),
                f"{found.retold:.3f}",
            ),
            (_("Random pairs below that"), percent(found.retold_above, 1)),
        ]
    if found.truncated is not None:
        rows += [
            (_("Tokens of the median headline"), f"{found.median_tokens:.0f}"),
            (_("Tokens of the longest headline"), f"{found.longest_tokens:,}"),
            (
                _("Headlines longer than the {limit:,} tokens that are read", limit=found.max_length),
                percent(found.truncated, 1),
            ),
        ]
    table(pd.DataFrame(rows, columns=[_("measure"), _("value")]), "cosines")
