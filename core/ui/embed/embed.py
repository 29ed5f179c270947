"""Embedding a dataset's headlines, and what came of it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.embed import EncoderCard, embed, space_key
from core.embed.neighbours import Neighbours
from core.jobs import Report, queue
from core.locale import P_
from core.ui import jobs, state
from core.ui.cards import Card, cards
from core.ui.embed.neighbours import judged
from core.ui.text import _, count, md, percent, translate_md

FEWEST = 3  # distinct headlines; of two there is one pair, the nearest and the farthest at once


def start(data: Dataset, card: EncoderCard) -> None:
    """Queue the embedding of a dataset's headlines."""
    headlines, pooling = data.headlines, state.pooling()

    def work(report: Report) -> dict[str, object]:
        result = embed(headlines, card.id, pooling, report)
        return {item.name: getattr(result, item.name) for item in fields(result) if item.name != "vectors"}

    subject = {"dataset": data.id, "encoder": card.id}
    jobs.submit("embed", subject, work, data.distinct_headlines, f"embed-{card.id}")


def offer(data: Dataset, card: EncoderCard) -> None:
    """Say how many headlines are to be embedded, and offer to begin."""
    st.markdown(
        md(
            P_(
                "“{name}” has {n:,} distinct headline; it is embedded unless the store has its vector.",
                "“{name}” has {n:,} distinct headlines; those that the store lacks are embedded.",
            ),
            n=data.distinct_headlines,
            name=data.name,
        )
    )
    if st.button(_("Embed the headlines"), type="primary"):
        start(data, card)


def answer(data: Dataset, card: EncoderCard, vectors: np.ndarray) -> Neighbours | None:
    """Say what became of the headlines, in one sentence and a few numbers; return how the encoder judges them.

    None where there are too few to compare.
    """
    few = data.distinct_headlines < FEWEST
    space = space_key(card.id) if card.ready else ""  # the sample's prepared vectors need no encoder
    found = None if few else judged(data, vectors, card, data.id, space, state.pooling())
    st.subheader(_sentence(data, vectors, found), anchor=False)
    shown = [
        Card(_("Distinct headlines"), count(data.distinct_headlines), _("of {n:,} rows", n=len(data))),
        Card(_("Numbers per headline"), count(vectors.shape[1])),
    ]
    if found is not None:
        low, high = found.usual
        random = Card(
            _("Cosine of two random headlines"),
            f"{found.mean_cosine:.2f}",
            _("95% between {low:.2f} and {high:.2f}", low=low, high=high),
        )
        shown.append(random)
        if found.retellings:
            retold = Card(
                _("Of two wordings of a story"),
                f"{found.retold:.2f}",
                _("above {share} of random pairs", share=percent(min(found.retold_above, 0.999), 1)),
            )
            shown.append(retold)
    cards(shown)
    for concern in found.concerns() if found else []:
        st.warning(translate_md(concern))
    return found


def _sentence(data: Dataset, vectors: np.ndarray, found: Neighbours | None) -> str:
    if found is None or found.concerns() or not found.retellings:
        return md(
            P_(
                "{n:,} distinct headline has become a vector of {dim} numbers.",
                "{n:,} distinct headlines have become vectors of {dim} numbers.",
            ),
            n=data.distinct_headlines,
            dim=vectors.shape[1],
        )
    return md(
        "The encoder sees the likeness: two wordings of a story lie far nearer together than two random headlines."
    )


def last_speed(data: Dataset, card: EncoderCard) -> None:
    """Say how the last embedding of these headlines went."""
    job = queue().find("embed", dataset=data.id, encoder=card.id)
    if job is None or job.status != "done":
        return
    done = job.result
    st.markdown(
        _(
            "Last time {new:,} headlines were embedded and {stored:,} came from the store: {speed:,.0f} a second on "
            "{device}, number type {dtype}.",
            new=done["embedded"],
            stored=done["from_store"],
            speed=done["per_second"],
            device=str(done["device"]).upper(),
            dtype=done["dtype"],
        )
        if done["embedded"]
        else _("Last time all {stored:,} vectors came from the store.", stored=done["from_store"])
    )
