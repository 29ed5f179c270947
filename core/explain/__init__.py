"""Stage 5: a run and rows to contributions by group, for each class."""

from core.explain.contributions import (
    Contributions,
    explain_classes,
    explain_matrix,
    explained_class,
)
from core.explain.pipeline import explain_run

__all__ = [
    "Contributions",
    "explain_classes",
    "explain_matrix",
    "explain_run",
    "explained_class",
]
