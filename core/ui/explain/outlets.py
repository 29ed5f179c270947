"""What each press outlet adds to the predictions: the members of the outlet's bar."""

from __future__ import annotations

import pandas as pd

from core.data.dataset import Dataset
from core.explain import Contributions, outlet_effects
from core.train.features.outlets import PRESS
from core.train.run import Run
from core.ui.explain.effects import effect_columns
from core.ui.tables import table
from core.ui.text import _

_SHOWN = 8  # outlets at once


def by_outlet(run: Run, data: Dataset, found: Contributions, chosen: int) -> None:
    """List the outlets, the largest contribution first; nothing for a run that does not read the outlet."""
    effects = outlet_effects(run, data, found, chosen) if PRESS in found.groups else []
    if effects:
        names = [effect.keywords[0] for effect in effects]
        table(
            pd.DataFrame({_("outlet"): names} | effect_columns(effects, found)),
            f"explained-outlets-{run.id}",
            _("What each outlet adds, the largest contribution first"),
            rows=_SHOWN,
        )
