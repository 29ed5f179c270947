"""The table side of a run: what its numbers, outlet and clock do to the predictions, and whether they help."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.explain import Contributions
from core.explain.features import (
    PartialDependence,
    Permuted,
    continuous_groups,
    partial_dependence,
    permutation_importance,
    strongest_partner,
    table_groups,
)
from core.train.run import Run
from core.ui.explain.beeswarm import beeswarm
from core.ui.explain.moved import dependence, partial_chart
from core.ui.explain.names import group_name
from core.ui.explain.outlets import by_outlet
from core.ui.explain.permuted import permuted
from core.ui.text import _, translate_md


def numbers(run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, chosen: int) -> None:
    """Draw the contributions of the table's groups, one feature closely, and what each group is worth.

    `chosen` is the number of the explained class, -1 for returns. A run without a group of the table has one sentence.
    """
    shown = table_groups(found)
    if not shown:
        st.caption(_("This run has the headline alone: no numbers, no outlet and no clock to show."))
        return
    beeswarm(run, data, found)
    by_outlet(run, data, found, chosen)
    features = [group for group in shown if group in continuous_groups(run)]
    if features:
        _closely(run, data, vectors, found, chosen, features)
    _worth(run, data, vectors, found)


def _closely(
    run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, chosen: int, features: list[str]
) -> None:
    """Draw one feature of the reader's choice: what it adds by its value, and the predictions as it is moved."""
    picked = st.selectbox(
        _("Feature"),
        features,
        key=f"numbers-feature-{run.id}",
        format_func=group_name,
        persist_state="session",
    )
    group = picked if picked in features else features[0]
    dependence(
        run, data, found, group, _partner(run, data, found, run.id, run.settings.sealed, chosen, group)
    )
    made = _moved(run, data, vectors, found, run.id, run.settings.sealed, chosen, group)
    if made is None:
        st.caption(_("This feature has one value in all test rows, so it cannot be moved."))
        return
    partial_chart(data, made)


def _worth(run: Run, data: Dataset, vectors: np.ndarray, found: Contributions) -> None:
    """Draw what the score loses without each group, once the reader asks: the models predict the holdout many times."""
    asked = st.toggle(
        _("Measure which of them help"),
        key=f"numbers-worth-{run.id}",
        persist_state="session",
        help=_(
            "What moves the predictions need not improve them. Here whole sessions swap the values of a feature, and the "
            "score is taken again: it takes some seconds."
        ),
    )
    if not asked:
        return
    try:
        with st.spinner(_("Swapping the values of sessions …")):
            made = _swapped(run, data, vectors, run.id, run.settings.sealed)
    except UserError as error:
        st.caption(translate_md(error.message))
        return
    permuted(run, found, made)


@st.cache_data(max_entries=64, show_spinner=False)
def _partner(
    _run: Run, _data: Dataset, _found: Contributions, run_id: str, sealed: bool, chosen: int, group: str
) -> str | None:
    return strongest_partner(_run, _data, _found, group)


@st.cache_resource(max_entries=64, show_spinner=False)
def _moved(
    _run: Run,
    _data: Dataset,
    _vectors: np.ndarray,
    _found: Contributions,
    run_id: str,
    sealed: bool,
    chosen: int,
    group: str,
) -> PartialDependence | None:
    return partial_dependence(_run, _data, _vectors, _found.rows, group, chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _swapped(_run: Run, _data: Dataset, _vectors: np.ndarray, run_id: str, sealed: bool) -> Permuted:
    return permutation_importance(_run, _data, _vectors)
