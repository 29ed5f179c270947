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
from core.ui.text import _, bold, class_name, day, hover, percent, signed_percent
from core.ui.theme import DATES, OTHER, palette

ROLE_NAMES = {
    "press": N_("Press outlet"),
    "date": N_("Date or time"),
    "company": N_("Company"),
    "target": N_("Target"),
}


def _name(data: Dataset) -> str:
    """Return the target's column, or say that it was made of prices."""
    return data.roles.target or _("return from closing prices")


def distributions(data: Dataset, found: QualityReport) -> None:
    """Draw the target, the rows over time, outlets, repeats, lengths and the features."""
    left, right = st.columns(2)
    with left:
        _target_chart(data)
    with right:
        _time_chart(found)
    left, right = st.columns(2)
    with left:
        _outlet_chart(found)
    with right:
        _columns_table(found)
        _balance_table(found)
    _repeats_table(found)
    _lengths_table(data, found)
    for start in range(0, len(data.roles.numeric), 3):
        for cell, name in zip(st.columns(3), data.roles.numeric[start : start + 3], strict=False):
            with cell:
                _feature_chart(data, name)


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
        colour = {names[0]: colours.low, names[-1]: colours.high} if len(names) == 2 else {}
        bars = go.Bar(
            x=[hover(class_name(n)) for n in names],
            y=[int(counts.get(n, 0)) for n in names],
            marker_color=[colour.get(n, colours.accent) for n in names],
            hovertemplate="%{x}: %{y:,}<extra></extra>",
        )
        figure = go.Figure(bars)
        figure.update_xaxes(title=_("class"), type="category").update_yaxes(title=_("rows"))
        note = _("n = {n:,}", n=int(counts.sum()))
        show(figure, _("Target: {name}", name=_name(data)), "chart-target", note)
    else:
        st.info(_("No target was chosen: this table can be embedded, mapped and scored, but not trained on."))


def _time_chart(found: QualityReport) -> None:
    series = found.calendar.per_session
    if series.empty:
        st.info(
            _(
                "No date was chosen: rows cannot be ordered in time, so training keeps stories together instead."
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
        st.info(_("No press outlet was chosen."))
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
    st.markdown(bold(_("Missing values and ranges")))
    table = found.columns
    shown = pd.DataFrame(
        {
            _("column"): table["column"],
            _("role"): [
                _(ROLE_NAMES[kind]) if kind in ROLE_NAMES else _("feature") for kind in table["kind"]
            ],
            _("missing"): table["missing"],
            **{
                label: [_value(value, kind) for value, kind in zip(table[key], table["kind"], strict=True)]
                for label, key in (
                    (_("lowest"), "lowest"),
                    (_("median"), "median"),
                    (_("highest"), "highest"),
                )
            },
        }
    )
    st.dataframe(shown, hide_index=True)


def _value(value: float, kind: str) -> str:
    if not np.isfinite(value):
        return ""
    return signed_percent(value) if kind == "target" else f"{value:.4g}"


def _balance_table(found: QualityReport) -> None:
    months = found.balance.months
    if months.empty:
        return
    st.markdown(bold(_("Outcomes by month")))
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
    st.dataframe(shown, hide_index=True, height=min(38 + 35 * len(shown), 250))


def _repeats_table(found: QualityReport) -> None:
    largest = found.repeats.largest
    if largest.empty:
        return
    st.markdown(bold(_("Most frequent stories")))
    shown = pd.DataFrame(
        {
            _("headline"): largest["headline"],
            _("rows"): largest["rows"],
            _("wordings"): largest["headlines"],
            _(C_("how many", "outlets")): largest["outlets"],
            _("first"): [day(d) for d in largest["first"]],
            _("last"): [day(d) for d in largest["last"]],
        }
    )
    st.dataframe(shown.head(10), hide_index=True, height=250)


def _lengths_table(data: Dataset, found: QualityReport) -> None:
    lengths = found.lengths
    st.markdown(bold(_("Length of the headlines")))
    names = {f"{level:.0%}": level for level in lengths.characters}
    rows = {_("characters"): {name: lengths.characters[level] for name, level in names.items()}}
    if lengths.tokens:
        rows[_("tokens")] = {name: lengths.tokens[level] for name, level in names.items()}
    st.dataframe(pd.DataFrame(rows).T)
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
