"""What a training would learn from and be tested on: one sentence, the numbers, and how many rows each test has."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.locale import N_, P_
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from core.train.splits.summary import SplitSummary
from core.ui.cards import Card, cards
from core.ui.tables import table
from core.ui.text import _, count
from core.ui.train.folds import test_name

LEFT_OUT = {
    "purged": N_("purged"),
    "embargoed": N_("embargo"),
    "grouped": N_("story is in the test"),
    "left_out": N_("left out"),
}


@dataclass(frozen=True)
class Planned:
    """The splits of a training in numbers: `timeline` and `counts` as `SplitPlan` gives them."""

    summary: SplitSummary
    counts: pd.DataFrame
    timeline: pd.DataFrame


@st.cache_data(max_entries=16, show_spinner=False)
def planned(_data: Dataset, dataset: str, settings: TrainSettings) -> Planned:
    """Split a dataset, once per settings; raises `UserError` as `plan_splits` does."""
    plan = plan_splits(_data, settings)
    return Planned(plan.summary, plan.counts(), plan.timeline())


def answer(plan: Planned, settings: TrainSettings) -> None:
    """Say what the models learn from, and in cards how many rows go where: they add up to the table's."""
    split = plan.summary
    if split.cut:
        sentence = _(
            "The models learn from the sessions before {day} and are tested on those from then on.",
            day=split.cut,
        )
    elif split.sessions:
        sentence = _("The models learn from some sessions and are tested on others.")
    else:
        sentence = _("The models learn from some stories and are tested on others.")
    st.subheader(sentence, anchor=False)
    parts = {
        "purged": split.purged_rows,
        "embargoed": split.embargoed_rows,
        "grouped": split.grouped_rows,
        "left_out": split.left_out_rows,
    }
    shown = [
        Card(_("Rows to learn from"), count(split.train_rows), _sessions(split.train_sessions)),
        Card(_("Rows to test on"), count(split.test_rows), _sessions(split.test_sessions)),
        Card(
            _("Rows in neither"),
            count(sum(parts.values())),
            " · ".join(f"{_(LEFT_OUT[part])} {count(n)}" for part, n in parts.items() if n),
            _(
                "Left out so that the test stays unknown: outcomes that were not known before the test began, and "
                "headlines whose story stands in the test. Rows without an outcome or a session, too."
            ),
        ),
    ]
    if settings.folds:
        shown.append(
            Card(
                _("Walk-forward tests"),
                count(settings.folds),
                _("before the holdout"),
                _("Each learns from earlier sessions alone."),
            )
        )
    cards(shown)


def details(plan: Planned, settings: TrainSettings) -> None:
    """List the rows of every test: learned from, tested on, left out and why."""
    counts = plan.counts
    shown = pd.DataFrame(
        {
            _("test"): [test_name(fold, settings) for fold in counts["fold"]],
            _("rows to learn from"): counts["train"],
            _("rows to test on"): counts["test"],
            _("test sessions"): counts["sessions"],
        }
        | {_(name): counts[part] for part, name in LEFT_OUT.items() if counts[part].any()}
    )
    table(shown, "tests", _("Rows of each test"), rows=21)


def _sessions(number: int) -> str:
    return _(P_("{n:,} session", "{n:,} sessions"), n=number) if number else ""
