"""How high could any model of the headline alone reach?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.ceiling import Headroom, headroom
from core.evaluate.predictions import MEAN
from core.train.models.baselines import BASELINES
from core.train.run import Run
from core.train.splits.plan import plan_splits
from core.ui.evaluate.text import LABEL_WIDTH, metric_title, model_name, whiskers, written
from core.ui.text import _, bold, hover, translate_md
from core.ui.theme import palette, show


def ceiling(run: Run, data: Dataset) -> None:
    """Say how high any model of the headline alone could reach, and draw the scores under it."""
    found = _found(run.id, run, data)
    st.markdown(bold(translate_md(found.ceiling.sentence())))
    if found.ceiling.best:
        _headroom(run, found)


@st.cache_data(max_entries=20, show_spinner=False)
def _found(run_id: str, _run: Run, _data: Dataset) -> Headroom:
    """Return the ceiling of all rows with a known outcome; a sealed holdout is left out."""
    plan = plan_splits(_data, _run.settings, recorded=True)
    known = _run.scores | _run.baselines
    alone = [key for key, baseline in BASELINES.items() if baseline.headline_alone]
    scores = {name: known[name] for name in (MEAN, *alone) if name in known}
    return headroom(_data, plan.outcome, plan.open_rows, _run.settings.evaluation, scores)


def _headroom(run: Run, found: Headroom) -> None:
    colours = palette()
    best = found.ceiling.best[found.metric]
    rows: list[tuple[str, Interval, str, str]] = [
        (model_name(name), score, colours.accent if name == MEAN else colours.muted, "circle")
        for name, score in found.scores.items()
    ]
    rows.append((_("Ceiling for headlines alone"), best, colours.text, "diamond"))
    figure = go.Figure()
    for name, score, colour, symbol in rows:
        figure.add_scatter(
            x=[score.value],
            y=[hover(name, LABEL_WIDTH)],
            mode="markers",
            showlegend=False,
            marker={"size": 12, "color": colour, "symbol": symbol},
            error_x=whiskers([score]) | {"color": colour},
            hovertemplate=f"{hover(name)}: {written(found.metric, score)}<extra></extra>",
        )
    figure.add_vline(x=best.value, line_dash="dash", line_color=colours.muted)
    figure.update_yaxes(range=[len(rows) - 0.3, -0.7], type="category")
    figure.update_xaxes(title=metric_title(run, found.metric))
    note = _(
        "n = {pairs:,} pairs of near-identical headlines ({stories:,} stories, {sessions:,} sessions); the diamond is the "
        "ceiling, a circle a model, each with its 95% interval; the ensemble sees the table's numbers as well, so it may "
        "lie above",
        pairs=found.ceiling.pairs,
        stories=found.ceiling.stories,
        sessions=found.ceiling.sessions,
    )
    show(figure, _("How high can a headline reach?"), "chart-ceiling", note, height=150 + 44 * len(rows))
