"""The catalog of encoders as a table with filters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.embed import EncoderCard, cards
from core.embed.runtime.memory import available_bytes, fits
from core.locale import N_
from core.ui import state
from core.ui.tables import table
from core.ui.text import _, count, plain, pooling_name

_SHOWN = (
    N_("encoder"),
    N_("state"),
    N_("trained on"),
    N_("best at"),
    N_("dimensions"),
    N_("parameters (M)"),
    N_("tokens"),
    N_("licence"),
    N_("page"),
)  # the others stand in the file, and in the fold about the chosen encoder


def catalog_table() -> None:
    """Compare the encoders of the catalog; a ticked row is chosen."""
    catalog = cards()
    here = sum(card.available for card in catalog)
    title = _("Compare the {n} encoders of the catalog ({here} on this machine)", n=len(catalog), here=here)
    domains = list(dict.fromkeys(card.domain for card in catalog if card.domain))
    free = available_bytes()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.pills(
            _("Trained on"),
            domains,
            selection_mode="multi",
            format_func=_,
            key="catalog-domains",
            persist_state="session",
        )
        only_here = st.toggle(_("on this machine"), key="catalog-here", persist_state="session")
        only_fitting = st.toggle(
            _("fits into memory"),
            key="catalog-fits",
            persist_state="session",
            help=_("{free:.1f} GB of memory are free now.", free=free / 1e9),
        )
    shown = [
        card
        for card in catalog
        if (not wanted or card.domain in wanted)
        and (card.available or not only_here)
        and (fits(card, free) is not False or not only_fitting)
    ]
    if not shown:
        st.caption(_("No encoder passes these filters."))
        return
    event = table(
        pd.DataFrame([_row(card, free) for card in shown]),
        f"catalog-{state.encoder()}-{hash(tuple(card.id for card in shown))}",
        title,
        rows=20,
        on_select="rerun",
        selection_mode="single-row",
        column_order=[_(name) for name in _SHOWN],
        column_config={
            _("encoder"): st.column_config.TextColumn(width=240),
            _("best at"): st.column_config.TextColumn(width=125),
            _("licence"): st.column_config.TextColumn(width=95),
            _("page"): st.column_config.LinkColumn(display_text="↗", width=45),
        },
    )
    st.caption(_("Tick a row to choose that encoder. The file has more columns than the table."))
    rows = event.selection.rows
    if rows and shown[rows[0]].id != state.encoder():
        state.choose(encoder=shown[rows[0]].id, pooling="", run="")
        st.rerun()


def _row(card: EncoderCard, free: int) -> dict[str, object]:
    return {
        _("encoder"): card.name,
        _("state"): _state(card, free),
        _("trained on"): _trained_on(card),
        _("dimensions"): card.dim,
        _("parameters (M)"): round(card.parameters / 1e6) or None,
        _("own pooling"): pooling_name(card.pooling),
        _("prefix"): card.prefix,
        _("tokens"): card.max_length,
        _("best at"): _(card.best) if card.best else "",
        _("worst at"): _(card.worst) if card.worst else "",
        _("architecture"): " / ".join(filter(None, (card.family, card.tokenizer))),
        _("licence"): card.licence,
        _("page"): card.source or None,
    }


def _trained_on(card: EncoderCard) -> str:
    if card.tuned_on:
        return plain(card.tuned_on)
    return _(card.domain) if card.domain else ""


def _state(card: EncoderCard, free: int) -> str:
    if fits(card, free) is False:
        return _("✕ too large for this machine")
    if card.available:
        return _("✓ here")
    return _("↓ {size} MB", size=count(card.download_megabytes))
