"""How a table is spread: target, time, outlets, repeats, lengths and features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.data.quality import QualityReport
from core.locale import C_, N_
from core.ui import state
from core.ui.charts import show
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, class_name, count, day, hover, percent, signed_percent
from core.ui.theme import DATES, OTHER, class_colours, palette

ROLE_NAMES = {
    "press": N_("Press outlet"),
    "date": N_("Date or time"),
    "company": N_("Company"),
    "target": N_("Target"),
}


def _name(data: Dataset) -> str:
    """Return the target's column, or say that it was made of prices."""
    return data.roles.target or _("return from closing prices")


def overview(data: Dataset, found: QualityReport) -> None:
    """Draw the target, the rows over time, the outlets, and the outcomes of each month."""
    left, right = st.columns(2)
    with left:
        _target_chart(data)
    with right:
        _time_chart(found)
    if found.outlets.shown.empty and found.balance.months.empty:
        return
    left, right = st.columns(2)
    with left:
        _outlet_chart(found)
    with right:
        _balance_table(found)


def columns(data: Dataset, found: QualityReport) -> None:
    """Draw what is missing in which column, how the features are spread, and how long the headlines are."""
    _columns_table(found)
    for start in range(0, len(data.roles.numeric), 3):
        for cell, name in zip(st.columns(3), data.roles.numeric[start : start + 3], strict=False):
            with cell:
                _feature_chart(data, name)
    _lengths_table(data, found)


def stories(data: Dataset, found: QualityReport) -> None:
    """List the stories that are told most often."""
    largest = found.repeats.largest
    if largest.empty:
        st.markdown(_("No story is told twice."))
        return
    shown = pd.DataFrame(
        {
            _("rows"): largest["rows"],
            _("wordings"): largest["headlines"],
            **({_(C_("how many", "outlets")): largest["outlets"]} if data.roles.press else {}),
            _("headline"): largest["headline"],
        }
    )
    if data.has_sessions:
        shown[_("first")] = [day(d) for d in largest["first"]]
        shown[_("last")] = [day(d) for d in largest["last"]]
    wide = {_("headline"): st.column_config.TextColumn(width="large")}
    table(shown, "stories", _("Most frequent stories"), column_config=wide)


def _target_chart(data: Dataset) -> None:
    colours = palette()
    if data.target_kind == "return":
        values = data.frame["target"].dropna().to_numpy(float) * 100
        low, high = np.quantile(values, [0.005, 0.995])
        limit = max(abs(low), abs(high), 0.01)
        edges = np.linspace(-limit, limit, 41)
        counts = np.histogram(np.clip(values, -limit, limit), edges)[0]
        middle = (edges[:-1] + edges[1:]) / 2
        bars = go.Bar(
            x=middle,
            y=counts,
            marker_color=np.where(middle > 0, colours.high, colours.low),
            hovertemplate=_("return") + " %{x:.2f}%<br>" + _("rows") + " %{y:,}<extra></extra>",
        )
        figure = go.Figure(bars).update_layout(bargap=0.05)
        figure.update_xaxes(title=_("return to come (%)")).update_yaxes(title=_("rows"))
        note = _("n = {n:,}; above 0: {share:.0%}", n=len(values), share=float(np.mean(values > 0)))
        show(figure, _("Target: {name}", name=_name(data)), "chart-target", note)
    elif data.target_kind == "label":
        counts = data.frame["target"].value_counts()
        names = list(data.classes)
        colour = class_colours(names)
        bars = go.Bar(
            x=[hover(class_name(n)) for n in names],
            y=[int(counts.get(n, 0)) for n in names],
            marker_color=[colour[n] for n in names],
            text=[count(counts.get(n, 0)) for n in names],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:,}<extra></extra>",
        )
        figure = go.Figure(bars)
        figure.update_xaxes(title=_("class"), type="category").update_yaxes(title=_("rows"))
        note = _("n = {n:,}", n=int(counts.sum()))
        show(figure, _("Target: {name}", name=_name(data)), "chart-target", note)


def _time_chart(found: QualityReport) -> None:
    series = found.calendar.per_session
    if series.empty:
        st.markdown(
            _(
                "No dates: rows cannot be ordered in time, so training keeps the headlines of one story together."
            )
        )
        return
    bars = go.Bar(
        x=series.index,
        y=series.to_numpy(),
        marker_color=palette().accent,
        hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("session"), tickformatstops=DATES).update_yaxes(title=_("rows"))
    note = _(
        "{sessions:,} sessions from {first} to {last}; one bar is one session",
        sessions=len(series),
        first=day(series.index[0]),
        last=day(series.index[-1]),
    )
    show(figure, _("Rows per session"), "chart-time", note)


def _outlet_chart(found: QualityReport) -> None:
    outlets = found.outlets
    if outlets.shown.empty:
        return
    names = [hover(name) for name in outlets.shown["outlet"]] + ([_("other")] if outlets.others else [])
    values = [*outlets.shown["rows"].tolist(), *([outlets.other_rows] if outlets.others else [])]
    bars = go.Bar(
        y=names,
        x=values,
        orientation="h",
        hovertemplate="%{y}: %{x:,}<extra></extra>",
        marker_color=[palette().accent] * len(outlets.shown) + [OTHER],
    )
    figure = go.Figure(bars)
    figure.update_yaxes(autorange="reversed", type="category").update_xaxes(title=_("rows"))
    note = _(
        "{n} outlets in all; how many the models tell apart is chosen on the train page",
        n=len(outlets.shown) + outlets.others,
    )
    show(figure, _("Press outlets"), "chart-outlets", note, height=460)


def _columns_table(found: QualityReport) -> None:
    found_columns = found.columns
    kinds = found_columns["kind"]
    shown = pd.DataFrame(
        {
            _("column"): found_columns["column"],
            _("role"): [_(ROLE_NAMES[kind]) if kind in ROLE_NAMES else _("feature") for kind in kinds],
            _("missing"): found_columns["missing"],
            **{
                label: [_value(value, kind) for value, kind in zip(found_columns[key], kinds, strict=True)]
                for label, key in (
                    (_("lowest"), "lowest"),
                    (_("median"), "median"),
                    (_("highest"), "highest"),
                )
            },
        }
    )
    table(shown, "columns", _("Missing values and ranges"))


def _value(value: float, kind: str) -> str:
    if not np.isfinite(value):
        return UNKNOWN
    return signed_percent(value) if kind == "target" else f"{value:.4g}"


def _balance_table(found: QualityReport) -> None:
    months = found.balance.months
    if months.empty:
        return
    shown = pd.DataFrame(
        {
            _("month"): months["month"].dt.strftime("%Y-%m"),
            _("rows"): months["rows"],
            _("events"): months["events"],
            _("share of up"): [percent(share) for share in months["up"]],
        }
    )
    if "mean" in months:
        shown[_("mean return")] = [signed_percent(value) for value in months["mean"]]
    table(shown, "months", _("Outcomes by month"))


def _lengths_table(data: Dataset, found: QualityReport) -> None:
    lengths = found.lengths
    names = {f"{level:.0%}": level for level in lengths.characters}
    rows = {_("characters"): {name: lengths.characters[level] for name, level in names.items()}}
    if lengths.tokens:
        rows[_("tokens")] = {name: lengths.tokens[level] for name, level in names.items()}
    shown = pd.DataFrame(rows).T.rename_axis(_("quantile"))
    table(shown, "lengths", _("Length of the headlines"), hide_index=False)
    if lengths.tokens:
        st.caption(
            _(
                "Tokens of {encoder}, {counted:,} of {all:,} headlines measured; {share:.1%} are longer than the {limit} "
                "tokens that it reads.",
                encoder=lengths.encoder,
                counted=lengths.counted,
                all=lengths.headlines,
                share=lengths.cut,
                limit=lengths.limit,
            )
        )
    elif st.button(_("Measure in the encoder's tokens"), icon=":material/straighten:"):
        st.session_state["tokens_of"] = (data.id, state.encoder())
        st.rerun()


def _feature_chart(data: Dataset, name: str) -> None:
    values = data.features[name].dropna().to_numpy(float)
    if not len(values):
        return
    low, high = np.quantile(values, [0.005, 0.995])
    kept = np.clip(values, low, high)
    counts, edges = np.histogram(kept, 30)
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        marker_color=palette().accent,
        hovertemplate="%{x:.4g}: %{y:,}<extra></extra>",
    )
    figure = go.Figure(bars).update_layout(bargap=0.05)
    figure.update_xaxes(title=hover(name)).update_yaxes(title=_("rows"))
    note = _("n = {n:,}; the outer 0.5% are drawn at the edge", n=len(values))
    show(figure, hover(name), f"chart-feature-{name}", note, height=260)
