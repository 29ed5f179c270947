"""All findings and figures about a dataset in one value that a page draws and a shell prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import Repeats
from core.data.plan import Plan
from core.data.quality.balance import Balance
from core.data.quality.calendar import Calendar
from core.data.quality.facts import Facts
from core.data.quality.finding import LEVELS, Finding
from core.data.quality.lengths import Lengths, TokenCounter
from core.data.quality.outlets import Outlets
from core.data.quality.registry import KINDS
from core.data.quality.rows import Rows
from core.jobs import Report, silent
from core.locale import N_


@dataclass(frozen=True, eq=False)
class QualityReport:
    """What is to be known of a dataset before it is trusted; `findings` has the most serious first.

    `observations` is how many independent ones the rows stand for; `columns` the missing cells and the range
    of each role and feature (see `describe_columns`).
    """

    findings: tuple[Finding, ...]
    rows: Rows
    observations: int
    repeats: Repeats
    outlets: Outlets
    lengths: Lengths
    calendar: Calendar
    balance: Balance
    columns: pd.DataFrame


def quality_report(
    data: Dataset, plan: Plan, count_tokens: TokenCounter | None = None, report: Report = silent
) -> QualityReport:
    """Look a dataset through. `plan` is what it was made by: the findings' actions are changes of it."""
    facts = Facts(data, plan, count_tokens)
    report(0.0, N_("Looking for stories that return"))
    rows, repeats = facts.rows, facts.repeats
    report(0.4, N_("Counting sessions, outlets and outcomes"))
    outlets, calendar, balance = facts.outlets, facts.calendar, facts.balance
    report(0.6, N_("Measuring the headlines"))
    lengths = facts.lengths
    report(0.7, N_("Comparing the features with the outcomes"))
    columns = facts.columns
    findings = [finding for kind in KINDS for finding in kind.findings(facts)]
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    return QualityReport(
        tuple(findings), rows, facts.observations, repeats, outlets, lengths, calendar, balance, columns
    )


def as_problems(report: QualityReport) -> list[dict[str, Any]]:
    """Return the findings for `headline-lab check --json`: `code`, `message` (to translate) and `rows`."""
    return [{"code": f.code, "message": f.message, "rows": list(f.rows)} for f in report.findings]


def rows_with_reasons(report: QualityReport) -> pd.DataFrame:
    """Return every row that a finding names, ordered by row: `row, code, level, finding` (its place in the list)."""
    parts = [
        pd.DataFrame({"row": f.rows, "code": f.code, "level": f.level, "finding": place})
        for place, f in enumerate(report.findings)
        if f.rows
    ]
    if not parts:
        return pd.DataFrame({"row": [], "code": [], "level": [], "finding": []})
    return pd.concat(parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
