"""What stands behind the explanation: the same row model by model, the text features, and how it is computed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.train.features.registry import EXTRAS, TEXT
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.explain.names import group_name, unit
from core.ui.explain.source import calibration_note
from core.ui.tables import table
from core.ui.text import _, percent, points, signed_percent


def details(run: Run, found: Contributions, place: int) -> None:
    """Fold away how the contributions are computed, each model's, and those of the text features."""
    with st.expander(_("Details")):
        st.markdown(_("What moves a prediction does not make it right: see the scores on the Evaluate page."))
        st.caption(
            _(
                "Contributions are SHAP values (Lundberg & Lee, 2017) of each model, summed within each row and group and "
                "averaged over the models. The average and all contributions add up to the prediction."
            )
        )
        calibration_note(run)
        member_table(run, found, place)
        _of_the_text(found)


def member_table(run: Run, found: Contributions, place: int) -> None:
    """Show the same row for each model, in percentage points."""
    ends = [_("average"), _("prediction")]
    rows = {
        model_name(name): {
            ends[1]: found.prediction[name][place] * 100,
            ends[0]: found.base[name] * 100,
            **{group_name(g): found.values[name][place, i] * 100 for i, g in enumerate(found.groups)},
        }
        for name in found.values
    }
    style = (
        pd.DataFrame(rows)
        .T.style.format(lambda shift: points(shift / 100))
        .format(lambda end: percent(end / 100, 1) if run.classes else signed_percent(end / 100), subset=ends)
    )
    table(
        style,
        "explained-models",
        _("The same row, model by model ({unit})", unit=unit(found)),
        hide_index=False,
    )


def _of_the_text(found: Contributions) -> None:
    """List the text features' contributions, where the run has any."""
    if TEXT not in found.groups:
        return
    rows = [
        {
            _("text feature"): _(EXTRAS[row.member].title),
            _("mean absolute contribution (percentage points)"): round(getattr(row, MEAN) * 100, 2),
        }
        for row in found.inside(TEXT).itertuples()
    ]
    table(pd.DataFrame(rows), "explained-text", _("Words and form of the headline"))
