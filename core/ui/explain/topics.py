"""Which topics move the predictions, and what happened after their headlines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain import Contributions, Effect, topic_effects
from core.explain.sentences import topics_sentence
from core.maps import Topics
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import whiskers
from core.ui.explain.effects import effect_columns
from core.ui.explain.names import PLACES
from core.ui.tables import table
from core.ui.text import (
    _,
    bold,
    class_name,
    count,
    day,
    hover,
    percent,
    points,
    signed_percent,
    translate_md,
)
from core.ui.theme import palette
from core.ui.topics import soft_note, topic_name, topics_or_offer

_COUNTS = (0, 5, 6, 8, 10, 12, 15, 20)
_HEADLINES = 8  # shown at once


def by_topic(run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, chosen: int) -> None:
    """Draw what each topic adds, beside what happened; `chosen` is the number of the explained class."""
    if not set(found.groups) & headline_groups():
        st.info(_("This run's models do not read the headline, so no topic can move them."))
        return
    number = st.segmented_control(
        _("Topics"),
        _COUNTS,
        default=0,
        required=True,
        key="topics-count",
        format_func=lambda n: _("as many as are stable") if n == 0 else count(n),
        persist_state="session",
    )
    made = topics_or_offer(data, vectors, number or 0)
    if made is None:
        return
    effects = topic_effects(run, data, found, made, chosen)
    st.markdown(bold(translate_md(topics_sentence(effects, found))))
    soft_note(made)
    unknown = sum(bool(np.isnan(effect.outcome.low)) for effect in effects)
    if unknown:
        st.caption(
            _(
                "What happened after {n} of these {all} topics cannot be told: too few trading days of the test are with "
                "them or without them.",
                n=unknown,
                all=len(effects),
            )
        )
    _chart(run, found, effects)
    _tables(run, data, found, made, effects)


def _chart(run: Run, found: Contributions, effects: list[Effect]) -> None:
    colours, places = palette(), PLACES[found.label is not None]
    names = [f"{hover(topic_name(effect.keywords), 18)} · {count(effect.events)}" for effect in effects]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=[effect.contribution.value * 100 for effect in effects],
            orientation="h",
            name=_("what the models believe"),
            marker_color=[
                colours.high if effect.contribution.value > 0 else colours.low for effect in effects
            ],
            error_x=whiskers([effect.contribution for effect in effects], 100) | {"color": colours.muted},
            showlegend=False,
            customdata=[points(effect.contribution.value, places) for effect in effects],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
    )
    figure.update_layout(bargap=0.4)
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    figure.update_xaxes(
        title=hover(_("mean contribution of the headline (percentage points)"), 30),
        zeroline=True,
    )
    note = _(
        "n = {n:,} explained test rows; a bar: the mean over a topic's headlines; its number: "
        "events; lines: intervals that all hold at once in 95% of tables",
        n=len(found.rows),
    )
    lines = sum(1 + name.count("<br>") for name in names)
    show(figure, _("What each topic adds"), f"chart-topics-{run.id}", note, 150 + 24 * lines)


def _tables(run: Run, data: Dataset, found: Contributions, made: Topics, effects: list[Effect]) -> None:
    """List the topics; the chosen one's headlines stand below."""
    names = [topic_name(effect.keywords, 6) for effect in effects]
    listed = pd.DataFrame({_("topic"): names} | effect_columns(effects, found))
    event = table(
        listed,
        f"explained-topics-{run.id}-{len(made)}",
        _("The topics, the largest contribution first: choose one"),
        rows=len(listed),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
    )
    picked = event.selection.rows
    effect = effects[picked[0] if picked and picked[0] < len(effects) else 0]
    _headlines(run, data, found, effect)


def _headlines(run: Run, data: Dataset, found: Contributions, effect: Effect) -> None:
    """List the topic's explained headlines, those that moved their prediction most first."""
    mine = [place for place, group in enumerate(found.groups) if group in headline_groups()]
    places = np.flatnonzero(np.isin(found.rows, effect.rows))
    added = found.values[MEAN][places][:, mine].sum(axis=1)
    order = np.argsort(-np.abs(added), kind="stable")
    places, added = places[order], added[order]
    frame = data.frame.iloc[found.rows[places]]
    outcome = run.predictions.test.at(data, found.rows[places]).outcome
    happened = (
        [class_name(run.classes[int(number)]) for number in outcome]
        if run.classes
        else [signed_percent(float(value)) for value in outcome]
    )
    told = PLACES[found.label is not None]
    predicted = found.prediction[MEAN][places]
    table(
        pd.DataFrame(
            {
                _("headline"): frame["headline"].to_numpy(),
                _("contribution, percentage points"): [points(float(value), told) for value in added],
                _("prediction"): [
                    percent(float(value)) if run.classes else signed_percent(float(value))
                    for value in predicted
                ],
                _("what happened"): happened,
                _("session"): [day(moment) for moment in frame["session"]],
                _("row"): frame["row"].to_numpy(),
            }
        ),
        f"topic-headlines-{run.id}",
        _("Headlines on {topic}", topic=topic_name(effect.keywords)),
        rows=_HEADLINES,
    )
