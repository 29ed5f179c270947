"""The embed page's parts: choosing an encoder and a pooling, what is in the store, and the vectors at a glance."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.embed import POOLINGS, EncoderCard, cards, embed, resolve
from core.embed.precision import best_device
from core.embed.store import VectorStore
from core.errors import UserError
from core.jobs import Report
from core.locale import N_
from core.ui import jobs, state
from core.ui.text import _, bold, count, md, percent, pooling_name, told

POOLING_WORDS = {
    "cls": N_("the vector of the first token, which some encoders were trained to sum the text up in"),
    "mean": N_("the average over all tokens: the usual choice for sentence encoders"),
    "max": N_("the largest value of each dimension: a single strong word can decide it"),
}


def chooser() -> EncoderCard | None:
    """Let the user choose an encoder and a pooling; return the encoder's card, None where it cannot be used."""
    catalog = cards()
    names = [card.id for card in catalog]
    folder = state.encoder() not in names
    left, right = st.columns(2)
    with left:
        picked = st.selectbox(
            _("Encoder"), [*names, ""], index=len(names) if folder else names.index(state.encoder()),
            format_func=lambda name: name or _("a local Hugging Face folder …"),
        )  # fmt: skip
        if not picked:
            picked = st.text_input(_("Folder on the server"), value=state.encoder() if folder else "",
                                   placeholder="/models/kf-deberta", help=_("With config.json, a tokenizer and "
                                   "weights in safetensors. Nothing is downloaded."))  # fmt: skip
    if not picked:
        st.info(_("Name the folder of the encoder."))
        return None
    try:
        card = resolve(picked.strip())
    except UserError as error:
        st.error(told(error.message))
        return None
    with right:
        own = str(card.pooling)
        current = state.pooling() if state.encoder() == card.id else own
        pooling = st.segmented_control(
            _("Pooling"), [str(p) for p in POOLINGS], default=current, key=f"pooling-{card.id}",
            format_func=lambda p: pooling_name(p) + (" ★" if p == own else ""),
            help=_("How the token vectors become one vector. ★ is the encoder's own."),
        )  # fmt: skip
        pooling = pooling or own
        st.caption(f"{pooling_name(pooling)}: {_(POOLING_WORDS[pooling])}")
    if (card.id, pooling) != (state.encoder(), state.pooling()):
        state.choose(encoder=card.id, pooling=pooling, run="")
        st.rerun()
    return card


def describe(card: EncoderCard) -> None:
    """Say what the encoder is, and on which device it will run."""
    facts = [
        md("{dim} dimensions", dim=card.dim),
        md("{size:,} MB", size=card.megabytes),
        md("up to {length} tokens", length=card.max_length),
    ]
    if card.prefix:
        facts.append(md("prefix “{prefix}”", prefix=card.prefix))
    if card.licence:
        facts.append(md("licence {licence}", licence=card.licence))
    if card.best:
        st.caption(_(card.best))
    st.caption(" · ".join(facts))
    st.caption(_device())


def _device() -> str:
    words = {"cuda": _("Runs on the graphics card (CUDA)."), "mps": _("Runs on Apple's GPU (MPS).")}
    return words.get(best_device(), _("Runs on the processor (CPU): no graphics card was found."))


def start(data: Dataset, card: EncoderCard) -> None:
    """Queue the embedding of a dataset's headlines."""
    headlines, pooling = data.headlines, state.pooling()

    def work(report: Report) -> dict[str, object]:
        result = embed(headlines, card.id, pooling, report)
        return {item.name: getattr(result, item.name) for item in fields(result) if item.name != "vectors"}

    jobs.submit("embed", {"dataset": data.id, "encoder": card.id}, work)


@st.cache_data(max_entries=8, show_spinner=False)
def _geometry(_vectors: np.ndarray, _headlines: list[str], dataset: str, encoder: str, pooling: str) -> dict:
    distinct = list({text: i for i, text in reversed(list(enumerate(_headlines)))}.items())
    chosen = np.random.default_rng(0).permutation(len(distinct))[:1500]
    texts = [distinct[i][0] for i in chosen]
    unit = _vectors[[distinct[i][1] for i in chosen]]
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    cosine = unit @ unit.T
    upper = np.triu_indices(len(texts), 1)
    values = cosine[upper]
    order = np.argsort(values)
    pairs = [
        (float(values[k]), texts[upper[0][k]], texts[upper[1][k]]) for k in (*order[::-1][:5], *order[:3])
    ]
    return {"mean": float(values.mean()), "n": len(texts), "pairs": pairs}


def glance(data: Dataset, vectors: np.ndarray) -> None:
    """Show the nearest and farthest pairs, so that a wrong pooling or prefix is seen."""
    if data.distinct_headlines < 3:
        return
    found = _geometry(vectors, data.headlines, data.id, state.encoder(), state.pooling())
    st.markdown(bold(_("Does the encoder see what you see?")))
    st.caption(
        _("Nearest five and farthest three pairs among {n:,} distinct headlines; mean cosine {mean:.2f} "
          "(near 1: the vectors all point one way, and only differences count).", n=found["n"], mean=found["mean"])
    )  # fmt: skip
    rows = [
        {_("cosine"): f"{value:.3f}", _("headline"): one, _("and"): other}
        for value, one, other in found["pairs"]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def store_table() -> None:
    """List what the store of vectors holds."""
    with VectorStore() as store:
        sizes = [size for size in store.sizes() if size.entries]
    if not sizes:
        st.caption(_("The store is empty."))
        return
    rows = [
        {_("encoder"): s.name, _("pooling"): pooling_name(str(s.pooling)), _("dimensions"): s.dim,
         _("headlines"): count(s.entries), "MB": f"{s.megabytes:,.1f}"}
        for s in sizes
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def result_line(card: EncoderCard, data: Dataset, vectors: np.ndarray) -> None:
    """Say in one sentence that the vectors are there."""
    st.success(
        md("{distinct:,} distinct headlines ({rows:,} rows) stand ready as vectors of {dim} numbers.",
           distinct=data.distinct_headlines, rows=len(data), dim=vectors.shape[1]),
        icon=":material/check:",
    )  # fmt: skip


def last_speed(data: Dataset, card: EncoderCard) -> None:
    """Show how the last embedding of these headlines went."""
    from core.jobs import queue

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
        share = done["truncated"] / max(done["embedded"], 1)
        st.metric(_("Cut off"), percent(share), help=_("headlines longer than the encoder reads"))
