"""Encoders tested on a file of labelled texts or of scored sentence pairs: what was found, and a form for more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.compare.encoder_test_run import (
    PAIRS,
    EncoderTest,
    forget_tests,
    saved_tests,
)
from core.compare.encoder_tests import NEIGHBOURS
from core.evaluate.bootstrap import Interval
from core.ui import jobs
from core.ui.charts import show
from core.ui.compare.encoder_test_form import KIND, form
from core.ui.compare.shown import Shown
from core.ui.evaluate.text import details, whiskers
from core.ui.maps.beside import space_name
from core.ui.tables import table
from core.ui.text import _, count, hover, interval, md, pooling_name, when_made
from core.ui.theme import palette

_SHOWN = 12  # encoders and poolings in the chart


def encoder_tests(shown: Shown) -> None:
    """Draw what encoders scored on the files that were brought, and let the reader test more of them."""
    by_file: dict[str, list[EncoderTest]] = {}
    for test in saved_tests():
        by_file.setdefault(test.digest, []).append(test)
    working = jobs.panel(KIND, of="compare")
    if by_file:
        _found(by_file)
    else:
        st.info(
            _(
                "No encoder has been tested on a file yet. Bring texts with a label each, such as sentences and their "
                "sentiment, or sentence pairs that people scored: it says which encoder reads this kind of text best."
            ),
            icon=":material/science:",
        )
    with st.expander(_("Test encoders on a file"), icon=":material/add:", expanded=not by_file):
        form(shown, working)


def _found(by_file: dict[str, list[EncoderTest]]) -> None:
    digest = st.selectbox(
        _("Tested on"),
        list(by_file),
        format_func=lambda one: _label(by_file[one]),
        key="encoder-tests-file",
    )
    tests = _best_first(by_file[digest])
    st.markdown(_answer(tests))
    _chart(tests)
    _table(tests)
    if tests[0].kind == PAIRS:
        details(
            _(
                "Pearson's and Spearman's correlation of the cosines with people's scores; 95% intervals by Fisher's z, for "
                "Spearman with the variance of Bonett and Wright."
            )
        )
    else:
        details(
            _(
                "Of each text the {k} nearest by the cosine are looked at; a text that repeats another, or nearly does, is left "
                "out. Chance is the share of any two texts with the same label. The silhouette is above 0 where texts lie "
                "nearer to their own label than to the next one. 95% intervals: bootstrap over texts, each pair weighed by both "
                "of its ends; they are rather too wide than too narrow.",
                k=NEIGHBOURS,
            )
        )
    if st.button(_("Remove the tests on this file"), key="encoder-tests-remove", type="tertiary"):
        forget_tests(digest)
        st.rerun()


def _label(tests: Sequence[EncoderTest]) -> str:
    test = tests[0]
    if test.kind == PAIRS:
        return _("{file} · {n:,} sentence pairs", file=test.file, n=test.n)
    return _("{file} · {n:,} texts of {classes} labels", file=test.file, n=test.n, classes=len(test.classes))


def _main(test: EncoderTest) -> Interval:
    return test.scores["pearson" if test.kind == PAIRS else "purity"]


def _best_first(tests: Sequence[EncoderTest]) -> list[EncoderTest]:
    return sorted(tests, key=lambda test: -np.nan_to_num(_main(test).value, nan=-1.0))


def _name(test: EncoderTest) -> str:
    return space_name((test.encoder, test.pooling))


def _answer(tests: Sequence[EncoderTest]) -> str:
    """Say which one scored best, and which of the others its interval cannot be told from."""
    best = tests[0]
    chance = f"{best.chance * 100:.0f}"
    words = {"name": _name(best), "score": _written(best, _main(best)), "n": best.n, "chance": chance}
    if best.kind == PAIRS:
        said = md(
            "**{name}** follows people's scores best: Pearson's correlation is {score} (n = {n:,}).", **words
        )
    else:
        said = md(
            "With **{name}** the nearest texts have the same label most often: {score}, by chance {chance}% (n = {n:,}).",
            **words,
        )
    near = [_name(test) for test in tests[1:] if _main(test).high >= _main(best).low]
    if near:
        said += " " + md(
            "Its interval overlaps that of {others}: which of them is better cannot be told here.",
            others=", ".join(near[:3]) + (" …" if len(near) > 3 else ""),
        )
    return said


def _written(test: EncoderTest, score: Interval) -> str:
    if test.kind == PAIRS:
        return interval(score.value, score.low, score.high, 3)
    return interval(score.value * 100, score.low * 100, score.high * 100, 1, "%")


def _chart(tests: Sequence[EncoderTest]) -> None:
    some, colours = list(tests[:_SHOWN]), palette()
    pairs = some[0].kind == PAIRS
    scale = 1 if pairs else 100
    names = [hover(_name(test), 22) for test in some]
    figure = go.Figure()
    if not pairs:
        figure.add_vline(x=some[0].chance * 100, line_dash="dot", line_color=colours.muted)
        figure.add_annotation(
            x=some[0].chance * 100,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=_("chance"),
            showarrow=False,
            font={"color": colours.muted},
        )
    figure.add_scatter(
        x=[_main(test).value * scale for test in some],
        y=names,
        mode="markers+text",
        text=[f"{_main(test).value * scale:.{2 if pairs else 0}f}" for test in some],
        textposition="top center",
        marker={"size": 12, "color": [colours.accent] + [colours.muted] * (len(some) - 1)},
        error_x=whiskers([_main(test) for test in some], scale) | {"color": colours.muted, "width": 4},
        showlegend=False,
        cliponaxis=False,
        customdata=[_written(test, _main(test)) for test in some],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    figure.update_xaxes(
        title=hover(
            _("Pearson's correlation with people's scores")
            if pairs
            else _("nearest texts with the same label (%)"),
            36,
        ),
        zeroline=False,
    )
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=names, range=[len(some) - 0.4, -0.9]
    )
    if pairs:
        note = _(
            "n = {n:,} sentence pairs; a dot is an encoder and pooling, its line the 95% interval",
            n=some[0].n,
        )
    else:
        note = _(
            "n = {n:,} texts; a dot is the share of the {k} nearest texts that have the same label, its line the 95% interval",
            n=some[0].n,
            k=NEIGHBOURS,
        )
    lines = sum(1 + name.count("<br>") for name in names)
    title = (
        _("Which encoder follows people's judgement?")
        if pairs
        else _("Which encoder keeps the labels together?")
    )
    show(figure, title, "chart-encoder-tests", note, 150 + 44 * lines)


def _table(tests: Sequence[EncoderTest]) -> None:
    rows = []
    for test in tests:
        row = {
            _("encoder"): _name(test).rpartition(" · ")[0],
            _("pooling"): pooling_name(test.pooling),
        }
        scores = test.scores
        if test.kind == PAIRS:
            row |= {
                name: _written(test, scores[key])
                for name, key in (("Pearson", "pearson"), ("Spearman", "spearman"))
            }
        else:
            gap, silhouette = scores["gap"], scores["silhouette"]
            row |= {
                _("same label"): _written(test, scores["purity"]),
                _("above chance (points)"): interval(100 * gap.value, 100 * gap.low, 100 * gap.high, 1),
                _("silhouette"): interval(silhouette.value, silhouette.low, silhouette.high, 3),
            }
        rows.append(row | {_("rows not used"): count(test.left_out), _("tested"): when_made(test.created)})
    table(pd.DataFrame(rows), "encoder-tests", _("Encoders on {file}", file=tests[0].file))
