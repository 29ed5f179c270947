"""The quality report: what a table holds, what that means for the result, and what can be done about it."""

from core.data.quality.finding import Action, Finding
from core.data.quality.lengths import TokenCounter
from core.data.quality.report import QualityReport, as_problems, quality_report, rows_with_reasons

__all__ = [
    "Action",
    "Finding",
    "QualityReport",
    "TokenCounter",
    "as_problems",
    "quality_report",
    "rows_with_reasons",
]
