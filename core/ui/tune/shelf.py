"""The encoders tuned in this workspace: choose one to look at, use it, take it away, delete it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.tune.record import Tuned
from core.tune.settings import METHODS
from core.tune.tuned import delete_tuned, list_tuned, zip_tuned
from core.ui import navigation, state
from core.ui.tables import table
from core.ui.text import _, count, translate_md, when_made


def shelf() -> Tuned | None:
    """Draw the list; return the encoder that is looked at, None where there is none yet."""
    found = {tuned.id: tuned for tuned in list_tuned()}
    if not found:
        st.caption(_("No encoder has been tuned yet."))
        return None
    table(pd.DataFrame([_row(tuned) for tuned in found.values()]), "tuned", _("Tuned encoders"), rows=5)
    picked = st.selectbox(
        _("Tuned encoder"), list(found), format_func=lambda i: found[i].name, key="tune-picked"
    )
    tuned = found[picked]
    with st.container(horizontal=True):
        if st.button(_("Embed with it"), icon=":material/input:", key="tune-use"):
            state.choose(encoder=tuned.id, pooling=tuned.settings.pooling, run="")
            navigation.go("embed")
        _download(tuned)
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("The encoder is removed from the workspace. Runs that were made with it stay."))
            if st.button(_("Delete it"), key="tune-delete", type="primary"):
                _delete(tuned)
    return tuned


def _row(tuned: Tuned) -> dict[str, str]:
    judged = tuned.judged
    metric = judged.metric_of(judged.metric)
    return {
        _("name"): tuned.name,
        _("verdict"): _("✓ go") if tuned.verdict.go else _("– no-go"),
        _("test score"): f"{_(metric.title)}: {judged.before[judged.metric].value:.3f} → "
        f"{judged.after[judged.metric].value:.3f}",
        _("method"): _(METHODS[tuned.settings.method]),
        _("texts"): count(tuned.data.train),
        _("made"): when_made(tuned.created),
    }


def _download(tuned: Tuned) -> None:
    if st.session_state.get("tune-zipped") != tuned.id:
        if st.button(_("Pack as zip"), icon=":material/folder_zip:", key="tune-zip"):
            st.session_state["tune-zipped"] = tuned.id
            st.rerun()
        return
    try:
        path = zip_tuned(tuned.id)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    with path.open("rb") as file:
        st.download_button(
            _("Download the zip"), file, f"{tuned.name}.zip", "application/zip", key="tune-fetch"
        )


def _delete(tuned: Tuned) -> None:
    try:
        delete_tuned(tuned.id)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    if state.chosen("encoder") == tuned.id:
        state.choose(encoder="", pooling="", run="")
    st.rerun()
