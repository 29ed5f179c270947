"""The models: a new one is a class with an entry, and a place in this list.

The order is the one in which they are fitted and shown.
"""

from __future__ import annotations

from importlib import import_module

from core.train.models.forest import Forest
from core.train.models.histogram_forest import HistogramForest
from core.train.models.lightgbm_model import LightGBM
from core.train.models.model import Model
from core.train.models.sample import Parameters, Sample
from core.train.models.xgboost_model import XGBoost

KINDS: tuple[type[Model], ...] = (Forest, XGBoost, LightGBM)
MODELS: dict[str, type[Model]] = {kind.entry.key: kind for kind in KINDS}
STAND_INS: dict[str, type[Model]] = {  # what a model is where its rows lie in partitions, told by its file
    kind.entry.key: kind for kind in (HistogramForest,)
}


def chosen(sample: Sample) -> dict[str, type[Model]]:
    """Return the models that a sample names, all where it names none."""
    return {key: kind for key, kind in MODELS.items() if key in (sample.models or MODELS)}


def fastest() -> type[Model]:
    """Return the model that takes the least time to fit."""
    return min(MODELS.values(), key=lambda kind: kind.entry.cost)


def require_known(parameters: Parameters) -> None:
    """Raise `ValueError` where parameters are given for a model that there is not."""
    if unknown := set(parameters) - set(MODELS):
        raise ValueError(f"parameters of unknown models: {sorted(unknown)}; there are {', '.join(MODELS)}")


def import_libraries() -> None:
    """Import what the models are made with, before several threads do: one may see the other's half a module."""
    for kind in MODELS.values():
        for library in kind.entry.libraries:
            import_module(library)
