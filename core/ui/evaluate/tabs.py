"""What stands behind a run's answer: its scores, its leakage, what can be done with it, where it differs, its ledger."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.train.run import Run
from core.ui.evaluate import (
    answer,
    backtest,
    ceiling,
    comparison,
    coverage,
    decision_threshold,
    information_coefficient,
    leakage,
    ledger,
    overfitting,
    performance,
    reliability,
    scores,
    slices,
)
from core.ui.text import _


def tabs(run: Run, data: Dataset, vectors: np.ndarray) -> None:
    """Draw the tabs of a run."""
    shown = st.tabs(
        [
            _("Scores"),
            _("Leakage staircase"),
            _("Can it be acted on?"),
            _("Where it differs"),
            _("Test accesses"),
        ]
    )
    with shown[0]:
        scores.score_chart(run, data)
        answer.split_line(run)
        scores.walk_chart(run, data)
        performance.pictures(run, data)
        scores.score_table(run)
        comparison.compared(run, data)
        overfitting.lasting_choice(run, data)
    with shown[1]:
        leakage.staircase(run, data, vectors)
    with shown[2]:
        if run.classes:
            reliability.calibration(run, data)
            decision_threshold.threshold(run, data)
        else:
            coverage.intervals(run, data)
            backtest.portfolio(run, data)
            information_coefficient.by_session(run, data)
    with shown[3]:
        slices.by_slice(run, data)
        ceiling.ceiling(run, data)
    with shown[4]:
        ledger.ledger(run, data, vectors)
