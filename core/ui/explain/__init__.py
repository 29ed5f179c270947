"""The parts of the explain page; the waterfall and the words stand on the predict page too."""

from core.ui.explain.details import member_table
from core.ui.explain.importance import answer, importance_chart
from core.ui.explain.names import value_labels
from core.ui.explain.sections import sections
from core.ui.explain.source import explained, notes
from core.ui.explain.stability import spread, steadiness
from core.ui.explain.waterfall import waterfall
from core.ui.explain.words import coloured_words

__all__ = [
    "answer",
    "coloured_words",
    "explained",
    "importance_chart",
    "member_table",
    "notes",
    "sections",
    "spread",
    "steadiness",
    "value_labels",
    "waterfall",
]
