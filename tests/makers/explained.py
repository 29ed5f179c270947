"""The explanation of new rows by a run."""

from __future__ import annotations

from typing import Any

from core.explain import Contributions, explain_matrix
from core.train.features.inputs import Inputs
from core.train.run import Run


def explain_rows(run: Run, inputs: Inputs, **options: Any) -> Contributions:
    """Explain what the run's models predict of these rows."""
    X = run.preparation.matrix(inputs)
    return explain_matrix(run, X, run.predict_by_models(X), **options)
