"""Which words move the predictions of many headlines, and whether what happened moved with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.explain import Contributions
from core.explain.global_words import (
    Vocabulary,
    collect_words,
    reads_headlines,
    saved_words,
    word_sample,
)
from core.explain.word_ranking import rank_words
from core.jobs import Report
from core.locale import P_
from core.train.run import Run
from core.ui import jobs
from core.ui.charts import show
from core.ui.explain.names import PLACES, unit
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, class_name, day, duration, hover, md, points, points_interval
from core.ui.theme import palette

_SECONDS = 0.8  # to read the words of one headline with the bundled encoder
_EACH_WAY = 15


def vocabulary(run: Run, data: Dataset, found: Contributions, chosen: int) -> None:
    """Draw the words that move the predictions of the class of number `chosen`, or the button that reads them."""
    if not reads_headlines(found):
        st.caption(_("The models of this run read no headlines, so no word moves their predictions."))
        return
    made = saved_words(run, data, found, chosen)
    if made is None:
        _offer(run, data, found, chosen)
        return
    ranked = rank_words(made, run, data, chosen)
    if ranked.empty:
        st.info(
            _(
                "No word stands in the headlines of 5 different trading days among the {n:,} that were read, so none can be "
                "ranked.",
                n=len(made.sample),
            )
        )
        return
    st.markdown(_answer(ranked))
    if unknown := int(ranked["happened_low"].isna().sum()):
        st.caption(
            _(
                P_(
                    "Of {n:,} word nobody can tell what happened: too few trading days of the test are with it or without it.",
                    "Of {n:,} words nobody can tell what happened: too few trading days of the test are with them or without "
                    "them.",
                ),
                n=unknown,
            )
        )
    _chart(ranked, made, found, run.id)
    picked = _words_table(ranked, found, run.id)
    if picked is not None:
        _headlines(ranked.iloc[picked], made, run, data, found, chosen)


def _offer(run: Run, data: Dataset, found: Contributions, chosen: int) -> None:
    """Show the job that reads the words, or offer it."""
    subject = {"run": run.id, "label": str(chosen)}
    if jobs.panel("words", run=run.id, label=str(chosen)):
        return

    def work(report: Report) -> None:
        collect_words(run, data, found, chosen, report=report)

    size = len(word_sample(run, data, found))
    st.markdown(
        _(
            "Up to {n:,} different headlines of the test are read without some of their words, to see which words move "
            "the predictions and whether the outcomes moved with them. This takes about {time} and is saved.",
            n=size,
            time=duration(size * _SECONDS),
        )
    )
    if st.button(_("Read the words"), key="read-words", type="primary", disabled=size == 0):
        jobs.submit("words", {"dataset": data.id, **subject}, work, size, "words")


def _answer(ranked: pd.DataFrame) -> str:
    confirmed = ranked[ranked["confirmed"]]
    if confirmed.empty:
        return md(
            P_(
                "The one word that can be ranked did not move the outcome the way the models believe: take its colour as "
                "what the models believe, not as what happens.",
                "None of the {n:,} words moved the outcome the way the models believe: take their colours as what the models "
                "believe, not as what happens.",
            ),
            n=len(ranked),
        )
    names = ", ".join(confirmed["word"].head(8)) + (" …" if len(confirmed) > 8 else "")
    return md(
        P_(
            "Of {words:,} words, {n:,} moved the outcome the way the models believe: {names}.",
            "Of {words:,} words, {n:,} moved the outcome the way the models believe: {names}.",
        ),
        n=len(confirmed),
        words=len(ranked),
        names=names,
    )


def _strongest(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return the strongest words each way, those that surely move first, in order of their mean."""
    up = ranked[ranked["mean"] > 0].head(_EACH_WAY)
    down = ranked[ranked["mean"] <= 0].head(_EACH_WAY)
    return pd.concat([up, down]).sort_values("mean", ascending=False, kind="stable")


def _chart(ranked: pd.DataFrame, made: Vocabulary, found: Contributions, run_id: str) -> None:
    """Draw the mean contribution of each word with its interval, and what happened as a column of numbers."""
    places = PLACES[found.label is not None]
    drawn = _strongest(ranked)
    mean = drawn["mean"].to_numpy() * 100
    high = np.nan_to_num(drawn["high"].to_numpy() * 100 - mean)
    low = np.nan_to_num(mean - drawn["low"].to_numpy() * 100)
    labels = [("✓ " if sure else "") + hover(word, 12) for word, sure in drawn[["word", "confirmed"]].values]
    said = [_told(line, places) for line in drawn.itertuples()]
    colours = palette()
    numbers = list(range(len(drawn)))
    bars = go.Bar(
        orientation="h",
        x=mean,
        y=numbers,
        marker={
            "color": [colours.high if value > 0 else colours.low for value in mean],
            "opacity": [1.0 if moves else 0.45 for moves in drawn["moves"]],
        },
        error_x={"array": high, "arrayminus": low, "color": colours.muted, "thickness": 1.2, "width": 3},
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    happened = go.Scatter(
        x=[0.5] * len(drawn),
        y=numbers,
        mode="text",
        text=[points(value, places) for value in drawn["happened"]],
        textfont={"size": 12},
        xaxis="x2",
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    figure = go.Figure([bars, happened])
    figure.update_xaxes(title=hover(unit(found), 30))
    figure.update_layout(
        xaxis={"domain": [0, 0.8]},
        xaxis2={
            "domain": [0.82, 1],
            "anchor": "y",
            "range": [0, 1],
            "showgrid": False,
            "zeroline": False,
            "tickvals": [],
            "title": hover(_("what happened"), 8),
            "fixedrange": True,
        },
    )
    figure.update_yaxes(
        title=_("word"),
        tickvals=numbers,
        ticktext=labels,
        range=[len(drawn) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    note = _(
        "{n:,} headlines; one bar is the mean of the models over the headlines with that word, with an interval for all "
        "{words:,} words together (95%), pale where it holds 0. At the right: the mean outcome of test events with the word "
        "less that of the others, in percentage points; ✓ where that surely goes the same way. It is a difference, not a cause.",
        n=len(made.sample),
        words=len(ranked),
    )
    show(
        figure,
        _("The words that move the predictions"),
        f"chart-vocabulary-{run_id}",
        note,
        height=150 + 22 * len(drawn),
    )


def _told(line: Any, places: int) -> str:
    """Return what the hover says of a word."""
    words = {
        "word": hover(line.word),
        "mean": points_interval(Interval(line.mean, line.low, line.high), places),
        "happened": points_interval(Interval(line.happened, line.happened_low, line.happened_high), places),
        "n": line.headlines,
        "sessions": line.sessions,
        "events": line.events,
    }
    return _(
        "<b>{word}</b><br>contribution {mean}<br>{n:,} headlines, {sessions:,} trading days<br>what happened {happened}"
        "<br>{events:,} events",
        **words,
    )


def _words_table(ranked: pd.DataFrame, found: Contributions, run_id: str) -> int | None:
    """List the words, let the reader choose one, and return its place."""
    places = PLACES[found.label is not None]
    spans = {
        name: [
            points_interval(Interval(value, low, high), places)
            for value, low, high in ranked[columns].to_numpy(float)
        ]
        for name, columns in (
            ("moved", ["mean", "low", "high"]),
            ("happened", ["happened", "happened_low", "happened_high"]),
        )
    }
    listed = pd.DataFrame(
        {
            _("word"): ranked["word"],
            _("contribution (points)"): spans["moved"],
            _("what happened (points)"): spans["happened"],
            _("confirmed"): [_("yes") if sure else UNKNOWN for sure in ranked["confirmed"]],
            _("headlines"): ranked["headlines"],
            _("trading days"): ranked["sessions"],
            _("test events"): ranked["events"],
        }
    )
    event = table(
        listed,
        f"vocabulary-{run_id}-{found.label or ''}",
        _("The words: choose one to read its headlines"),
        rows=8,
        on_select="rerun",
        selection_mode="single-row",
    )
    picked = event.selection.rows
    return int(picked[0]) if picked and picked[0] < len(ranked) else None


def _headlines(
    line: pd.Series, made: Vocabulary, run: Run, data: Dataset, found: Contributions, chosen: int
) -> None:
    """List the read headlines with a word: what the word added there, and what happened."""
    places = PLACES[found.label is not None]
    mine = made.word == line["code"]
    added = pd.Series(made.value[mine]).groupby(made.row[mine]).sum().sort_values(ascending=False)
    rows = added.index.to_numpy()
    frame = data.frame.iloc[rows]
    outcome = run.predictions.test.at(data, rows).outcome
    happened = (
        [class_name(run.classes[int(value)]) if np.isfinite(value) else UNKNOWN for value in outcome]
        if run.classes
        else [points(value) for value in outcome]
    )
    columns: dict[str, Any] = {_("headline"): frame["headline"].to_numpy()}
    columns[_("contribution (points)")] = np.round(added.to_numpy() * 100, places) + 0.0
    columns[_("what happened") if run.classes else _("what happened (%)")] = happened
    if frame["session"].notna().any():
        columns[_("session")] = frame["session"].map(day).to_numpy()
    columns[_("row")] = frame["row"].to_numpy()
    config = {
        _("headline"): st.column_config.TextColumn(width="large"),
        _("contribution (points)"): st.column_config.NumberColumn(format=f"%+.{places}f"),
    }
    table(
        pd.DataFrame(columns),
        f"vocabulary-rows-{run.id}",
        _("The headlines with the word {word}", word=str(line["word"])),
        rows=8,
        column_config=config,
    )
