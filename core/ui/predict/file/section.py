"""A file of headlines, say next week's: uploaded, scored in the background, and found again."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.predict import Kept, all_kept, forget_scored, load_scored
from core.ui import jobs
from core.ui.guards import Given
from core.ui.predict.file.result import result
from core.ui.predict.file.upload import upload
from core.ui.predict.live import Asked
from core.ui.text import _, count, translate_md, when

ADDRESS = "scored"  # the part of the URL that names the scored file


def score_file(here: Given, asked: Asked | None) -> None:
    """Let the reader score a file by the run, and show one that was scored; `asked` names the class looked at."""
    run = here.run
    ended = jobs.ended("score")
    if ended and ended.status == "done" and ended.subject.get("run") == run.id:
        st.query_params[ADDRESS] = str(ended.result.get("scored", ""))
        st.session_state.pop(_key(run.id), None)
    working = jobs.panel("score", run=run.id)
    st.caption(
        _(
            "Score next week's headlines: every row of a file gets its prediction and a word about what speaks against "
            "believing it."
        )
    )
    if not working:
        upload(run)
    kept = _chosen(run.id)
    if kept is None:
        st.query_params.pop(ADDRESS, None)
        return
    st.query_params[ADDRESS] = kept.id
    try:
        scored = load_scored(kept.id)[1]
    except UserError as error:
        st.error(translate_md(error.message))
        return
    result(here, kept, scored, -1 if asked is None else asked.explained)


def _chosen(run_id: str) -> Kept | None:
    """Return the scored file of a run to show: the one chosen, that of the URL, or the newest; None without any."""
    found = {kept.id: kept for kept in all_kept(run_id)}
    if not found:
        return None
    key = _key(run_id)
    if st.session_state.get(key) not in found:
        linked = st.query_params.get(ADDRESS)
        st.session_state[key] = linked if linked in found else next(iter(found))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            _("Scored file"),
            list(found),
            key=key,
            format_func=lambda one: _label(found[one]),
            persist_state="session",
        )
        st.button(
            _("Delete"),
            icon=":material/delete:",
            key=f"delete-scored-{picked}",
            type="tertiary",
            on_click=forget_scored,
            args=(picked,),
        )
    return found[picked]


def _label(kept: Kept) -> str:
    return _(
        "{file} · {rows} rows · {when}", file=kept.file, rows=count(kept.scored), when=when(kept.created)
    )


def _key(run_id: str) -> str:
    return f"scored-{run_id}"
