"""The parts of the explain page; the waterfall stands on the predict page too."""

from core.ui.explain.details import details, member_table
from core.ui.explain.importance import answer, importance_chart
from core.ui.explain.names import value_labels
from core.ui.explain.rows import chosen_row, headline, row_labels, words_of_row
from core.ui.explain.source import explained, notes
from core.ui.explain.waterfall import waterfall
from core.ui.explain.words import coloured_words

__all__ = [
    "answer",
    "chosen_row",
    "coloured_words",
    "details",
    "explained",
    "headline",
    "importance_chart",
    "member_table",
    "notes",
    "row_labels",
    "value_labels",
    "waterfall",
    "words_of_row",
]
