"""How high could a model of the headline alone reach, where headlines returned?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.headroom import Headroom, headroom
from core.evaluate.metrics import METRICS, shown
from core.evaluate.predictions import MEAN
from core.locale import P_
from core.train.models.baselines import BASELINES
from core.train.run import Run
from core.train.splits.plan import plan_splits
from core.ui.charts import show
from core.ui.evaluate.text import LABEL_WIDTH, details, metric_title, model_name, whiskers, written
from core.ui.text import _, bold, hover, translate_md
from core.ui.theme import palette


def ceiling(run: Run, data: Dataset) -> None:
    """Say how high a model of the headline alone could reach on headlines that returned, and draw the scores on them."""
    if not data.has_sessions:
        st.info(
            _(
                "How high a model could reach is read from headlines that returned in other sessions: this table has no dates."
            )
        )
        return
    found = _found(run.id, run, data)
    st.markdown(bold(translate_md(found.ceiling.sentence())))
    if found.ceiling.best:
        _headroom(run, found)


@st.cache_data(max_entries=20, show_spinner=False)
def _found(run_id: str, _run: Run, _data: Dataset) -> Headroom:
    """Return the ceiling of all rows with a known outcome; a sealed holdout is left out."""
    plan = plan_splits(_data, _run.settings, recorded=True)
    test = _run.predictions.test
    alone = [key for key, baseline in BASELINES.items() if baseline.headline_alone]
    names = [name for name in (MEAN, *alone) if name in test.models]
    return headroom(_data, plan.outcome, plan.open_rows, _run.settings.evaluation, test, names)


def _headroom(run: Run, found: Headroom) -> None:
    colours = palette()
    best = found.ceiling.best[found.metric]
    rows: list[tuple[str, Interval, str, str]] = [
        (model_name(name), score, colours.accent if name == MEAN else colours.muted, "circle")
        for name, score in found.scores.items()
    ]
    rows.append((_("Ceiling of headlines that returned"), best, colours.text, "diamond"))
    figure = go.Figure()
    for name, score, colour, symbol in rows:
        figure.add_scatter(
            x=[score.value],
            y=[hover(name, LABEL_WIDTH)],
            mode="markers+text",
            text=[f"<b>{shown(METRICS[found.metric], score.value)}</b>"],
            textposition="top right",
            textfont={"size": 14, "color": colours.text},
            cliponaxis=False,
            showlegend=False,
            marker={"size": 12, "color": colour, "symbol": symbol},
            error_x=whiskers([score]) | {"color": colour},
            hovertemplate=f"{hover(name)}: {written(found.metric, score)}<extra></extra>",
        )
    figure.add_vline(x=best.value, line_dash="dash", line_color=colours.muted)
    figure.update_yaxes(range=[len(rows) - 0.4, -0.8], type="category")
    figure.update_xaxes(title=metric_title(run, found.metric))
    returned = found.ceiling
    note = _(
        "The diamond is the ceiling on the {rows:,} of {all:,} rows whose headline returned; a line is a 95% interval.",
        rows=returned.rows,
        all=returned.of,
    )
    show(
        figure,
        _("How high can headlines that return reach?"),
        "chart-ceiling",
        f"{note} {_scored(found)}",
        height=140 + 50 * len(rows),
    )
    details(
        _(
            "From {pairs:,} pairs of the same story in two events ({stories:,} stories, {sessions:,} sessions): how often their "
            "outcomes agree bounds what the headline alone can tell. The ensemble sees the table's numbers as well, so it "
            "may lie above.",
            stories=returned.stories,
            pairs=returned.pairs,
            sessions=returned.sessions,
        )
    )


def _scored(found: Headroom) -> str:
    """Say of which rows the models' scores beside the ceiling are, or why there are none."""
    if not found.scores:
        return _(
            P_(
                "Only {n:,} of these rows was tested, on {sessions}: too few for a score beside it.",
                "Only {n:,} of these rows were tested, on {sessions}: too few for a score beside it.",
            ),
            n=found.tested,
            sessions=Message(P_("{n:,} session", "{n:,} sessions"), {"n": found.sessions}),
        )
    return _(
        "A circle is a model's score on the {n:,} tested rows among them alone, not on the whole test.",
        n=found.tested,
    )
