"""The flip test: how often turning a headline's words round moves the prediction the right way, by model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.locale import N_, P_
from core.predict.finance_words.flip_score import COIN, FEW, READS, WRONG, FlipTest, Share
from core.predict.finance_words.flip_test import (
    REFITS,
    flip_test,
    headlines_to_turn,
    require_direction,
    saved_flip_test,
)
from core.train.run import Run
from core.ui import jobs
from core.ui.charts import show
from core.ui.evaluate.text import model_name, share, whiskers
from core.ui.guards import Given
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    day,
    duration,
    hover,
    md,
    percent,
    points,
    points_interval,
    signed_percent,
    translate_md,
)
from core.ui.theme import model_colours, palette

_ICONS = {
    READS: ":material/check:",
    COIN: ":material/question_mark:",
    WRONG: ":material/swap_vert:",
    FEW: ":material/hourglass_empty:",
}
_SENTENCES = {
    READS: N_(
        "The models read these words: turned round, the prediction moves the right way in {share} of {n:,} headlines, "
        "farther than luck would take it."
    ),
    COIN: N_(
        "Whether the models read these words cannot be told from luck: turned round, the prediction moves the right way "
        "in {share} of {n:,} headlines."
    ),
    WRONG: N_(
        "The models read these words the wrong way round: turned round, the prediction moves the right way in only {share} "
        "of {n:,} headlines, farther off than luck would take it."
    ),
    FEW: N_(
        "The headlines are of too few trading days for a verdict: turned round, the prediction moves the right way in "
        "{share} of {n:,}."
    ),
}
_WRONG_ONES = 10


def flip_score(here: Given) -> None:
    """Draw the flip test of the run, or the button that makes it, or why it cannot be made."""
    run, data = here.run, here.data
    made = saved_flip_test(run)
    if made is None:
        _offer(run, data, here.vectors)
        return
    _verdict(run, made)
    _chart(run, made)
    _words(run, made)
    _wrong(run, data, made)


def _offer(run: Run, data: Dataset, vectors: np.ndarray) -> None:
    if jobs.panel("flips", dataset=data.id, run=run.id):
        return
    n = _to_test(run, data, run.id)
    if isinstance(n, Message):
        st.info(translate_md(n), icon=":material/info:")
        return
    st.markdown(
        _(
            P_(
                "One tested headline holds a word that can be turned round. It is predicted both ways, by the run's models "
                "and by {refits} refits that can have learned nothing from headlines. This takes about {time} and is saved.",
                "{n:,} tested headlines hold a word that can be turned round. They are predicted both ways, by the run's "
                "models and by {refits} refits that can have learned nothing from headlines. This takes about {time} and is "
                "saved.",
            ),
            n=n,
            refits=REFITS,
            time=duration(REFITS * _seconds(run)),
        )
    )
    if st.button(_("Turn them round"), key="flip-test", type="primary", icon=":material/swap_vert:"):

        def work(report: Report) -> None:
            flip_test(run, data, vectors, report)

        jobs.submit(
            "flips", {"dataset": data.id, "run": run.id}, work, run.split.train_rows * REFITS, "flips"
        )


@st.cache_data(max_entries=32, show_spinner=False)
def _to_test(_run: Run, _data: Dataset, run_id: str) -> int | Message:
    """Return how many headlines can be tested, or why none can."""
    try:
        require_direction(_run)
        return len(headlines_to_turn(_run, _data)[0])
    except UserError as error:
        return error.message


def _seconds(run: Run) -> float:
    """Return about how long the models of a run take to fit once."""
    return sum(run.seconds.get(name, 0.0) for name in run.models) * 1.5


def _verdict(run: Run, made: FlipTest) -> None:
    found, places = made.share(), _places(run)
    say = {READS: st.success, COIN: st.info, WRONG: st.warning, FEW: st.info}[found.verdict]
    told = share(found.right, found.verdict != FEW)
    say(md(_SENTENCES[found.verdict], share=told, n=found.n), icon=_ICONS[found.verdict])
    st.caption(
        _(
            "On average it moves by {moved} percentage points (plus is the right way); models that learned nothing from "
            "headlines move by up to {luck} either way. In {still} of the headlines the printed prediction stays the same.",
            moved=points_interval(found.moved, places),
            luck=points(found.luck, places).lstrip("+"),
            still=percent(found.still),
        )
    )
    if made.learned:
        st.caption(
            _(
                "The holdout is sealed, so these are headlines of the walk-forward; the final models have learned from them."
            )
        )


def _chart(run: Run, made: FlipTest) -> None:
    colours, shades = palette(), model_colours(made.models)
    shares = {model: made.share(model) for model in shades if model in made.models}
    nothing = hover(_("learned nothing"))
    figure = go.Figure()
    figure.add_vline(x=50, line_dash="dot", line_color=colours.muted)
    for model, found in shares.items():
        name = hover(model_name(model), 18)
        figure.add_scatter(
            x=found.dealt * 100,
            y=[name] * len(found.dealt),
            mode="markers",
            marker={"size": 9, "color": colours.muted, "opacity": 0.45, "symbol": "line-ns-open"},
            showlegend=False,
            hovertemplate=f"{nothing}: %{{x:.0f}}%<extra></extra>",
        )
        figure.add_scatter(
            x=[found.right.value * 100],
            y=[name],
            mode="markers+text",
            text=[f"<b>{percent(found.right.value)}</b>"],
            textposition="top center",
            textfont={"color": colours.text},
            marker={
                "size": 16 if model == MEAN else 12,
                "color": shades[model],
                "symbol": "diamond" if model == MEAN else "circle",
            },
            error_x=whiskers([found.right], 100) | {"width": 4, "color": shades[model]},
            showlegend=False,
            cliponaxis=False,
            hovertemplate=f"{name}: {hover(share(found.right))}<extra></extra>",
        )
    figure.update_xaxes(
        title=hover(_("moved the right way (% of headlines)"), 40), range=[-2, 102], zeroline=False
    )
    figure.update_yaxes(type="category", range=[len(shares) - 0.4, -0.8])
    note = _(
        "{n:,} tested headlines with their words turned round, one each. Bars: 95% interval by trading day; dotted: a coin. "
        "Grey: {refits} refits on outcomes dealt to other days, which can have learned nothing from headlines.",
        n=len(made),
        refits=len(made.dealt[MEAN]),
    )
    show(
        figure,
        _("How often it moves the right way"),
        f"chart-flips-{run.id}",
        note,
        height=150 + 46 * len(shares),
    )


def _words(run: Run, made: FlipTest) -> None:
    found = made.words()
    if not found:
        return
    places = _places(run)
    table(
        pd.DataFrame(
            {
                _("words"): [f"{good} ↔ {bad}" for (good, bad), _share in found],
                _("headlines"): [one.n for _pair, one in found],
                _("moved the right way"): [
                    share(one.right, np.isfinite(one.right.low)) for _pair, one in found
                ],
                _("mean move, percentage points"): [
                    points_interval(one.moved, places) for _pair, one in found
                ],
                _("by luck, up to"): [_luck(one, places) for _pair, one in found],
                _("read"): [_MARKS[one.verdict] for _pair, one in found],
            }
        ),
        f"flip-words-{run.id}",
        _("Which words are read (ensemble)"),
        rows=8,
    )
    st.caption(
        _(
            "✓ the right way, ✕ the wrong way, ? cannot be told. The intervals are widened so that all of them hold together."
        )
    )


_MARKS = {READS: "✓", WRONG: "✕", COIN: "?", FEW: "?"}


def _luck(found: Share, places: int) -> str:
    return f"±{points(found.luck, places).lstrip('+')}" if np.isfinite(found.luck) else UNKNOWN


def _wrong(run: Run, data: Dataset, made: FlipTest) -> None:
    chosen = made.wrong(most=_WRONG_ONES)
    if not len(chosen):
        return
    rows, places = made.rows[chosen], _places(run)
    columns: dict[str, list[object]] = {
        _("move, percentage points"): [points(move, places) for move in made.moves()[chosen]],
        _("headline"): [data.headlines[row] for row in rows],
        _("turned round"): [str(text) for text in made.texts[chosen]],
    }
    if len(run.classes) in (0, 2):
        both = zip(made.before[MEAN][chosen], made.after[MEAN][chosen], strict=True)
        columns[_("prediction")] = [f"{_written(run, one)} → {_written(run, other)}" for one, other in both]
    columns[_("trading day")] = [day(when) for when in data.frame["session"].iloc[rows]]
    table(
        pd.DataFrame(columns),
        f"flip-wrong-{run.id}",
        _("Moved farthest the wrong way (ensemble)"),
        rows=_WRONG_ONES,
    )


def _written(run: Run, value: float) -> str:
    """Write what is kept of a prediction: for two classes it is half of their difference."""
    return percent(value + 0.5, 1) if run.classes else signed_percent(value)


def _places(run: Run) -> int:
    return 1 if run.classes else 2
