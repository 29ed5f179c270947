"""What was found in the table, the most serious first: what it means, its rows, and what can be done."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.data.export import to_csv
from core.data.quality import Finding, QualityReport, rows_with_reasons
from core.locale import N_
from core.ui.data.build import rebuild
from core.ui.text import _, bold, plain, translate_md

SERIOUS = "serious"
LEVELS = {
    SERIOUS: (N_("Know this first"), ":material/error:"),
    "warning": (N_("Keep this in mind when reading the scores"), ":material/warning:"),
    "info": (N_("Good to know"), ":material/info:"),
}


def serious_findings(data: Dataset, found: QualityReport) -> None:
    """Draw what has to be known before anything else."""
    serious = [finding for finding in found.findings if finding.level == SERIOUS]
    if serious:
        with st.container(border=True, key="serious"):
            st.markdown(f"{LEVELS[SERIOUS][1]} {bold(_(LEVELS[SERIOUS][0]))}")
            for number, finding in enumerate(serious):
                _finding(data, finding, f"{SERIOUS}-{number}")


def other_findings(data: Dataset, found: QualityReport) -> None:
    """Draw the other findings by level, and offer all of them with their rows."""
    for level, (title, icon) in LEVELS.items():
        of_level = [finding for finding in found.findings if finding.level == level]
        if level == SERIOUS or not of_level:
            continue
        st.markdown(f"{icon} {bold(_(title))}")
        for number, finding in enumerate(of_level):
            _finding(data, finding, f"{level}-{number}")
    if not found.findings:
        st.markdown(_("Nothing was found that needs a word."))
        return
    st.download_button(
        _("The findings with their rows (CSV)"),
        lambda: to_csv(_explained_rows(data, found)),
        "findings.csv",
        "text/csv",
        icon=":material/download:",
    )


def _finding(data: Dataset, finding: Finding, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"finding-{key}"):
        st.markdown(
            f"{bold(translate_md(finding.message))} {translate_md(finding.meaning)}",
            width="stretch",
            help=_rows(finding),
        )
        if finding.action and st.button(_(finding.action.label), key=f"act-{key}"):
            rebuild(data, finding.action.plan)


def _rows(finding: Finding) -> str | None:
    if not finding.rows:
        return None
    rows = ", ".join(map(str, finding.rows[:60])) + (" …" if len(finding.rows) > 60 else "")
    return _("{n:,} rows, counted from 1 below the header: {rows}", n=len(finding.rows), rows=rows)


def _explained_rows(data: Dataset, found: QualityReport) -> pd.DataFrame:
    """Return the rows that findings name, with their headline where it was kept and the finding in words."""
    rows = rows_with_reasons(found)
    headline = rows["row"].map(data.frame.set_index("row")["headline"])
    words = [f"{plain(f.message)} {plain(f.meaning)}" for f in found.findings]
    return rows.assign(headline=headline, finding=[words[i] for i in rows["finding"]])
