"""What stands behind the explanation: the same row model by model, the text features, and how it is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain import Contributions, ExactValues, exact_values_of
from core.explain.exact import BACKGROUND
from core.train.features.registry import EXTRAS, TEXT
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.explain.names import group_name, unit
from core.ui.explain.source import calibration_note
from core.ui.tables import table
from core.ui.text import _, percent, points, signed_percent


def details(
    run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, place: int, chosen: int
) -> None:
    """Fold away how the contributions are computed, each model's, the exact ones, and those of the text features.

    `chosen` is the number of the explained class.
    """
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
        if st.toggle(
            _("Exact Shapley values of the groups"),
            key="explained-exact",
            help=_(
                "Of the prediction as it is shown, calibrated where the run is: each group's value is replaced by those of {n} "
                "rows that the models have learned from, in every combination of groups. Slower than TreeSHAP, which the bars show.",
                n=BACKGROUND,
            ),
        ):
            _exact_table(run, data, vectors, int(found.rows[place]), chosen)
        _of_the_text(found)


def member_table(run: Run, found: Contributions, place: int) -> None:
    """Show the same row for each model, in percentage points."""
    rows = {
        name: (found.base[name], values[place], found.prediction[name][place])
        for name, values in found.values.items()
    }
    title = _("The same row, model by model ({unit})", unit=unit(found))
    _by_model(run, found.groups, rows, "explained-models", title)


def _exact_table(run: Run, data: Dataset, vectors: np.ndarray, position: int, chosen: int) -> None:
    """Show the exact values of a row for each model, and their error where there are too many groups to be exact."""
    found = _exact(run, data, vectors, position, chosen, run.id)
    rows = {name: (found.base[name], values, found.prediction[name]) for name, values in found.values.items()}
    _by_model(
        run, found.groups, rows, "explained-exactly", _("Exact Shapley values of the groups, model by model")
    )
    if found.error:
        st.caption(
            _(
                "There are too many groups to ask every combination; the largest standard error is {error} percentage points.",
                error=f"{found.error * 100:.2f}",
            )
        )


@st.cache_resource(max_entries=32, show_spinner=False)
def _exact(
    _run: Run, _data: Dataset, _vectors: np.ndarray, position: int, chosen: int, run_id: str
) -> ExactValues:
    return exact_values_of(_run, _data, _vectors, position, chosen)


def _by_model(
    run: Run,
    groups: Sequence[str],
    rows: Mapping[str, tuple[float, np.ndarray, float]],
    key: str,
    title: str,
) -> None:
    """Draw a table of each model's base, contributions and prediction, in percentage points."""
    ends = [_("average"), _("prediction")]
    shown = {
        model_name(name): {
            ends[1]: prediction * 100,
            ends[0]: base * 100,
            **{group_name(group): value * 100 for group, value in zip(groups, values, strict=True)},
        }
        for name, (base, values, prediction) in rows.items()
    }
    style = (
        pd.DataFrame(shown)
        .T.style.format(lambda shift: points(shift / 100))
        .format(lambda end: percent(end / 100, 1) if run.classes else signed_percent(end / 100), subset=ends)
    )
    table(style, key, title, hide_index=False)


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
