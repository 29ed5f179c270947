"""The choices that make a grid, validated where they are made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.locale import N_
from core.train.models.registry import MODELS
from core.train.settings import ALL, FEATURES, TABLE, TrainSettings
from core.validation import require_choice, require_range

MOST_RUNS = 500
MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class GridSettings:
    """What is combined: each encoder with each pooling, feature set and seed; a run fits all the `models` at once.

    `base` are the other settings, the same for every run. Each list keeps its order and drops what stands in it twice.
    `models` are all where none is named. A value that there is not raises `UserError`, as does a list without any, a
    search for hyperparameters in `base` (what it finds depends on the machine's pace), and more than 500 runs.
    """

    base: TrainSettings
    encoders: tuple[str, ...]
    poolings: tuple[str, ...] = (TrainSettings.pooling,)
    features: tuple[str, ...] = (ALL,)
    models: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", tuple(self.models) or tuple(MODELS))
        for name in ("encoders", "poolings", "features", "models", "seeds"):
            object.__setattr__(self, name, tuple(dict.fromkeys(getattr(self, name))))
        for name, allowed in (("poolings", POOLINGS), ("features", FEATURES), ("models", MODELS)):
            for value in getattr(self, name):
                require_choice(name, value, allowed)
        for seed in self.seeds:
            require_range("seeds", seed, 0, MOST_SEEDS)
        needed = ["features", "seeds"]
        if self.features != (TABLE,):
            needed += ["encoders", "poolings"]
        for name in needed:
            if not getattr(self, name):
                raise UserError(N_("The grid has no {list}: choose at least one."), list=name)
        if self.base.tune_seconds:
            raise UserError(
                N_(
                    "A grid searches no hyperparameters: what is found in a given time depends on the machine. Leave the "
                    "search out, and search in a run of the best combination."
                )
            )
        if len(runs := self.runs()) > MOST_RUNS:
            raise UserError(
                N_("The grid has {runs:,} runs, at most {most:,} are allowed: choose fewer combinations."),
                runs=len(runs),
                most=MOST_RUNS,
            )

    def runs(self) -> tuple[TrainSettings, ...]:
        """Return the settings of every run, each once: the table alone depends on no encoder and no pooling."""
        encoders, poolings = self.encoders or ("",), self.poolings or (TrainSettings.pooling,)
        found = (
            replace(
                self.base, encoder=encoder, pooling=pooling, features=features, models=self.models, seed=seed
            )
            for encoder, pooling, features, seed in product(encoders, poolings, self.features, self.seeds)
        )
        return tuple(dict.fromkeys(found))

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)

    def id(self, dataset_id: str) -> str:
        """Return the id of this grid on a dataset: the same grid has the same."""
        text = json.dumps([dataset_id, self.as_dict()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
