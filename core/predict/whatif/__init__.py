"""What if: a question changed in one way or many, and what a run says to each."""

from core.predict.whatif.answers import ask, ask_beside
from core.predict.whatif.changes import Changed, Comparison, changed, compare, is_read
from core.predict.whatif.outlets import OutletAnswers, outlet_answers
from core.predict.whatif.sweep import Curve, Scale, Surface, curve, surface
from core.predict.whatif.turned import FlipAnswer, flip_answers, open_flips
from core.predict.whatif.variants import MOST_VARIANTS, Variants, read_variants

__all__ = [
    "MOST_VARIANTS",
    "Changed",
    "Comparison",
    "Curve",
    "FlipAnswer",
    "OutletAnswers",
    "Scale",
    "Surface",
    "Variants",
    "ask",
    "ask_beside",
    "changed",
    "compare",
    "curve",
    "flip_answers",
    "is_read",
    "open_flips",
    "outlet_answers",
    "read_variants",
    "surface",
]
