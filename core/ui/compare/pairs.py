"""Is A better than B? Any two candidates, and the best against all others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.compare.leaderboard import Leaderboard
from core.compare.names import names
from core.compare.pairwise import BETTER, UNKNOWN, VERDICTS, WORSE, Pair, growth
from core.errors import UserError
from core.evaluate.metrics import METRICS, shown
from core.ui.charts import show
from core.ui.compare.cache import board_of, named
from core.ui.compare.choice import another, two
from core.ui.compare.shown import Shown
from core.ui.evaluate.text import details, metric_title, whiskers
from core.ui.tables import table
from core.ui.text import UNKNOWN as NOT_KNOWN
from core.ui.text import _, count, fixed, hover, percent, plain, translate_md
from core.ui.theme import palette

_ICONS = {
    BETTER: ":material/arrow_upward:",
    WORSE: ":material/arrow_downward:",
    UNKNOWN: ":material/question_mark:",
}
_DRAWN = 12


def pairs(shown: Shown) -> None:
    """Let two candidates be compared, and draw the best against all others."""
    try:
        board = board_of(shown)
    except UserError as error:
        st.info(translate_md(error.message))
        return
    if len(board.places) < 2:
        st.info(_("There is one candidate only: train another model or another run to compare it with."))
        return
    told = named(board)
    _one_pair(board, told)
    _against_best(board, told)
    _how(board)


def _one_pair(board: Leaderboard, told: dict[str, str]) -> None:
    one, other = two(board, told, "pair", another(board))
    if one.key == other.key:
        st.info(_("Choose two different candidates."))
        return
    pair = board.pair(one.key, other.key)
    messages = names(place.candidate for place in board.places)
    sentence = pair.sentence(board.group.settings.task, messages[one.key], messages[other.key])
    say = {BETTER: st.success, WORSE: st.warning, UNKNOWN: st.info}[pair.verdict]
    say(translate_md(sentence), icon=_ICONS[pair.verdict])


def _against_best(board: Leaderboard, told: dict[str, str]) -> None:
    best = board.best.candidate
    others = list(board.against_best.items())
    rows = [
        {
            _("candidate"): told[key],
            _("verdict"): _(VERDICTS[pair.verdict]),
            _("difference"): _difference(board, pair),
            _("above the best in"): percent(pair.above) if np.isfinite(pair.above) else NOT_KNOWN,
            _("p (all pairs)"): fixed(pair.p_value, 3),
        }
        for key, pair in others
    ]
    if board.enough and not board.withheld:
        _picture(board, told, others[:_DRAWN])
    table(
        pd.DataFrame(rows),
        "pairs",
        _("Every other candidate against the best: {best}", best=told[best.key]),
        rows=12,
    )


def _difference(board: Leaderboard, pair: Pair) -> str:
    metric, found = METRICS[board.metric.name], pair.difference
    value, low, high = (shown(metric, end, difference=True) for end in (found.value, found.low, found.high))
    sure = pair.evidence.enough and not pair.withheld
    return f"{value} [{low}, {high}]" if sure else value


def _picture(board: Leaderboard, told: dict[str, str], others: list[tuple[str, Pair]]) -> None:
    colours = palette()
    figure = go.Figure()
    figure.add_vline(x=0, line_color=colours.muted, line_dash="dot")
    for at, (key, pair) in enumerate(others):
        shade = colours.muted if pair.verdict == UNKNOWN else colours.accent
        wide = pair.at_level
        if np.isfinite(wide.low):
            figure.add_scatter(
                x=[wide.low, wide.high],
                y=[at, at],
                mode="lines",
                showlegend=False,
                line={"color": shade, "width": 1},
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=[pair.difference.value],
            y=[at],
            mode="markers",
            showlegend=False,
            marker={"size": 11, "color": shade},
            error_x=whiskers([pair.difference]) | {"width": 0, "thickness": 5, "color": shade},
            hovertemplate=f"{hover(told[key])}<br>{hover(_difference(board, pair))}<extra></extra>",
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=at,
            yshift=15,
            showarrow=False,
            text=hover(told[key], 46).split("<br>")[0],
            font={"size": 12, "color": colours.text},
        )
    metric = metric_title(board.best.candidate.run, board.metric.name)
    figure.update_xaxes(title=_("{metric} minus that of the best", metric=metric), zeroline=False)
    figure.update_yaxes(range=[len(others) - 0.6, -0.8], showticklabels=False, showgrid=False, zeroline=False)
    note = _(
        "n = {n:,} over {over}; a dot is the difference, the bar its 95% interval alone, the thin line that at the level "
        "which allows for all comparisons. Where the thin line crosses 0, it cannot be told.",
        n=board.together.rows,
        over=plain(board.together.evidence.over),
    )
    show(figure, _("How far from the best?"), "chart-pairs", note, height=110 + 42 * len(others))


def _how(board: Leaderboard) -> None:
    details(
        _(
            "Both candidates are scored in the same resamples of whole sessions (paired bootstrap over blocks), as the Evaluate "
            "page does it, so what they share cancels. The level is 2.5% on either side, shared by all pairs of the board with "
            "the table alone and chance: {pairs} pairs, worth {worth} independent comparisons (the largest of all "
            "differences in each resample, max-T), times {growth} as the board is looked at while it grows ({runs} runs).",
            pairs=count(len(board.together.keys) * (len(board.together.keys) - 1) / 2),
            worth=fixed(board.together.comparisons, 0),
            growth=fixed(growth(len(board.group.runs)), 1),
            runs=len(board.group.runs),
        ),
        _(
            "Tests of these rows that no run of the board made, such as those of deleted runs: {others:,}; for them the level "
            "falls as 1 / k² (here k = {looks:,}). “Cannot tell” does not mean equal.",
            others=board.other_tests,
            looks=board.looks,
        ),
    )
