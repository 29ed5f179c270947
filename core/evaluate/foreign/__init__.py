"""Predictions that were made elsewhere, by any model or person, matched to a dataset so that they can be judged."""

from core.evaluate.foreign.assemble import Foreign, assemble
from core.evaluate.foreign.settings import ForeignSettings

__all__ = ["Foreign", "ForeignSettings", "assemble"]
