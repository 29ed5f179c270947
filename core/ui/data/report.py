"""The data page's parts: what the table holds, what that means for the result, and the library."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.data.export import dataset_table, to_csv
from core.data.library import delete_dataset, describe_sources, list_datasets, rename_dataset
from core.data.plan import Plan
from core.data.quality import Finding, QualityReport, quality_report, rows_with_reasons
from core.embed.tokens import token_counter
from core.errors import Message, UserError
from core.locale import C_, N_, translate_message
from core.ui import state
from core.ui.data.build import rebuild
from core.ui.data.draft import edit
from core.ui.text import _, bold, class_name, count, day, language, signed_percent, translate_md, when

LEVELS = {
    "serious": (N_("Know this first"), ":material/error:"),
    "warning": (N_("Keep this in mind when reading the scores"), ":material/warning:"),
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
        (
            _("Stories"),
            int(data.frame["story"].nunique()),
            _("headlines that are the same or nearly the same count as one"),
        ),
        (_("Sessions"), data.sessions, _("trading days of the exchange")),
        (_("Events"), data.events, _("one company in one session: what is independent of the rest")),
    ]
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
        _("The findings with their rows (CSV)"),
        lambda: to_csv(_explained_rows(data, found)),
        "findings.csv",
        "text/csv",
        icon=":material/download:",
    )


def _plan_json(data: Dataset) -> str:
    """Return the plan with the names of the files and how they were read beside it."""
    plan = data.plan.as_dict() if data.plan else {}
    return json.dumps({**plan, "files": describe_sources(data.id)}, ensure_ascii=False, indent=1)


def _explained_rows(data: Dataset, found: QualityReport) -> pd.DataFrame:
    """Return the rows that findings name, with their headline where it was kept and the finding in words."""
    rows = rows_with_reasons(found)
    headline = rows["row"].map(data.frame.set_index("row")["headline"])
    words = [f"{_plain(f.message)} {_plain(f.meaning)}" for f in found.findings]
    return rows.assign(headline=headline, finding=[words[i] for i in rows["finding"]])


def _plain(message: Message) -> str:
    return translate_message(message, language())


def _finding(data: Dataset, finding: Finding, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"finding-{key}"):
        st.markdown(f"{bold(translate_md(finding.message))} {translate_md(finding.meaning)}", width="stretch")
        if finding.action and st.button(_(finding.action.label), key=f"act-{key}"):
            rebuild(data, finding.action.plan)
    if finding.rows:
        rows = ", ".join(map(str, finding.rows[:60])) + (" …" if len(finding.rows) > 60 else "")
        st.caption(_("{n:,} rows, counted from 1 below the header: {rows}", n=len(finding.rows), rows=rows))


def steps(data: Dataset, found: QualityReport) -> None:
    """List what was left out and how the table was made; offer to change it, and to export everything."""
    if found.rows.dropped:
        names = {problem.code: problem.message for problem in data.problems}
        rows = [
            {_("step"): _plain(names[code]) if code in names else code, _("rows left out"): count(number)}
            for code, number in found.rows.dropped.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    with st.container(horizontal=True):
        if st.button(
            _("Change roles, target or cleaning"), icon=":material/edit:", disabled=data.plan is None
        ):
            edit(data)
            st.rerun()
        if data.plan is not None:
            st.download_button(
                _("The plan (JSON)"),
                lambda: _plan_json(data),
                "plan.json",
                "application/json",
                icon=":material/download:",
            )
        st.download_button(
            _("The table as read (CSV)"),
            lambda: to_csv(dataset_table(data)),
            "table.csv",
            "text/csv",
            icon=":material/download:",
        )


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
            {
                _("name"): e.name,
                _("rows"): e.rows,
                _(C_("headlines", "distinct")): e.distinct_headlines,
                _("sessions"): e.sessions,
                _("target"): e.roles.target or "–",
                _("saved on"): when(e.created),
                "id": e.id,
            }
            for e in entries
        ]
    )
    st.dataframe(table, hide_index=True)
    chosen = state.chosen("dataset")
    ids = [e.id for e in entries]
    names = {e.id: e.name for e in entries}
    picked = st.selectbox(
        _("Dataset"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: f"{names[i]} · {i[:6]}",
    )
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
        st.error(translate_md(error.message))
    else:
        st.rerun()
