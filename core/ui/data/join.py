"""How two files belong together: the choice, and what matched."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.join.join import REASONS, Joined
from core.data.plan import Join, Plan
from core.locale import C_, N_
from core.ui.tables import table
from core.ui.text import _, bold, translate_md

JOINS = {
    "id": N_("by a key column"),
    "exact": N_("by company and session"),
    "asof": N_("by company, as of the last session before the headline"),
}


def join_form(first: pd.DataFrame, second: pd.DataFrame, plan: Plan) -> Join | None:
    """Ask how two files belong together, starting from the plan's guess; None where it cannot be said."""
    st.markdown(bold(_("How do the two files belong together?")))
    guessed = plan.join or Join("id")
    how = st.segmented_control(
        _(C_("form field", "Join")),
        list(JOINS),
        default=guessed.how,
        format_func=lambda h: _(JOINS[h]),
        key="join-how",
    )
    left, right = list(first.columns), list(second.columns)

    def pick(label: str, options: list[str], wanted: str, key: str, optional: bool = False) -> str:
        choices = ["", *options] if optional else options
        index = choices.index(wanted) if wanted in choices else 0
        return st.selectbox(label, choices, index=index, key=key, format_func=lambda c: c or _("(none)"))

    one, two = st.columns(2)
    if how == "id":
        with one:
            left_on = pick(_("Key in the first file"), left, guessed.left_on, "join-left")
            date = pick(
                _("Date in the second file, to notice the future"),
                right,
                guessed.right_date,
                "join-date",
                True,
            )
        with two:
            right_on = pick(_("Key in the second file"), right, guessed.right_on, "join-right")
        return Join("id", left_on, right_on, date)
    if how is None:
        return None
    if plan.roles.date is None:
        st.error(_("The first file has no date, so it cannot be joined in time. Join by a key column."))
        return None
    with one:
        date = pick(_("Date in the second file"), right, guessed.right_date, "join-date")
    with two:
        company = pick(_("Company in the second file"), right, guessed.right_company, "join-company", True)
    with one:
        wanted = guessed.left_company or plan.roles.group or ""
        mine = pick(_("Company in the first file"), left, wanted, "join-left-company", True)
    return Join(
        how, right_date=date, right_company=company, left_company="" if mine == plan.roles.group else mine
    )


def show_join(joined: Joined, first: pd.DataFrame, second: pd.DataFrame) -> None:
    """Say what matched, what did not and why, with a sample of each."""
    matched = len(first) - len(joined.unmatched)
    st.caption(
        _(
            "{matched:,} of {rows:,} rows found a partner; {unmatched:,} did not; {unused:,} of {second:,} rows of the "
            "second file were not used.",
            matched=matched,
            rows=len(first),
            unmatched=len(joined.unmatched),
            unused=len(joined.unused),
            second=len(second),
        )
    )
    for note in joined.notes:
        st.info(translate_md(note))
    with st.expander(_("What matched, and what did not")):
        for key, title, sample in (
            ("matched", _("Matched"), joined.sample_matched(5)),
            ("unmatched", _("No partner in the second file"), joined.sample_unmatched(5)),
            ("unused", _("Not used from the second file"), joined.sample_unused(5)),
        ):
            if len(sample):
                table(_with_reasons(sample.reset_index()), key, title, rows=5)


def _with_reasons(sample: pd.DataFrame) -> pd.DataFrame:
    if "reason" in sample:
        sample["reason"] = [_(REASONS.get(code, code)) for code in sample["reason"]]
    names = {"row": _("row"), "row_2": f"{_('row')} 2", "reason": _("reason")}
    return sample.rename(columns=lambda name: names.get(name, name))
