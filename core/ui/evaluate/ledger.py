"""The trial ledger: how often this holdout was tested, what that takes off the best score, and the seal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.compare.mlflow_mirror import mirror_in_job
from core.data.dataset import Dataset
from core.evaluate.deflation import Deflated, deflated_best
from core.evaluate.ledger import accesses, is_sealed
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import MEAN
from core.jobs import Report, queue
from core.train.recording import recall, train_and_record
from core.train.run import Run
from core.ui import jobs
from core.ui.evaluate.text import details, metric_title
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, bold, md, translate_md


def ledger(run: Run, data: Dataset, vectors: np.ndarray | None = None) -> None:
    """Show the test accesses of this run's holdout and the deflated best score; offer to open a sealed one."""
    recall(data)
    if run.settings.sealed and is_sealed(data.id, run.holdout):
        _seal(run, data, vectors)
        return
    found = accesses(data.id, run.holdout)
    deflated = deflated_best(found, main_metric(run.task).name)
    if deflated:
        st.markdown(bold(translate_md(deflated.sentence(len(run.classes)))))
        st.markdown(_worth(run, deflated))
    elif found:
        st.markdown(
            _(
                "This holdout has not been tested as a whole, but {n:,} test accesses were to rows of it.",
                n=len(found),
            )
        )
    else:
        st.markdown(_("This holdout has not been tested yet."))
    rows = [
        {
            _("run"): entry.run_id[:6],
            _("score"): UNKNOWN if entry.value is None else shown(METRICS[entry.metric], entry.value),
            _("metric"): metric_title(run, entry.metric) if entry.metric else UNKNOWN,
            _("time (UTC)"): entry.time[:16].replace("T", " "),
        }
        for entry in reversed(found)
    ]
    if rows:
        table(pd.DataFrame(rows), "table-ledger", _("Every test access, the latest first"))
    details(
        _(
            "Every score shown for any of these test rows counts as a test access, also from a walk-forward, another test share "
            "or unit, another version of this table, or a deleted run. Where only some rows are the same, no score is listed."
        ),
        _(
            "The more often these rows are tested, the better the best score looks by luck alone, so the stronger the evidence "
            "has to be: on either side 2.5% for a first test, 0.6% for a second, 0.3% for a third (2.5% / k² for the k-th)."
        ),
    )


def _worth(run: Run, best: Deflated) -> str:
    """Say whether the best score stands above chance, by the rule of the verdict, for Markdown."""
    if run.withheld:
        return md("Whether it beats chance cannot be told from this test: {why}.", why=_(run.withheld))
    evidence = run.basis
    own = run.scores.get(MEAN, {}).get(best.metric)
    same = own is not None and own.value == best.best
    return translate_md(best.worth(evidence, own if same else None))


def _seal(run: Run, data: Dataset, vectors: np.ndarray | None) -> None:
    st.info(
        _(
            "The holdout ({n:,} rows on {sessions:,} sessions) is sealed: no score on any of its rows has been "
            "shown in this workspace. Open it when nothing will be changed any more; it opens once, and that is logged.",
            n=run.split.test_rows,
            sessions=run.split.test_sessions,
        ),
        icon=":material/lock:",
    )
    if any(job.kind == "train" for job in queue().active()):
        st.caption(_("A training is running: the seal can be opened when it has ended."))
        return
    with st.popover(_("Open the sealed holdout"), icon=":material/lock_open:"):
        st.write(
            _(
                "Models are trained again with the same settings, which takes as long as the training did, and scored on the "
                "holdout. This cannot be undone."
            )
        )
        if st.button(_("Open it now"), type="primary"):
            settings = replace(run.settings, sealed=False)

            def work(report: Report) -> dict[str, Any]:
                opened = train_and_record(data, vectors, settings, report, open_sealed=True)
                return {"run": opened.id} | mirror_in_job([opened])

            jobs.submit("train", {"dataset": data.id, "open": run.id}, work)
