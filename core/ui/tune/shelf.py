"""The encoders tuned in this workspace: look at one, use it, take it away, delete it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.tune.record import Tuned
from core.tune.tuned import delete_tuned, list_tuned, load_tuned, zip_tuned
from core.ui import navigation, state
from core.ui.tables import table
from core.ui.text import _, count, translate_md, when_made
from core.ui.tune.hero import of_tuned, written_parts


def chosen() -> Tuned | None:
    """Return the tuned encoder that is looked at, the newest of the chosen dataset where none is; None without any."""
    if not state.chosen("tuned"):
        newest = next((t for t in list_tuned() if t.data.id and t.data.id == state.chosen("dataset")), None)
        if newest is not None:
            state.choose(tuned=newest.id)
        return newest
    try:
        return load_tuned(state.chosen("tuned"))
    except UserError as error:
        st.warning(translate_md(error.message))
        state.choose(tuned="")
        return None


def shelf() -> None:
    """List the tuned encoders, with what can be done with each."""
    found = {tuned.id: tuned for tuned in list_tuned()}
    if not found:
        return
    named = {_("name"): st.column_config.TextColumn(width=240)}
    rows = [_row(tuned) for tuned in found.values()]
    table(pd.DataFrame(rows), "tuned", _("Encoders tuned here"), column_config=named)
    ids = list(found)
    looked_at = state.chosen("tuned")
    picked = st.selectbox(
        _("Tuned encoder"),
        ids,
        index=ids.index(looked_at) if looked_at in ids else 0,
        format_func=lambda i: f"{found[i].name} · {when_made(found[i].created)}",
    )
    tuned = found[picked]
    with st.container(horizontal=True):
        if st.button(_("Show its verdict"), key="tuned-open", disabled=picked == looked_at):
            state.choose(tuned=picked)
            st.rerun()
        if st.button(_("Embed with it"), key="tuned-use", icon=":material/input:"):
            state.choose(encoder=tuned.id, pooling=tuned.settings.pooling, run="")
            navigation.go("embed")
        st.download_button(
            _("Download as zip"),
            data=lambda: zip_tuned(picked).read_bytes(),
            file_name=f"{tuned.name}.zip",
            mime="application/zip",
            key=f"tuned-zip-{picked}",
            icon=":material/folder_zip:",
            on_click="ignore",
            help=_("An ordinary Hugging Face folder: transformers and sentence-transformers open it."),
        )
        with st.popover(_("Delete"), icon=":material/delete:", key="tuned-delete"):
            st.write(_("The encoder is removed from the workspace. Runs made with it stay."))
            if st.button(_("Delete it"), key="tuned-delete-it", type="primary"):
                _delete(picked)


def _row(tuned: Tuned) -> dict[str, str]:
    judged, verdict = tuned.judged, of_tuned(tuned)
    metric = judged.metric_of(judged.metric)
    before, after = (written_parts(metric, side[judged.metric])[0] for side in (judged.before, judged.after))
    return {
        _("verdict"): f"{verdict.mark} {verdict.word}",
        _("before → after"): f"{_(metric.title)} {before} → {after}",
        _("name"): tuned.name,
        _("tuned on"): tuned.data.name,
        _("texts"): count(tuned.data.train),
        _("made"): when_made(tuned.created),
    }


def _delete(tuned_id: str) -> None:
    try:
        delete_tuned(tuned_id)
    except UserError as error:
        st.session_state["notice"] = error.message
    if state.encoder() == tuned_id:
        state.choose(encoder="", pooling="", run="")
    if state.chosen("tuned") == tuned_id:
        state.choose(tuned="")
    st.rerun()
