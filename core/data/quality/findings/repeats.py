"""Rows and stories that return."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.near_duplicates import MOST_COMPARED, retold_rows
from core.data.quality.facts import Facts
from core.data.quality.finding import Case, Kind, cleaned
from core.locale import N_


def _kept(facts: Facts) -> Iterator[Case]:
    if facts.plan.cleaning.repeats == "keep":
        content = facts.data.frame.drop(columns=["row", "row_2", "story"], errors="ignore")
        again = content.duplicated().to_numpy()
        if again.any():
            yield Case({"count": int(again.sum())}, facts.numbers(again))


def _not_searched(facts: Facts) -> Iterator[Case]:
    repeats = facts.repeats
    if not repeats.complete:
        counts = {"headlines": repeats.headlines, "limit": MOST_COMPARED}
        yield Case({**counts, "sample": repeats.sample, "share": repeats.sample_share})


def _repeated(facts: Facts) -> Iterator[Case]:
    repeats = facts.repeats
    if repeats.repeated:
        again = facts.data.frame["headline"].duplicated().to_numpy()
        yield Case({"count": repeats.repeated, "rows": repeats.rows}, facts.numbers(again))


def _retold(facts: Facts) -> Iterator[Case]:
    repeats = facts.repeats
    if repeats.retold:
        rows = retold_rows(facts.data)
        counts = {"stories": repeats.retold, "rows": int(rows.sum()), "across": repeats.across}
        yield Case(counts, facts.numbers(rows))


KINDS = (
    Kind(
        "repeats_kept",
        "warning",
        N_("{count:,} rows repeat another row in everything that was read."),
        N_("The same row twice is one observation: these make the scores look surer than they are."),
        _kept,
        lambda plan, case: cleaned(plan, N_("Leave these rows out"), repeats="drop"),
    ),
    Kind(
        "near_repeats_not_searched",
        "warning",
        N_(
            "With {headlines:,} different headlines (limit {limit:,}), only equal ones were grouped as one "
            "story. In a sample of {sample:,}, at least {share:.0%} are nearly the same as another."
        ),
        N_(
            "The same story in other words may stand in training and in test: split by time, where it "
            "matters least."
        ),
        _not_searched,
    ),
    Kind(
        "repeated_headlines",
        "info",
        N_("{count:,} of {rows:,} rows repeat the headline of an earlier row."),
        N_("Equal headlines stay on one side of a split, so they do not flatter the scores."),
        _repeated,
    ),
    Kind(
        "near_repeats",
        "info",
        N_(
            "{stories:,} stories appear in several wordings, in {rows:,} rows; {across:,} stories come from more than one outlet."
        ),
        N_(
            "A story is one piece of news, however often it is published. Its headlines stay on one side of a split."
        ),
        _retold,
    ),
)
