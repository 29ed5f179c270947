"""Stage 5: a run and rows to contributions by group."""

from core.explain.contributions import Contributions, contributions, explain_matrix
from core.explain.pipeline import explain_run

__all__ = ["Contributions", "contributions", "explain_matrix", "explain_run"]
