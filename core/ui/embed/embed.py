"""The embed page's parts: the work, the nearest headlines, the test on sentence pairs, and the store."""

from __future__ import annotations

from dataclasses import asdict, fields

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.embed import EncoderCard, embed, space_key
from core.embed.neighbours import Neighbours, find_neighbours
from core.embed.store.vector_store import VectorStore
from core.embed.sts import read_pairs, sts
from core.embed.tokens import token_counter
from core.errors import UserError
from core.jobs import Report, queue
from core.locale import C_
from core.ui import jobs, state
from core.ui.text import _, as_typed, count, md, percent, translate_md


def start(data: Dataset, card: EncoderCard) -> None:
    """Queue the embedding of a dataset's headlines."""
    headlines, pooling = data.headlines, state.pooling()

    def work(report: Report) -> dict[str, object]:
        result = embed(headlines, card.id, pooling, report)
        return {item.name: getattr(result, item.name) for item in fields(result) if item.name != "vectors"}

    subject = {"dataset": data.id, "encoder": card.id}
    jobs.submit("embed", subject, work, data.distinct_headlines, f"embed-{card.id}")


def neighbours(data: Dataset, card: EncoderCard, vectors: np.ndarray) -> None:
    """Show the nearest and farthest pairs, how crowded the vectors are and how much was cut off."""
    if data.distinct_headlines < 3:
        return
    space = space_key(card.id) if card.ready else ""  # the sample's prepared vectors need no encoder
    found = _neighbours(data.headlines, vectors, card, data.id, space, state.pooling())
    st.subheader(_("Does the encoder see what you see?"), anchor=False)
    for concern in found.concerns():
        st.warning(translate_md(concern))
    with st.container(horizontal=True):
        st.metric(
            _("Mean cosine"),
            f"{found.mean_cosine:.2f}",
            help=_(
                "Of two random headlines. Near 1 all vectors point the same way, and only differences "
                "matter (anisotropy)."
            ),
        )
        st.metric(_("Spread"), f"{found.spread:.3f}", help=_("The standard deviation of these cosines."))
        if found.truncated is not None:
            st.metric(
                _("Cut off"), percent(found.truncated), help=_("headlines longer than the encoder reads")
            )
            st.metric(
                _("Tokens"),
                f"{found.median_tokens:.0f}",
                help=_("of the median headline; the longest has {n}", n=found.longest_tokens),
            )
    pairs = [(_("near"), p) for p in found.nearest] + [(_("far"), p) for p in found.farthest]
    rows = [
        {
            "": kind,
            _("cosine"): f"{pair.cosine:.3f}",
            _("headline"): pair.one,
            _(C_("second of a pair", "and")): pair.other,
        }
        for kind, pair in pairs
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(_("The nearest and the farthest pairs among {n:,} distinct headlines.", n=found.texts))


@st.cache_data(max_entries=8, show_spinner=False)
def _neighbours(
    _headlines: list[str], _vectors: np.ndarray, _card: EncoderCard, dataset: str, space: str, pooling: str
) -> Neighbours:
    counter = token_counter(_card.id)
    tokens = None if counter is None else counter.count(_headlines)
    return find_neighbours(_headlines, _vectors, tokens, _card.max_length)


def pair_test(card: EncoderCard) -> None:
    """Offer to test the encoder on sentence pairs that people have scored."""
    st.caption(
        _(
            "A table with the columns sentence1, sentence2 and score (KorSTS, KLUE-STS or your own): how well do the "
            "cosines of this encoder and pooling follow people's judgement?"
        )
    )
    subject = {"encoder": card.id, "pooling": state.pooling()}
    file = st.file_uploader(
        _("Sentence pairs"), type=["csv", "tsv", "xlsx", "parquet", "json"], key="pairs-file"
    )
    if (
        not jobs.panel("sts", encoder=card.id, pooling=subject["pooling"])
        and file is not None
        and st.button(_("Test the encoder"))
    ):
        content, name = file.getvalue(), file.name

        def work(report: Report) -> dict[str, object]:
            return asdict(sts(read_pairs(content), card.id, subject["pooling"], report)) | {"file": name}

        jobs.submit("sts", subject, work)
    job = queue().find("sts", **subject)
    if job is None or job.status != "done":
        return
    with st.container(horizontal=True):
        for name in ("pearson", "spearman"):
            low, high = job.result[f"{name}_interval"]
            st.metric(name.capitalize(), f"{job.result[name]:.3f}", help=f"[{low:.3f}, {high:.3f}]")
        st.metric(_("Pairs"), count(job.result["pairs"]))
    st.caption(
        md(
            "{file}: rows that could not be used: {skipped:,}.",
            file=job.result["file"],
            skipped=job.result["skipped"],
        )
        if job.result["skipped"]
        else as_typed(job.result["file"])
    )


def store_table() -> None:
    """List what the store of vectors holds, and offer to remove an encoder's vectors."""
    faults: list[UserError] = []
    with VectorStore() as store:
        sizes = store.sizes(faults.append)
    for fault in faults:
        st.error(translate_md(fault.message))
    if not sizes:
        if not faults:
            st.caption(_("The store is empty."))
        return
    rows = [
        {
            _("encoder"): size.name,
            _("dimensions"): size.dim,
            _(C_("how many", "headlines")): count(size.entries),
            "MB": f"{size.megabytes:,.1f}",
            _("key"): size.encoder[:8],
        }
        for size in sizes
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption(_("Every headline is stored in all poolings."))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    names = {size.encoder: f"{size.name} ({size.encoder[:8]})" for size in sizes}
    with left:
        chosen = st.selectbox(
            _("Remove the vectors of"),
            list(names),
            index=None,
            format_func=lambda key: names[key],
            placeholder=_("no encoder"),
        )
    with right:
        if st.button(_("Remove"), icon=":material/delete:", disabled=chosen is None) and chosen:
            try:
                with VectorStore() as store:
                    removed = store.prune(chosen)
            except UserError as error:
                st.error(translate_md(error.message))
                return
            state.forget_vectors()
            _neighbours.clear()
            st.session_state["done"] = removed.message()
            st.rerun()


def result_line(card: EncoderCard, data: Dataset, vectors: np.ndarray) -> None:
    """Say in one sentence that the vectors are there."""
    st.success(
        md(
            "{distinct:,} distinct headlines ({rows:,} rows) are embedded as vectors of {dim} numbers.",
            distinct=data.distinct_headlines,
            rows=len(data),
            dim=vectors.shape[1],
        ),
        icon=":material/check:",
    )


def last_speed(data: Dataset, card: EncoderCard) -> None:
    """Show how the last embedding of these headlines went."""
    job = queue().find("embed", dataset=data.id, encoder=card.id)
    if job is None or job.status != "done":
        return
    done = job.result
    with st.container(horizontal=True):
        st.metric(_("Embedded now"), count(done["embedded"]))
        st.metric(_("From the store"), count(done["from_store"]))
        st.metric(_("Headlines per second"), count(done["per_second"]) if done["embedded"] else "–")
        st.metric(
            _("Device"), str(done["device"]).upper(), help=_("number type: {dtype}", dtype=done["dtype"])
        )
