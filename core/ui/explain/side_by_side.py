"""What each model makes of one row, side by side, and their mean."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.explain.names import PLACES, group_name
from core.ui.text import _, class_name, hover, points
from core.ui.theme import model_colours, palette

MOST = 8  # groups in the chart
_WIDTH = 18  # characters of a label before it is broken


def side_by_side(run: Run, found: Contributions, place: int) -> None:
    """Draw the largest contributions of the explained row at this place: a bar of the ensemble, a mark for each model.

    A run with a single model has nothing to compare.
    """
    if len(found.values) < 3:
        return
    values = found.values[MEAN][place]
    order = np.argsort(-np.abs(values), kind="stable")[:MOST]
    names = [hover(group_name(found.groups[number]), _WIDTH) for number in order]
    places = PLACES[found.label is not None]
    figure = go.Figure()
    for model, colour in model_colours(found.values).items():
        of_model = found.values[model][place][order]
        own = {
            "x": of_model * 100,
            "y": names,
            "name": model_name(model),
            "customdata": [points(float(value), places) for value in of_model],
            "hovertemplate": "%{y}: %{customdata}<extra>" + hover(model_name(model)) + "</extra>",
        }
        if model == MEAN:
            figure.add_bar(**own, orientation="h", marker_color=colour)
        else:
            line = {"color": palette().surface, "width": 1.5}
            figure.add_scatter(**own, mode="markers", marker={"color": colour, "size": 11, "line": line})
    figure.update_layout(bargap=0.45)
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    figure.update_xaxes(title=_axis(found), zeroline=True, zerolinewidth=1.5)
    lines = sum(1 + name.count("<br>") for name in names)
    show(
        figure,
        _("The models side by side"),
        "chart-side-by-side",
        _note(len(found.groups)),
        170 + 30 * len(names) + 12 * (lines - len(names)),
    )


def _axis(found: Contributions) -> str:
    if found.label is None:
        return hover(_("contribution to the predicted return (percentage points)"), 34)
    said = _("contribution to the probability of {label} (percentage points)", label=class_name(found.label))
    return hover(said, 34)


def _note(groups: int) -> str:
    note = _(
        "n = 1 row; bar: the mean of the models; dots: the single models; right of 0 raises, left lowers"
    )
    if groups > MOST:
        note += _("; the {n} largest of {all}", n=MOST, all=groups)
    return note
