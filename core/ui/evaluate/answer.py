"""The answer to the page's question: do the headlines add anything, and do the models beat chance?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.evaluate.arms import arms_sentence
from core.evaluate.lift import Lift, apart_sentence, sentence
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import MEAN
from core.train.judgement import judgement as judged
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import meaning, metric_title
from core.ui.text import _, as_typed, md, plain, run_label, translate_md
from core.ui.theme import palette


def details(run: Run) -> None:
    """Say what stands behind the verdict on the headlines: the arms, where it was measured, the interval drawn."""
    if run.lift is None:
        st.info(
            _(
                "The run has no table beside the headlines, or no headlines: there is nothing that they could add to."
            )
        )
        return
    st.markdown(f"**{translate_md(sentence(run.lift))}**")
    _meter(run, run.lift)
    if run.walk is not None and not run.settings.sealed and not run.lift_of_holdout:
        st.caption(
            _(
                "Measured on {walked} sessions of the walk-forward and {held} of the holdout: each of the {tests} tests is "
                "scored by itself, and these are the means.",
                tests=len(run.walk.folds) + 1,
                walked=run.walk.sessions,
                held=run.split.test_sessions,
            )
        )
    with st.expander(_("Details")):
        if arms := arms_sentence(run.lift.metric, dict(run.lift.arms), run.lift.arm):
            st.markdown(translate_md(arms))
        if apart := apart_sentence(run.lift):
            st.markdown(translate_md(apart))
        if run.effective is not None:
            st.markdown(translate_md(run.effective.sentence()))


def earlier(run: Run) -> None:
    """Say whose scores stand below while another training is at work."""
    st.caption(md("Below are the scores of an earlier run: {run}.", run=run_label(run)))


def verdict(run: Run) -> None:
    """Say in one sentence how good the models are against chance, and what the score means."""
    if run.scores[MEAN].get(main_metric(run.task).name) is None:
        return
    st.markdown(judgement(run))
    st.caption(translate_md(meaning(run, main_metric(run.task).name)))
    if run.walk is not None and run.scored_by_walk:
        st.caption(
            md(
                "Each walk-forward test is scored by itself; the score is the mean of {n}.",
                n=len(run.walk.folds),
            )
        )


def reminder(run: Run) -> None:
    """Recall on another page how far the run can be believed, and whether the headlines added anything."""
    if run.withheld:
        st.warning(
            _("The predictions of this run may look surer than they are: {why}.", why=_(run.withheld)),
            icon=":material/warning:",
        )
    elif main_metric(run.task).name in run.scores[MEAN]:
        lift = "" if run.lift is None else translate_md(sentence(run.lift))
        st.info(f"{as_typed(run_label(run))}: {judgement(run)} {lift}", icon=":material/balance:")


def judgement(run: Run) -> str:
    """Return the sentence on the ensemble against chance, for Markdown."""
    return translate_md(judged(run))


def split_line(run: Run) -> None:
    """Say in numbers what was trained on and what was held out."""
    s = run.split
    parts = [_("{n:,} rows to learn from", n=s.train_rows), _("{n:,} rows to test on", n=s.test_rows)]
    if s.test_sessions:
        parts.append(_("{a:,} + {b:,} sessions", a=s.train_sessions, b=s.test_sessions))
    if run.scored_by_walk:
        parts.insert(1, _("the holdout is sealed, its scores are not shown"))
    if s.cut:
        parts.append(_("test from {date}", date=s.cut))
    if s.purged_rows:
        parts.append(_("{n:,} rows purged before the cut", n=s.purged_rows))
    if s.embargoed_rows:
        parts.append(_("{n:,} rows in the embargo", n=s.embargoed_rows))
    if s.grouped_rows:
        parts.append(_("{n:,} rows left out whose story is in the test", n=s.grouped_rows))
    if s.left_out_rows:
        parts.append(_("{n:,} rows without outcome or session", n=s.left_out_rows))
    st.caption(" · ".join(parts))


def _meter(run: Run, lift: Lift) -> None:
    if not lift.believable:
        return  # the sentence says all there is
    colours = palette()
    reach = 1.25 * max(abs(lift.low), abs(lift.high), 1e-9)
    figure = go.Figure()
    figure.add_scatter(
        x=[lift.value],
        y=[""],
        mode="markers",
        showlegend=False,
        marker={"size": 16, "color": colours.accent, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [lift.high - lift.value],
            "arrayminus": [lift.value - lift.low],
            "thickness": 6,
            "width": 0,
            "color": colours.accent,
        },
        hovertemplate=shown(METRICS[lift.metric], lift.value, difference=True) + "<extra></extra>",
    )
    figure.add_vline(x=0, line_width=2, line_color=colours.text)
    for place, words in ((0, _("← worse with them")), (1, _("they help →"))):
        figure.add_annotation(
            x=place,
            y=1,
            xref="paper",
            yref="paper",
            text=words,
            showarrow=False,
            xanchor="right" if place else "left",
            font={"color": colours.muted},
        )
    figure.update_xaxes(
        range=[-reach, reach],
        title=_("{metric} with headlines minus without", metric=metric_title(run, lift.metric)),
    )
    figure.update_yaxes(showticklabels=False)
    note = _(
        "The diamond is the difference, the bar its 95% interval (paired bootstrap over {over}). Where the bar "
        "touches the line at 0, the headlines may add nothing.",
        over=plain(lift.evidence.over),
    )
    show(figure, _("What the headlines add"), "chart-lift", note, height=180)
