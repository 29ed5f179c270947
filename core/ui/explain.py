"""The explain page's parts: importance by group, and the waterfall of one row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.explain.pipeline import explain_run
from core.train.features.registry import EXTRAS, TEXT, groups, headline_groups
from core.train.run import Run
from core.ui.evaluate.text import model_colour, model_name
from core.ui.text import _, bold, class_name, day, hover, md, percent, signed_percent
from core.ui.theme import palette, show


def group_name(group: str) -> str:
    """Return a group of columns for the reader, as plain text; a feature keeps its own name."""
    ours = groups()
    return _(ours[group]) if group in ours else group.removeprefix("feature.")


def unit(run: Run) -> str:
    """Return the unit of a contribution: percentage points of a probability, or of a return."""
    if not run.classes:
        return _("return, percentage points")
    return _("probability of {label}, percentage points", label=class_name(run.classes[-1]))


@st.cache_resource(max_entries=4, show_spinner=False)
def explained(_run: Run, _data: Dataset, _vectors: np.ndarray, run_id: str) -> Contributions:
    """Explain the run's test rows, once per server."""
    return explain_run(_run, _data, _vectors)


def answer(run: Run, found: Contributions) -> None:
    """Say in one sentence what moved the predictions most."""
    importance = found.importance().set_index("group")["mean"]
    total = importance.sum()
    if total <= 0:
        st.subheader(_("Nothing moved the predictions: the models say the same for every row."), anchor=False)
        return
    share = sum(importance.get(group, 0.0) for group in headline_groups()) / total
    st.subheader(
        md(
            "“{group}” moved the predictions most; {share} of all movement came from the headline.",
            group=group_name(importance.index[0]),
            share=percent(share),
        ),
        anchor=False,
    )
    st.caption(_("What moves a prediction need not make it right: see the score on the train page."))
    calibration_note(run)
    if run.settings.sealed:
        st.caption(
            _(
                "The holdout is sealed, so rows of the walk forward are explained; the final models have learned from them."
            )
        )


def calibration_note(run: Run) -> None:
    """Say that reasons are of the probability before calibration, where there is one."""
    if run.parts.calibrators:
        st.caption(
            _("The run's probabilities are calibrated; the reasons are of the probability before that.")
        )


def importance_chart(run: Run, found: Contributions) -> None:
    """Draw the mean absolute contribution of each group, per model."""
    table = found.importance().set_index("group") * 100
    figure = go.Figure()
    for name in (MEAN, *(name for name in found.values if name != MEAN)):
        figure.add_bar(
            y=[hover(group_name(g)) for g in table.index],
            x=table[name],
            orientation="h",
            name=model_name(name),
            marker_color=model_colour(name),
            hovertemplate="%{y}: %{x:.2f}<extra>" + model_name(name) + "</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(title=hover(_("mean absolute contribution ({unit})", unit=unit(run)), 36))
    note = _(
        "n = {n:,} test rows; SHAP values are summed with their sign inside a row and group, then averaged "
        "without it",
        n=len(found.rows),
    )
    show(figure, _("What moves the predictions"), "chart-importance", note, height=120 + 62 * len(table))
    _inside_the_text(found)


def _inside_the_text(found: Contributions) -> None:
    """Show what is read from the headline beside its vector, where the run reads anything."""
    if TEXT not in found.groups:
        return
    table = found.inside(TEXT)
    rows = [
        {
            _("read from the headline"): _(EXTRAS[row.member].title),
            _("mean absolute contribution (percentage points)"): round(row.mean * 100, 2),
        }
        for row in table.itertuples()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def row_picker(run: Run, data: Dataset, found: Contributions) -> int:
    """Let the reader choose one explained row; return its place among them."""
    frame = data.frame.iloc[found.rows]
    test = run.predictions.test.at(data, found.rows)
    mean = test[MEAN][:, -1] if run.classes else test[MEAN]
    table = pd.DataFrame(
        {
            _("row"): frame["row"].to_numpy(),
            _("headline"): frame["headline"].to_numpy(),
            _("outlet"): frame["press"].to_numpy(),
            _("session"): frame["session"].map(day).to_numpy(),
            _("predicted"): [percent(v) if run.classes else signed_percent(v) for v in mean],
            _("what happened"): [
                class_name(run.classes[int(v)]) if run.classes else signed_percent(v) for v in test.outcome
            ],
        }
    )
    st.markdown(bold(_("Choose a row of the test")))
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=260,
        key="explained-rows",
    )
    picked = event.selection.rows  # type: ignore[attr-defined]
    return int(picked[0]) if picked else int(np.abs(found.values["mean"]).sum(axis=1).argmax())


def waterfall(run: Run, found: Contributions, place: int, key: str, title: str, note: str = "") -> None:
    """Draw how the groups lead from the average prediction to this row's, for the ensemble."""
    values = found.values["mean"][place] * 100
    base = found.base["mean"] * 100
    end = found.prediction["mean"][place] * 100
    order = np.argsort(-np.abs(values))
    names = [hover(group_name(found.groups[i])) for i in order]
    colours = palette()
    places = 1 if run.classes else 2
    sign = "" if run.classes else "+"
    steps = [f"{step + 0.0:+.{places}f}" if abs(step) >= 0.5 * 10**-places else "0" for step in values[order]]
    text = [f"{base:{sign}.{places}f}%", *steps, f"{end:{sign}.{places}f}%"]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            base=base,
            measure=["relative"] * len(order),
            y=names,
            x=values[order],
            text=text[1:-1],
            textposition="outside",
            cliponaxis=False,
            showlegend=False,
            increasing={"marker": {"color": colours.high}},
            decreasing={"marker": {"color": colours.low}},
            connector={"line": {"color": colours.grid}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=[base, end],
        y=[_("average"), _("prediction")],
        text=[text[0], text[-1]],
        mode="markers+text",
        textposition="middle right",
        marker={"symbol": "diamond", "size": 13, "color": colours.muted},
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    low, high = _extent(base, values[order])
    categories = [_("average"), *names, _("prediction")]
    figure.update_yaxes(
        autorange="reversed", type="category", categoryorder="array", categoryarray=categories
    )
    label = (
        _("predicted return (%)")
        if not run.classes
        else _("probability of {label} (%)", label=hover(class_name(run.classes[-1])))
    )
    figure.update_xaxes(title=label, range=[low, high])
    show(figure, title, key, note, height=140 + 36 * (len(order) + 2))


def _extent(base: float, steps: np.ndarray) -> tuple[float, float]:
    path = np.cumsum([base, *steps])
    low, high = float(path.min()), float(path.max())
    margin = 0.18 * max(high - low, 0.1)
    return low - margin, high + margin


def member_table(run: Run, found: Contributions, place: int) -> None:
    """Show the same row for each model, in percentage points."""
    rows = {
        model_name(name): {
            _("average"): found.base[name] * 100,
            **{group_name(g): found.values[name][place, i] * 100 for i, g in enumerate(found.groups)},
            _("prediction"): found.prediction[name][place] * 100,
        }
        for name in found.values
    }
    st.markdown(bold(md("The same row, model by model ({unit})", unit=unit(run))))
    ends = [_("average"), _("prediction")]
    style = pd.DataFrame(rows).T.style.format(lambda points: f"{points:+.2f}" if round(points, 2) else "0.00")
    st.dataframe(style.format("{:.1f}%" if run.classes else "{:+.2f}%", subset=ends))
