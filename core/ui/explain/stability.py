"""How steady the bars are, from refits on other stretches of time and from other seeds."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.explain import Contributions, explained_class, saved_stability, stability_of
from core.jobs import Report
from core.train.run import Run
from core.ui import jobs
from core.ui.explain.names import group_name
from core.ui.text import _, md


def steadiness(
    run: Run, data: Dataset, vectors: np.ndarray | None, found: Contributions, chosen: int
) -> None:
    """Say how often the refits agree on what moves most, or offer to refit."""
    if len(found.groups) < 2:
        return
    made = saved_stability(run)
    if made is not None:
        most = str(found.importance()["group"].iloc[0])
        first, refits = made.first(most, explained_class(run, chosen)), made.folds + made.seeds
        st.caption(
            md(
                "“{group}” moves most in {first} of {n} refits: {folds} on other stretches of time, {seeds} from other seeds.",
                group=group_name(most),
                first=first,
                n=refits,
                folds=made.folds,
                seeds=made.seeds,
            )
        )
        return
    if jobs.panel("stability", dataset=data.id, run=run.id):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            _("How steady are these bars? Refitting on other stretches of time and from other seeds tells.")
        )
        if st.button(_("Refit"), key="stability", type="tertiary", icon=":material/restart_alt:"):

            def work(report: Report) -> None:
                stability_of(run, data, vectors, report)

            size = run.split.train_rows * (run.settings.folds + 2)
            jobs.submit("stability", {"dataset": data.id, "run": run.id}, work, size, "stability")


def spread(run: Run, chosen: int) -> dict[str, tuple[float, float]] | None:
    """Return each group's lowest and highest importance in refits; None where none were made."""
    made = saved_stability(run)
    return made.spread(explained_class(run, chosen)) if made else None
