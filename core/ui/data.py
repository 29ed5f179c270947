"""The data page's parts: what the table holds, what that means for the result, and the library."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.data.export import dataset_table, to_csv
from core.data.library import delete_dataset, list_datasets, load_sources, rename_dataset
from core.data.plan import Plan
from core.data.quality import Finding, QualityReport, quality_report, rows_with_reasons
from core.embed.tokens import token_counter
from core.errors import UserError
from core.locale import N_
from core.ui import load, state
from core.ui.text import (
    _,
    bold,
    class_name,
    count,
    day,
    hover,
    percent,
    signed_percent,
    told,
    when,
)
from core.ui.theme import DATES, OTHER, palette, show

ROLE_NAMES = {
    "press": N_("Press outlet"),
    "date": N_("Date or time"),
    "company": N_("Company"),
    "target": N_("Target"),
}
LEVELS = {
    "serious": (N_("Settle this first"), ":material/error:"),
    "warning": (N_("Mind this when reading the scores"), ":material/warning:"),
    "info": (N_("Good to know"), ":material/info:"),
}


@st.cache_data(max_entries=6, show_spinner=False)
def report(_data: Dataset, dataset: str, tokens_of: str = "") -> QualityReport:
    """Look the dataset through, once per dataset; `tokens_of` names the encoder whose tokens are counted."""
    plan = _data.plan or Plan(_data.roles)
    return quality_report(_data, plan, token_counter(tokens_of) if tokens_of else None)


def figures(data: Dataset, found: QualityReport) -> None:
    """Draw the counts in a row."""
    shown = [
        (_("Rows"), len(data), _("of {n:,} in the file", n=found.rows.in_file)),
        (_("Distinct headlines"), data.distinct_headlines, _("each is embedded once")),
        (_("Stories"), int(data.frame["story"].nunique()), _("headlines that are the same or nearly the same count as one")),
        (_("Sessions"), data.sessions, _("trading days of the exchange")),
        (_("Events"), data.events, _("one company in one session: what is independent of the rest")),
    ]  # fmt: skip
    with st.container(horizontal=True):
        for label, number, explained in shown:
            st.metric(label, count(number) if number else "–", help=explained)


def findings(data: Dataset, found: QualityReport) -> None:
    """Draw what was found, the most serious first: what it means, its rows, and what can be done."""
    for level, (title, icon) in LEVELS.items():
        of_level = [finding for finding in found.findings if finding.level == level]
        if not of_level:
            continue
        label = _("{title}: {n}", title=_(title), n=len(of_level))
        with st.expander(label, expanded=level == "serious", icon=icon):
            for number, finding in enumerate(of_level):
                _finding(data, finding, f"{level}-{number}")
    st.download_button(
        _("The findings with their rows (CSV)"), lambda: to_csv(rows_with_reasons(found)), "findings.csv", "text/csv",
        icon=":material/download:",
    )  # fmt: skip


def _finding(data: Dataset, finding: Finding, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"finding-{key}"):
        st.markdown(f"{bold(told(finding.message))} {told(finding.meaning)}", width="stretch")
        if finding.action and st.button(_(finding.action.label), key=f"act-{key}"):
            rebuild(data, finding.action.plan)
    if finding.rows:
        rows = ", ".join(map(str, finding.rows[:60])) + (" …" if len(finding.rows) > 60 else "")
        st.caption(_("{n:,} rows of the file: {rows}", n=len(finding.rows), rows=rows))


def rebuild(data: Dataset, plan: Plan) -> None:
    """Make the dataset anew from its files by another plan."""
    sources = load_sources(data.id)
    if sources:
        load.build(sources, plan)
    else:
        st.error(_("The files of this table were not kept. Load them again."))


def steps(data: Dataset, found: QualityReport) -> None:
    """List what was left out and how the table was made; offer to change it, and to export everything."""
    if found.rows.dropped:
        names = {problem.code: problem.message for problem in data.problems}
        rows = [
            {_("step"): told(names[code]) if code in names else code, _("rows left out"): count(number)}
            for code, number in found.rows.dropped.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    with st.container(horizontal=True):
        if st.button(_("Change how it is read"), icon=":material/edit:", disabled=data.plan is None):
            load.edit(data)
            st.rerun()
        if data.plan is not None:
            st.download_button(
                _("The plan (JSON)"),
                data.plan.to_json(),
                "plan.json",
                "application/json",
                icon=":material/download:",
            )
        st.download_button(
            _("The table as understood (CSV)"), lambda: to_csv(dataset_table(data)), "table.csv", "text/csv",
            icon=":material/download:",
        )  # fmt: skip


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
    left, right = st.columns(2)
    with left:
        _repeats_table(found)
    with right:
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
        bars = go.Bar(x=middle, y=counts, marker_color=np.where(middle > 0, colours.high, colours.low),
                      hovertemplate=_("return") + " %{x:.2f}%<br>" + _("rows") + " %{y:,}<extra></extra>")  # fmt: skip
        figure = go.Figure(bars).update_layout(bargap=0.05)
        figure.update_xaxes(title=_("return to come (%)")).update_yaxes(title=_("rows"))
        note = _("n = {n:,}; above 0: {share:.0%}", n=len(values), share=float(np.mean(values > 0)))
        show(figure, _("Target: {name}", name=data.roles.target), "chart-target", note)
    elif data.target_kind == "label":
        counts = data.frame["target"].value_counts()
        names = list(data.classes)
        colour = {names[0]: colours.low, names[-1]: colours.high} if len(names) == 2 else {}
        bars = go.Bar(x=[hover(class_name(n)) for n in names], y=[int(counts.get(n, 0)) for n in names],
                      marker_color=[colour.get(n, colours.accent) for n in names],
                      hovertemplate="%{x}: %{y:,}<extra></extra>")  # fmt: skip
        figure = go.Figure(bars)
        figure.update_xaxes(title=_("class"), type="category").update_yaxes(title=_("rows"))
        note = _("n = {n:,}", n=int(counts.sum()))
        show(figure, _("Target: {name}", name=data.roles.target), "chart-target", note)
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
    bars = go.Bar(x=series.index, y=series.to_numpy(), marker_color=palette().accent,
                  hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>")  # fmt: skip
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("session"), tickformatstops=DATES).update_yaxes(title=_("rows"))
    note = _("{sessions:,} sessions from {first} to {last}; one bar is one session",
             sessions=len(series), first=day(series.index[0]), last=day(series.index[-1]))  # fmt: skip
    show(figure, _("Rows per session"), "chart-time", note)


def _outlet_chart(found: QualityReport) -> None:
    outlets = found.outlets
    if outlets.shown.empty:
        st.info(_("No press outlet was chosen."))
        return
    names = [hover(name) for name in outlets.shown["outlet"]] + ([_("other")] if outlets.others else [])
    values = [*outlets.shown["rows"].tolist(), *([outlets.other_rows] if outlets.others else [])]
    bars = go.Bar(y=names, x=values, orientation="h", hovertemplate="%{y}: %{x:,}<extra></extra>",
                  marker_color=[palette().accent] * len(outlets.shown) + [OTHER])  # fmt: skip
    figure = go.Figure(bars)
    figure.update_yaxes(autorange="reversed", type="category").update_xaxes(title=_("rows"))
    note = _("{n} outlets in all; the models see the 15 most frequent of the training rows and “other”",
             n=len(outlets.shown) + outlets.others)  # fmt: skip
    show(figure, _("Press outlets"), "chart-outlets", note, height=460)


def _columns_table(found: QualityReport) -> None:
    st.markdown(bold(_("Missing values and ranges")))
    table = found.columns
    shown = pd.DataFrame({
        _("column"): table["column"],
        _("role"): [_(ROLE_NAMES[kind]) if kind in ROLE_NAMES else _("feature") for kind in table["kind"]],
        _("missing"): table["missing"],
        **{label: [f"{value:.4g}" if np.isfinite(value) else "" for value in table[key]] for label, key in
           ((_("lowest"), "lowest"), (_("median"), "median"), (_("highest"), "highest"))},
    })  # fmt: skip
    st.dataframe(shown, hide_index=True)


def _balance_table(found: QualityReport) -> None:
    months = found.balance.months
    if months.empty:
        return
    st.markdown(bold(_("Outcomes by month")))
    shown = pd.DataFrame({
        _("month"): months["month"].dt.strftime("%Y-%m"),
        _("rows"): months["rows"],
        _("events"): months["events"],
        _("share of up"): [percent(share) for share in months["up"]],
    })  # fmt: skip
    if "mean" in months:
        shown[_("mean return")] = [signed_percent(value) for value in months["mean"]]
    st.dataframe(shown, hide_index=True, height=min(38 + 35 * len(shown), 250))


def _repeats_table(found: QualityReport) -> None:
    largest = found.repeats.largest
    if largest.empty:
        return
    st.markdown(bold(_("Stories told most often")))
    shown = pd.DataFrame({
        _("headline"): largest["headline"], _("rows"): largest["rows"], _("wordings"): largest["headlines"],
        _("outlets"): largest["outlets"], _("first"): [day(d) for d in largest["first"]],
        _("last"): [day(d) for d in largest["last"]],
    })  # fmt: skip
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
            _("Tokens of {encoder}, {counted:,} of {all:,} headlines measured; {share:.1%} are longer than the {limit} "
              "tokens that it reads.", encoder=lengths.encoder, counted=lengths.counted, all=lengths.headlines,
              share=lengths.cut, limit=lengths.limit)
        )  # fmt: skip
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
    bars = go.Bar(x=(edges[:-1] + edges[1:]) / 2, y=counts, marker_color=palette().accent,
                  hovertemplate="%{x:.4g}: %{y:,}<extra></extra>")  # fmt: skip
    figure = go.Figure(bars).update_layout(bargap=0.05)
    figure.update_xaxes(title=hover(name)).update_yaxes(title=_("rows"))
    note = _("n = {n:,}; the outer 0.5 % are drawn at the edge", n=len(values))
    show(figure, hover(name), f"chart-feature-{name}", note, height=260)


def typed_rows(data: Dataset, rows: int = 50) -> pd.DataFrame:
    """Return the first rows under readable names."""
    head = data.frame.head(rows)
    table = pd.DataFrame({_("row"): head["row"], _("headline"): head["headline"]})
    if data.roles.press:
        table[_("outlet")] = head["press"]
    if data.roles.group:
        table[_("company")] = head["company"]
    if data.roles.date:
        timed = (data.frame["time"] != data.frame["time"].dt.normalize()).any()
        table[_("time")] = head["time"].dt.strftime("%Y-%m-%d %H:%M" if timed else "%Y-%m-%d")
        table[_("session")] = head["session"].map(day)
    if data.target_kind == "return":
        table[_("return to come")] = head["target"].map(signed_percent)
    elif data.target_kind:
        table[_("outcome")] = head["target"].map(class_name)
    return pd.concat(
        [table, data.features.head(rows).rename(columns=lambda name: f"{name} " if name in table else name)],
        axis=1,
    )


def library() -> None:
    """List the datasets of the workspace: open, rename, delete."""
    entries = list_datasets()
    if not entries:
        st.caption(_("The library is empty."))
        return
    table = pd.DataFrame(
        [
            {_("name"): e.name, _("rows"): e.rows, _("distinct"): e.distinct_headlines, _("sessions"): e.sessions,
             _("target"): e.roles.target or "–", _("kept since"): when(e.created), "id": e.id}
            for e in entries
        ]
    )  # fmt: skip
    st.dataframe(table, hide_index=True)
    chosen = state.chosen("dataset")
    ids = [e.id for e in entries]
    names = {e.id: e.name for e in entries}
    picked = st.selectbox(_("Dataset"), ids, index=ids.index(chosen) if chosen in ids else 0,
                          format_func=lambda i: f"{names[i]} · {i[:6]}")  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(_("Open"), type="primary", disabled=picked == chosen):
            state.choose(dataset=picked)
            st.rerun()
        name = st.text_input(_("Name"), value=names[picked], key=f"name-{picked}-{names[picked]}")
        if st.button(_("Rename"), disabled=name == names[picked]):
            _attempt(rename_dataset, picked, name)
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("The table leaves the library. Its vectors and runs stay."))
            if st.button(_("Delete it"), type="primary"):
                delete_dataset(picked)
                if picked == chosen:
                    state.choose(dataset="")
                st.rerun()


def _attempt(act, *arguments: str) -> None:  # type: ignore[no-untyped-def]
    try:
        act(*arguments)
    except UserError as error:
        st.error(told(error.message))
    else:
        st.rerun()
