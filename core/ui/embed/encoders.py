"""Choosing an encoder: the catalog with its filters, what the chosen one is, and fetching it from the hub."""

from __future__ import annotations

import streamlit as st

from core.embed import POOLINGS, EncoderCard, cards, fetch, resolve
from core.embed.catalog import names_a_hub_encoder
from core.embed.checkpoint.hub import size_to_download
from core.embed.encoder_card import Origin
from core.embed.runtime.device import best_device, known_device
from core.embed.runtime.memory import fits
from core.errors import UserError
from core.jobs import Report
from core.ui import jobs, state
from core.ui.text import _, bold, count, md, pooling_name, translate_md


def chooser() -> EncoderCard | None:
    """Let the user choose an encoder and a pooling; return the encoder's card, None where there is none yet."""
    catalog = cards()
    names = {card.id: card for card in catalog}
    other = state.encoder() not in names
    left, right = st.columns(2)
    with left:
        picked = st.selectbox(
            _("Encoder"),
            [*names, ""],
            index=len(names) if other else list(names).index(state.encoder()),
            format_func=lambda name: (
                f"{_mark(names[name])} {names[name].name}"
                if name
                else _("another hub id or a local folder …")
            ),
            help=_("✓ is on this machine; ↓ would be downloaded."),
        )
        if not picked:
            picked = st.text_input(
                _("Hub id or folder on the server"),
                value=state.encoder() if other else "",
                placeholder="jhgan/ko-sroberta-multitask",
                help=_(
                    "An id of the hub such as name/encoder, or a "
                    "folder on the server with config.json, a tokenizer and weights."
                ),
            )
    picked = picked.strip()
    if not picked:
        st.info(_("Enter the encoder's hub id or folder."))
        return None
    try:
        card = names.get(picked) or resolve(picked)
    except UserError as error:
        if not names_a_hub_encoder(picked):
            st.error(translate_md(error.message))
            return None
        _unknown(picked)
        return None
    with right:
        pooling = _pooling(card)
    if (card.id, pooling) != (state.encoder(), state.pooling()):
        state.choose(encoder=card.id, pooling=pooling, run="")
        st.rerun()
    return card


def _pooling(card: EncoderCard) -> str:
    own = card.pooling
    current = state.pooling() if state.encoder() == card.id else own
    return (
        st.segmented_control(
            _("Pooling"),
            list(POOLINGS),
            default=current,
            key=f"pooling-{card.id}",
            format_func=lambda p: pooling_name(p) + (" ★" if p == own else ""),
            help=_(
                "How the token vectors become one vector. ★ is the encoder's own. One pass stores every pooling."
            ),
        )
        or own
    )


def _mark(card: EncoderCard) -> str:
    return "✓" if card.available else "↓"


def describe(card: EncoderCard) -> None:
    """Say what the encoder is, what it is good and bad at, and on which device it will run."""
    facts = [
        card.family,
        md("{dim} dimensions", dim=card.dim),
        md("{millions:,.0f} million parameters", millions=card.parameters / 1e6) if card.parameters else "",
        md("up to {length} tokens", length=card.max_length),
        md("prefix “{prefix}”", prefix=card.prefix) if card.prefix else "",
        md("vectors of length 1") if card.normalised else "",
        md("licence {licence}", licence=card.licence) if card.licence else "",
    ]
    with st.expander(_("About this encoder and the poolings"), icon=":material/info:"):
        if card.tuned_on:
            st.markdown(f"⚑ {translate_md(card.tuned_on)}")
        if card.best:
            st.markdown(f"▲ {_(card.best)}")
        if card.worst:
            st.markdown(f"▽ {_(card.worst)}")
        st.markdown(" · ".join(filter(None, facts)))
        st.markdown(_device())
        for pooling in POOLINGS.values():
            own = " ★" if pooling.key == card.pooling else ""
            st.markdown(f"- {bold(_(pooling.title) + own)} · {_(pooling.explanation)}")
    if card.notice:
        st.info(_(card.notice))
    if fits(card) is False:
        st.warning(_("This encoder needs more memory than is free on this machine now."))


def _device() -> str:
    words = {"cuda": _("Runs on the graphics card (CUDA)."), "mps": _("Runs on Apple's GPU (MPS).")}
    return words.get(
        known_device() or best_device(), _("Runs on the processor (CPU): no graphics card was found.")
    )


def fetching(card: EncoderCard) -> None:
    """Offer to download an encoder that is not on this machine, or draw the download that runs."""
    if card.origin is not Origin.HUB:
        st.warning(
            _("The package of the bundled encoder is not installed. Enter a hub id or a folder instead.")
        )
        return
    _fetch(card.id, card.download_megabytes)


def _unknown(hub_id: str) -> None:
    """Offer to download an encoder that the catalog does not know."""
    key = f"size-{hub_id}"
    st.info(
        md(
            "“{name}” is neither in the catalog nor on this machine. You can look it up on the hub.",
            name=hub_id,
        )
    )
    if key not in st.session_state:
        if jobs.panel("fetch", encoder=hub_id):
            return
        if st.button(_("Look it up on the hub"), type="primary"):
            try:
                st.session_state[key] = size_to_download(hub_id)
            except UserError as error:
                st.error(translate_md(error.message))
                return
            st.rerun()
        return
    size = st.session_state[key]
    _fetch(hub_id, round(size / 1e6) if size else 0)


def _fetch(hub_id: str, megabytes: int) -> None:
    if jobs.panel("fetch", encoder=hub_id):
        return
    label = _("Download ({size} MB)", size=count(megabytes)) if megabytes else _("Download")
    if st.button(label, type="primary", icon=":material/download:"):

        def work(report: Report) -> dict[str, object]:
            return {"encoder": fetch(hub_id, report).id}

        jobs.submit("fetch", {"encoder": hub_id}, work)
    st.caption(
        _(
            "Only weights, tokenizer and settings are downloaded, into the hub's cache on this "
            "machine. Without internet, copy the encoder's folder to this machine and enter its path "
            "above."
        )
    )
