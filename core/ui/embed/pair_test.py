"""The test of an encoder on sentence pairs that people have scored."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from core.embed import EncoderCard
from core.embed.sts import read_pairs, sts
from core.jobs import Report, queue
from core.ui import jobs, state
from core.ui.text import _, as_typed, count, interval, md


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
            found = (job.result[name], *job.result[f"{name}_interval"])
            st.metric(name.capitalize(), f"{found[0]:.3f}", help=interval(*found))
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
