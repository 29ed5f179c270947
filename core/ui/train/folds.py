"""The picture of what each test learns from, over time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from core.locale import N_, P_
from core.train.settings import TrainSettings
from core.ui.charts import show
from core.ui.text import _
from core.ui.theme import DATES, palette

PARTS = {
    "train": N_("learn"),
    "test": N_("test"),
    "purged": N_("purged"),
    "embargoed": N_("embargo"),
}


def test_name(fold: int, settings: TrainSettings) -> str:
    """Name a test by its number: 0 is the final one."""
    if fold:
        return _("fold {n}", n=fold)
    return _("holdout (sealed)") if settings.sealed else _("holdout")


def folds_picture(plan: pd.DataFrame, settings: TrainSettings) -> None:
    """Draw which sessions each fold learns from, leaves out and tests on."""
    colours = palette()
    look = {
        "train": (colours.middle, "square"),
        "test": (colours.accent, "square"),
        "purged": (colours.unsure, "x-thin"),
        "embargoed": (colours.muted, "x-thin"),
    }
    numbers = [*sorted(n for n in plan["fold"].unique() if n), 0]
    names = {n: test_name(n, settings) for n in numbers}
    figure = go.Figure()
    for part, (colour, symbol) in look.items():
        rows = plan[plan["part"] == part]
        if rows.empty:
            continue
        texts = [_(P_("{n:,} row", "{n:,} rows"), n=n) for n in rows["rows"]]
        figure.add_scattergl(
            x=rows["session"],
            y=rows["fold"].map(names),
            mode="markers",
            name=_(PARTS[part]),
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 8,
                "line": {"width": 2 if "x" in symbol else 0, "color": colour},
            },
            text=texts,
            hovertemplate="%{x|%Y-%m-%d} · %{text}<extra>" + _(PARTS[part]) + "</extra>",
        )
    figure.update_yaxes(
        categoryorder="array", categoryarray=[names[n] for n in reversed(numbers)], type="category"
    )
    figure.update_xaxes(tickformatstops=DATES)
    note = _("A mark is one session of one test.")
    show(figure, _("What each test learns from"), "chart-folds", note, height=190 + 34 * len(numbers))
