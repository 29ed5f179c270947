"""The score by amount of training data: a job of its own, and its picture."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.errors import UserError
from core.jobs import Report
from core.locale import N_, P_
from core.tune.further import source_of
from core.tune.judge.learning_curve import SIZES, CurvePoint, Spread
from core.tune.pipeline import CURVE, add_learning_curve
from core.tune.record import Tuned
from core.tune.tuned import load_part
from core.ui import jobs
from core.ui.charts import show
from core.ui.tables import table
from core.ui.text import _, count, duration, percent, translate_md
from core.ui.theme import palette

MOST_SEEDS = 5


def learning_curve(tuned: Tuned) -> None:
    """Draw the learning curve, and offer to compute it."""
    if tuned.data.pairs or not tuned.data.classes or not tuned.data.id:
        st.caption(_("A learning curve needs texts with classes, of a table of the library."))
        return
    plain = load_part(tuned.id, CURVE)
    if plain:
        _draw(tuned, [CurvePoint.from_dict(point) for point in plain])
    if not jobs.panel("tune-curve", tuned=tuned.id):
        with st.container() if not plain else st.expander(_("Compute it anew"), icon=":material/refresh:"):
            _form(tuned)


def _form(tuned: Tuned) -> None:
    st.markdown(_("Would more labelled texts help? The encoder is tuned anew on growing parts of them."))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        typed = st.text_input(
            _("Sizes"),
            ", ".join(f"{size:.0%}" for size in SIZES),
            key="tune-sizes",
            width=340,
            help=_("Shares of the training texts such as 20%, or numbers such as 500, with commas between."),
        )
        seeds = st.number_input(
            _("Repeats"),
            1,
            MOST_SEEDS,
            1,
            key="tune-seeds",
            width=140,
            help=_("Each with other texts and another seed."),
        )
        pressed = st.button(_("Compute the learning curve"), type="primary", key="tune-curve")
    try:
        chosen = sizes(typed)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    texts = sum(size if isinstance(size, int) else size * tuned.data.train for size in chosen)
    work = texts * seeds / max(tuned.data.train, 1)
    st.caption(_("It takes about {time}.", time=duration(work * tuned.history.seconds * 1.2)))
    if pressed:
        _start(tuned, chosen, int(seeds))


def _start(tuned: Tuned, chosen: list[float | int], repeats: int) -> None:
    seeds = [tuned.settings.seed + number for number in range(repeats)]

    def work(report: Report) -> dict[str, str]:
        add_learning_curve(source_of(tuned), tuned.id, chosen, seeds, report)
        return {"tuned": tuned.id}

    jobs.submit("tune-curve", {"tuned": tuned.id}, work, tuned.data.train * repeats)


def sizes(typed: str) -> list[float | int]:
    """Read sizes: shares with a percent sign, and numbers of texts; raises `UserError` for another word or for none."""
    found: list[float | int] = []
    for word in filter(None, (part.strip() for part in typed.split(","))):
        number = word.removesuffix("%").strip()
        if not number.isdecimal() or not int(number) or (word.endswith("%") and int(number) > 100):
            raise UserError(
                N_("{word} is no size: write a share such as 20%, or a number of texts such as 500."),
                word=word,
            )
        found.append(int(number) / 100 if word.endswith("%") else int(number))
    if not found:
        raise UserError(N_("Enter at least one size."))
    return found


def _draw(tuned: Tuned, points: list[CurvePoint]) -> None:
    colours = palette()
    figure = go.Figure()
    for name, colour, mark in (("accuracy", colours.accent, "circle"), ("f1", colours.text, "diamond")):
        spreads: list[Spread] = [getattr(point, name) for point in points]
        figure.add_scatter(
            x=[point.texts for point in points],
            y=[spread.mean for spread in spreads],
            name=_("Accuracy") if name == "accuracy" else _("F1 (macro)"),
            mode="lines+markers",
            line={"color": colour, "width": 3 if name == "accuracy" else 2},
            marker={"size": 9, "symbol": mark},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [spread.high - spread.mean for spread in spreads],
                "arrayminus": [spread.mean - spread.low for spread in spreads],
                "color": colour,
            },
        )
    before = tuned.judged.before["accuracy"].value
    figure.add_hline(y=before, line_dash="dot", line_color=colours.muted)
    figure.add_annotation(
        x=1,
        xref="paper",
        xanchor="right",
        y=before,
        yanchor="bottom",
        text=_("accuracy before the tuning"),
        showarrow=False,
        font={"color": colours.muted},
    )
    figure.update_xaxes(title=_("texts to learn from"), rangemode="tozero")
    figure.update_yaxes(title=_("score on the test"))
    note = _(
        P_(
            "one seed; one test for all sizes",
            "{n} seeds; a line reaches from the least to the greatest; one test for all sizes",
        ),
        n=points[0].seeds,
    )
    show(figure, _("Would more labelled texts help?"), "chart-tune-curve", note, height=380)
    rows = [
        {
            _("texts"): count(point.texts),
            _("share"): percent(point.share),
            _("Accuracy"): _written(point.accuracy),
            _("F1 (macro)"): _written(point.f1),
            _("loss"): _written(point.loss),
        }
        for point in points
    ]
    table(pd.DataFrame(rows), "tune-curve-table", _("Scores by amount of training data"))


def _written(spread: Spread) -> str:
    if spread.low == spread.high:
        return f"{spread.mean:.3f}"
    return f"{spread.mean:.3f} ({spread.low:.3f}–{spread.high:.3f})"
