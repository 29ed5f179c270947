"""The data page's parts: the report on the table, how it was made, and its first rows."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.data.export import dataset_table, to_csv
from core.data.library import describe_sources
from core.data.plan import Plan
from core.data.quality import QualityReport, quality_report
from core.embed.tokens import token_counter
from core.ui.data.draft import edit
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, class_name, count, day, plain, signed_percent

FIRST = 50  # rows that are shown as read


def report(data: Dataset, dataset: str, tokens_of: str = "") -> QualityReport:
    """Look the dataset through, once per dataset; `tokens_of` names the encoder whose tokens are counted."""
    left_out = tuple(
        (problem.code, problem.rows) for problem in data.problems
    )  # two files may keep the same rows
    return _report(data, dataset, left_out, tokens_of)


@st.cache_data(max_entries=6, show_spinner=False)
def _report(
    _data: Dataset, dataset: str, left_out: tuple[tuple[str, tuple[int, ...]], ...], tokens_of: str
) -> QualityReport:
    plan = _data.plan or Plan(_data.roles)
    return quality_report(_data, plan, token_counter(tokens_of) if tokens_of else None)


def _plan_json(data: Dataset) -> str:
    """Return the plan with the names of the files and how they were read beside it."""
    plan = data.plan.as_dict() if data.plan else {}
    return json.dumps({**plan, "files": describe_sources(data.id)}, ensure_ascii=False, indent=1)


def steps(data: Dataset, found: QualityReport) -> None:
    """List what was left out and how the table was made; offer to change it, and to export everything."""
    if found.rows.dropped:
        names = {problem.code: problem.message for problem in data.problems}
        rows = [
            {_("step"): plain(names[code]) if code in names else code, _("rows left out"): count(number)}
            for code, number in found.rows.dropped.items()
        ]
        table(pd.DataFrame(rows), "left-out", _("What was left out"))
    else:
        st.markdown(_("Every row of the file was kept."))
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


def typed_rows(data: Dataset) -> None:
    """Show the first rows as read, the outcome first, in the file's order."""
    head = data.frame.head(FIRST)
    shown = pd.DataFrame({_("row"): head["row"]})
    if data.target_kind == "return":
        shown[_("return to come")] = head["target"].map(signed_percent)
    elif data.target_kind:
        shown[_("outcome")] = head["target"].map(
            lambda label: UNKNOWN if pd.isna(label) else class_name(label)
        )
    shown[_("headline")] = head["headline"]
    if data.roles.press:
        shown[_("outlet")] = head["press"]
    if data.roles.group:
        shown[_("company")] = head["company"]
    if data.roles.date:
        timed = (data.frame["time"] != data.frame["time"].dt.normalize()).any()
        shown[_("time")] = head["time"].dt.strftime("%Y-%m-%d %H:%M" if timed else "%Y-%m-%d")
        shown[_("session")] = head["session"].map(day)
    features = data.features.head(FIRST).rename(columns=lambda name: f"{name} " if name in shown else name)
    wide = {_("headline"): st.column_config.TextColumn(width="large")}
    narrow = {name: st.column_config.NumberColumn(width="small", format="%.4g") for name in features}
    table(
        pd.concat([shown, features], axis=1),
        "first-rows",
        _("The first {n} rows, as read", n=len(head)),
        column_config=wide | narrow,
    )
