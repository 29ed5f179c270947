"""What an encoder test is asked by: a file, its columns, encoders and poolings."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from core.compare.encoder_test_run import PAIRS, kind_of, run_tests
from core.data.ingest import Choices, Intake
from core.data.reading import read_table
from core.embed import POOLINGS, cards
from core.errors import UserError
from core.jobs import Report
from core.locale import N_
from core.ui import jobs, state
from core.ui.compare.shown import Shown
from core.ui.text import _, as_typed, pooling_name, translate_md

FORMATS = ["csv", "tsv", "xlsx", "parquet", "json"]
KIND = "sts"  # of the job, as the test on the embed page


def form(shown: Shown, working: bool) -> None:
    """Ask for a file and for what is to be tested, and queue the tests; while one is `working` none can be queued."""
    file = st.file_uploader(_("Labelled texts, or sentence pairs"), type=FORMATS, key="encoder-tests-upload")
    st.caption(
        _(
            "Texts with a column of labels; or a table with the columns sentence1, sentence2 and score (KorSTS, KLUE-STS)."
        )
    )
    names = {card.id: card.name for card in cards() if card.available}
    own = [run.settings.encoder for run in shown.runs if run.settings.encoder in names]
    left, right = st.columns(2)
    with left:
        encoders = st.multiselect(
            _("Encoders"),
            list(names),
            default=list(dict.fromkeys(own)) or [name for name in [state.encoder()] if name in names],
            format_func=lambda one: names[one],
            key="encoder-tests-encoders",
        )
    with right:
        poolings = st.multiselect(
            _("Poolings"),
            list(POOLINGS),
            default=list(POOLINGS),
            format_func=pooling_name,
            key="encoder-tests-poolings",
        )
    if file is None:
        return
    content, name = file.getvalue(), file.name
    try:
        columns = _columns(content)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    spaces = [(encoder, pooling) for encoder in encoders for pooling in poolings]
    label = _("Test {n} encoders and poolings", n=len(spaces))
    if st.button(label, type="primary", key="encoder-tests-run", disabled=working or not spaces):

        def work(report: Report) -> None:
            run_tests(name, content, spaces, columns, report)

        jobs.submit(KIND, {"of": "compare", "file": hashlib.sha256(content).hexdigest()}, work)


def _columns(content: bytes) -> Choices | None:
    """Ask which columns hold the texts and the labels; None for sentence pairs, whose columns have fixed names."""
    digest = hashlib.sha256(content).hexdigest()
    known: tuple[str, str, pd.DataFrame] | None = st.session_state.get("encoder-tests-read")
    if known is None or known[0] != digest:
        with st.spinner(_("Reading the file …")):
            known = digest, kind_of(content), read_table(content).frame
        st.session_state["encoder-tests-read"] = known
    if known[1] == PAIRS:
        st.caption(_("These are sentence pairs: the cosines are compared with the scores."))
        return None
    frame = known[2]
    names = [str(column) for column in frame.columns]
    if len(names) < 2:
        raise UserError(N_("The file has one column. Two are needed: one of texts and one of labels."))
    guess = _guess(frame)
    chosen: dict[str, str] = {}
    asked = {"headline": _("Texts"), "target": _("Labels")}
    for column, (role, title) in zip(st.columns(2), asked.items(), strict=True):
        with column:
            first = guess.get(role, "")
            chosen[role] = st.selectbox(
                title,
                names,
                index=names.index(first) if first in names else min(len(chosen), len(names) - 1),
                key=f"encoder-tests-{role}-{digest[:8]}",
            )
    st.caption(
        as_typed(" | ".join(str(frame[name].iloc[0])[:60] for name in chosen.values()) if len(frame) else "")
    )
    return Choices(chosen, numeric=())


def _guess(frame: pd.DataFrame) -> dict[str, str]:
    try:
        roles = Intake([frame]).propose(None).plan.roles
    except UserError:
        return {}
    return {role: name for role, name in (("headline", roles.headline), ("target", roles.target)) if name}
