"""The names under which predictions are shown: of models, of their combinations and of baselines."""

from __future__ import annotations

from core.evaluate.predictions import FUSION
from core.train.models.baselines import BASELINES
from core.train.models.combinations import COMBINATIONS
from core.train.models.fusion import TITLE as FUSION_TITLE
from core.train.models.registry import MODELS


def title(key: str) -> str:
    """Return the translatable title of a model, combination or baseline; an unknown key is its own."""
    if key in MODELS:
        return MODELS[key].entry.title
    if key == FUSION:
        return FUSION_TITLE
    named = COMBINATIONS.get(key) or BASELINES.get(key)
    return named.title if named else key
