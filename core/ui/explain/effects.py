"""Effects of sets of headlines (topics, outlets) as columns of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.explain import Contributions, Effect
from core.ui.explain.names import PLACES
from core.ui.text import UNKNOWN, _, class_name, points_interval


def effect_columns(effects: Sequence[Effect], found: Contributions) -> dict[str, list[object]]:
    """Return each effect's events, contribution, what happened, and whether that bears the models out, by title."""
    places = PLACES[found.label is not None]
    return {
        _("events"): [effect.events for effect in effects],
        _("contribution, percentage points"): [
            points_interval(effect.contribution, places) for effect in effects
        ],
        _happened(found): [
            UNKNOWN if np.isnan(effect.outcome.low) else points_interval(effect.outcome, places)
            for effect in effects
        ],
        _("borne out"): ["✓" if effect.confirmed else "" for effect in effects],
    }


def _happened(found: Contributions) -> str:
    if found.label is None:
        return _("mean return less that of the others, percentage points")
    return _("share of {label} less that of the others, percentage points", label=class_name(found.label))
