"""The data page's parts: loading a file, its roles, what the table holds, and the library."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.build import build_dataset
from core.data.dataset import Dataset, Roles
from core.data.library import delete_dataset, list_datasets, rename_dataset, save_dataset
from core.data.reading import RawTable, read_table
from core.data.roles import Guess, guess_roles
from core.data.summary import OUTLETS_SHOWN, Summary
from core.errors import UserError
from core.locale import N_
from core.settings import settings
from core.ui import state
from core.ui.text import _, as_typed, bold, class_name, count, day, hover, md, signed_percent, told, when
from core.ui.theme import OTHER, palette, show

ROLE_NAMES = {
    "press": N_("Press outlet"),
    "date": N_("Date or time"),
    "group": N_("Company"),
    "target": N_("Target"),
}
SAMPLE = "headlines.csv"


def load_sample() -> None:
    """Read the sample table, keep it in the library and choose it."""
    table = read_table((settings().sample_data / SAMPLE).read_bytes())
    data = build_dataset(table.frame, guess_roles(table.frame).roles, _("Sample (synthetic)"))
    save_dataset(data)
    state.choose(dataset=data.id)


def upload() -> None:
    """Take a file, show what was read and the guessed roles, and keep it as a dataset on demand."""
    file = st.file_uploader(
        _("A CSV file with a header line: UTF-8 or CP949; separated by comma, tab, semicolon or |"),
        type=["csv", "tsv", "txt"], key=f"upload-{st.session_state.get('uploads', 0)}",
    )  # fmt: skip
    if file is None:
        return
    try:
        table, guess = _read(file.getvalue())
    except UserError as error:
        st.error(told(error.message))
        return
    _preview(table, file.name)
    roles = _roles_form(table.frame, guess)
    if roles is None:
        return
    try:
        with st.spinner(_("Reading {rows:,} rows …", rows=len(table.frame))):
            data = build_dataset(table.frame, roles, file.name)
            save_dataset(data)
    except UserError as error:
        st.error(told(error.message))
        return
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    state.choose(dataset=data.id)
    st.rerun()


def _read(content: bytes) -> tuple[RawTable, Guess]:
    digest = hashlib.sha256(content).hexdigest()
    kept = st.session_state.get("upload_read")
    if kept is None or kept[0] != digest:
        table = read_table(content)
        try:
            guess = guess_roles(table.frame)
        except UserError as error:
            st.warning(told(error.message))
            guess = Guess(Roles(str(table.frame.columns[0])), {})
        kept = st.session_state["upload_read"] = (digest, table, guess)
    return kept[1], kept[2]


def _preview(table: RawTable, name: str) -> None:
    delimiter = {",": _("comma"), "\t": _("tab"), ";": _("semicolon")}.get(table.delimiter, table.delimiter)
    st.caption(
        md("{name}: {rows:,} rows, {columns} columns, read as {encoding} separated by {delimiter}",
           name=name, rows=len(table.frame), columns=table.frame.shape[1], encoding=table.encoding.upper(),
           delimiter=delimiter)
    )  # fmt: skip
    st.dataframe(table.frame.head(6), hide_index=True)


def _roles_form(frame: pd.DataFrame, guess: Guess) -> Roles | None:
    columns = list(frame.columns)

    def why(column: str | None) -> str | None:
        reason = guess.reasons.get(column or "")
        return _("Guessed: {reason}.", reason=_(reason.template)) if reason else None

    def pick(label: str, guessed: str | None) -> str | None:
        options = [None, *columns]
        return st.selectbox(
            label, options, index=options.index(guessed), help=why(guessed),
            format_func=lambda name: _("(none)") if name is None else as_typed(name),
        )  # fmt: skip

    with st.form("roles"):
        st.markdown(bold(_("Which column is which?")))
        left, right = st.columns(2)
        with left:
            headline = st.selectbox(_("Headline"), columns, index=columns.index(guess.roles.headline),
                                    help=why(guess.roles.headline), format_func=as_typed)  # fmt: skip
            press = pick(_("Press outlet"), guess.roles.press)
            date = pick(_("Date or time"), guess.roles.date)
        with right:
            target = pick(_("Target: a return, or win/lose"), guess.roles.target)
            group = pick(_("Company"), guess.roles.group)
            numeric = st.multiselect(_("Continuous features"), columns, default=list(guess.roles.numeric),
                                     format_func=as_typed, help=_("Numbers known before the headline. May be empty."),
                                     placeholder=_("none"))  # fmt: skip
        pressed = st.form_submit_button(_("Use this table"), type="primary")
    return Roles(headline, press, date, group, tuple(numeric), target) if pressed else None


def figures(summary: Summary) -> None:
    """Draw the counts in a row."""
    shown = [
        (_("Rows"), summary.rows, _("after whole-row repeats were dropped")),
        (_("Distinct headlines"), summary.distinct_headlines, _("each is embedded once")),
        (_("Stories"), summary.stories, _("headlines that are the same or nearly the same count as one")),
        (_("Sessions"), summary.sessions, _("trading days of the Korean exchange")),
        (_("Events"), summary.events, _("one company in one session: what is independent of the rest")),
    ]
    with st.container(horizontal=True):
        for label, number, explained in shown:
            st.metric(label, count(number) if number else "–", help=explained)


def findings(summary: Summary) -> None:
    """Draw what reading left out and what to keep in mind, each with its rows."""
    for problem in summary.findings:
        sentence = told(problem.message)
        if not problem.rows:
            st.warning(sentence, icon=":material/info:")
            continue
        with st.expander(f"{sentence} ({count(len(problem.rows))})", icon=":material/filter_alt:"):
            rows = ", ".join(map(str, problem.rows[:200]))
            st.caption(_("Rows of the file: {rows}", rows=rows + (" …" if len(problem.rows) > 200 else "")))


def distributions(data: Dataset, summary: Summary) -> None:
    """Draw the target, the rows over time, the outlets and the features."""
    left, right = st.columns(2)
    with left:
        _target_chart(data)
    with right:
        _time_chart(summary)
    left, right = st.columns(2)
    with left:
        _outlet_chart(summary)
    with right:
        _missing_table(data, summary)
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


def _time_chart(summary: Summary) -> None:
    if summary.per_session.empty:
        st.info(
            _(
                "No date was chosen: rows cannot be ordered in time, so training keeps stories together instead."
            )
        )
        return
    series = summary.per_session
    bars = go.Bar(x=series.index, y=series.to_numpy(), marker_color=palette().accent,
                  hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>")  # fmt: skip
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("session")).update_yaxes(title=_("rows"))
    note = _("{sessions:,} sessions from {first} to {last}; one bar is one session",
             sessions=len(series), first=day(series.index[0]), last=day(series.index[-1]))  # fmt: skip
    show(figure, _("Rows per session"), "chart-time", note)


def _outlet_chart(summary: Summary) -> None:
    if summary.outlets.empty:
        st.info(_("No press outlet was chosen."))
        return
    top = summary.outlets.head(OUTLETS_SHOWN)
    rest = int(summary.outlets.iloc[OUTLETS_SHOWN:].sum())
    names = [hover(name) for name in top.index] + ([_("other")] if rest else [])
    values = [*top.tolist(), *([rest] if rest else [])]
    bars = go.Bar(y=names, x=values, orientation="h", hovertemplate="%{y}: %{x:,}<extra></extra>",
                  marker_color=[palette().accent] * len(top) + [OTHER])  # fmt: skip
    figure = go.Figure(bars)
    figure.update_yaxes(autorange="reversed", type="category").update_xaxes(title=_("rows"))
    note = _("{n} outlets in all", n=len(summary.outlets))
    show(figure, _("Press outlets"), "chart-outlets", note, height=460)


def _missing_table(data: Dataset, summary: Summary) -> None:
    st.markdown(bold(_("Missing values and ranges")))
    numbers = data.features.describe().T if data.roles.numeric else pd.DataFrame()
    rows = []
    for name, missing in summary.missing.items():
        role = {"press": "press", "time": "date", "company": "group", "target": "target"}.get(name)
        row = {_("column"): _(ROLE_NAMES[role]) if role else name, _("missing"): missing}
        if name in numbers.index:
            row |= {label: numbers.loc[name, key] for label, key in
                    ((_("lowest"), "min"), (_("median"), "50%"), (_("highest"), "max"))}  # fmt: skip
        rows.append(row)
    table = pd.DataFrame(rows)
    formats = {
        c: st.column_config.NumberColumn(format="%.4g") for c in (_("lowest"), _("median"), _("highest"))
    }
    st.dataframe(table, hide_index=True, column_config=formats)


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
        table[_("time")] = head["time"].dt.strftime("%Y-%m-%d %H:%M")
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
                          format_func=lambda i: f"{as_typed(names[i])} · {i[:6]}")  # fmt: skip
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
