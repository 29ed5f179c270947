"""Stage 5: a run and rows to contributions by group, for each class; by topic, and one headline by word."""

from core.embed.typed import readable
from core.explain.contributions import (
    Contributions,
    explain_classes,
    explain_matrix,
    explained_class,
)
from core.explain.effects import Effect
from core.explain.encoding import encode_headlines, encode_texts
from core.explain.exact import ExactValues, exact_values_of
from core.explain.pipeline import explain_run
from core.explain.stability import Stability, saved_stability, stability_of
from core.explain.topics import outlet_effects, topic_effects
from core.explain.words import WordContributions, explain_headline, explain_words

__all__ = [
    "Contributions",
    "Effect",
    "ExactValues",
    "Stability",
    "WordContributions",
    "encode_headlines",
    "encode_texts",
    "exact_values_of",
    "explain_classes",
    "explain_headline",
    "explain_matrix",
    "explain_run",
    "explain_words",
    "explained_class",
    "outlet_effects",
    "readable",
    "saved_stability",
    "stability_of",
    "topic_effects",
]
