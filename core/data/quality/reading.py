"""What reading the file left out or could not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset, Problem
from core.data.plan import Plan
from core.data.quality.finding import Action, Finding, cleaned, file_rows
from core.errors import Message
from core.locale import N_

MANY_UNREADABLE, MANY_REPEATS, MANY_UNKNOWN = 0.2, 0.5, 0.5


@dataclass(frozen=True)
class Rows:
    """How many rows the file holds and how many are kept; `dropped` counts the others by the first reason."""

    in_file: int
    kept: int
    dropped: dict[str, int]


def count_rows(data: Dataset) -> Rows:
    """Count the rows of the file: those of the frame, and those that only a problem names."""
    kept = data.frame["row"].to_numpy()
    seen = kept
    dropped: dict[str, int] = {}
    for problem in data.problems:
        new = np.setdiff1d(np.array(problem.rows, np.int64), seen)
        if len(new):
            dropped[problem.code] = dropped.get(problem.code, 0) + len(new)
            seen = np.union1d(seen, new)
    return Rows(len(seen), len(kept), dropped)


# code -> what was found, what it means; `count` and the problem's own parameters are put in
_TOLD = {
    "no_headline": (
        N_("{count:,} of {all:,} rows have no headline and were left out."),
        N_("They could not say anything about headlines; the other rows are unchanged."),
    ),
    "repeats": (
        N_("{count:,} of {all:,} rows repeat a whole row and were left out."),
        N_(
            "The same row twice is one observation: counted twice it would make the scores look surer than they are."
        ),
    ),
    "bad_date": (
        N_("{count:,} dates in {column} could not be read."),
        N_("These rows belong to no session, so they cannot be tested on later sessions."),
    ),
    "no_session": (
        N_("{count:,} rows without a readable date were left out."),
        N_("Every row that is left has its place in time."),
    ),
    "bad_number": (
        N_("{count:,} cells of {column} could not be read as numbers."),
        N_("They count as missing: the models see a typical value instead of what stands there."),
    ),
    "no_target": (
        N_("{count:,} rows have no outcome."),
        N_("They are left out of training and testing; they can still be predicted."),
    ),
    "unmatched": (
        N_("{count:,} of {all:,} rows found no partner in the second file and were left out."),
        N_(
            "Every row that is left has what the second file tells; mind that it may be the busier companies and days."
        ),
    ),
    "contradictions": (
        N_("{count:,} rows that contradict another row were left out."),
        N_("Each headline has one outcome now; the choice of which was yours, not the data's."),
    ),
}
_MEANINGS = {
    "join": N_("This is how the two files were put together; nothing is lost by it."),
    "bad_price": N_("Headlines whose return would need such a price have no outcome."),
    "return_unit": N_(
        "If that is wrong, write the unit into the column's name, such as 수익률(%), and load the file again."
    ),
}
_ANY_MEANING = N_("What could not be used teaches the models nothing: look at these rows before you go on.")


def of_reading(data: Dataset, plan: Plan, rows: Rows) -> Iterator[Finding]:
    """Turn what reading noted into findings."""
    for problem in data.problems:
        params = {**problem.message.params, "count": len(problem.rows), "all": rows.in_file}
        message, meaning = problem.message, Message(_MEANINGS.get(problem.code, _ANY_MEANING))
        if problem.code in _TOLD:
            message, meaning = Message(_TOLD[problem.code][0], params), Message(_TOLD[problem.code][1])
        yield Finding(
            problem.code, _level(problem, rows), message, meaning, problem.rows, _action(problem, plan)
        )
    if "row_2" in data.frame:
        alone = data.frame["row_2"].to_numpy() == 0
        if alone.any():
            yield Finding(
                "unmatched_kept",
                "serious" if alone.mean() > MANY_UNREADABLE else "warning",
                Message(
                    N_("{count:,} of {all:,} rows have no partner in the second file."),
                    {"count": int(alone.sum()), "all": rows.in_file},
                ),
                Message(N_("What the second file would have told of them counts as missing.")),
                file_rows(data, alone),
                cleaned(plan, N_("Leave these rows out"), unmatched="drop"),
            )


def _level(problem: Problem, rows: Rows) -> str:
    share = len(problem.rows) / rows.in_file
    if problem.code in ("join", "return_unit"):
        return "info"
    if problem.code == "repeats":
        return "warning" if share > MANY_REPEATS else "info"
    if problem.code == "no_target":
        return "warning" if share > MANY_UNKNOWN else "info"
    if problem.code in ("no_headline", "no_session", "contradictions", "unmatched"):
        return "warning" if share > MANY_UNREADABLE else "info"
    return "serious" if share > MANY_UNREADABLE else "warning"


def _action(problem: Problem, plan: Plan) -> Action | None:
    keep = N_("Keep these rows")
    cleaning = plan.cleaning
    if problem.code == "repeats" and cleaning.repeats == "drop":
        return cleaned(plan, keep, repeats="keep")
    if problem.code == "contradictions" and cleaning.contradictions != "keep":
        return cleaned(plan, keep, contradictions="keep")
    if problem.code == "no_session" and cleaning.without_session == "drop":
        return cleaned(plan, keep, without_session="keep")
    if problem.code == "unmatched" and cleaning.unmatched == "drop":
        return cleaned(plan, keep, unmatched="keep")
    if problem.code == "bad_date" and cleaning.without_session == "keep":
        return cleaned(plan, N_("Leave these rows out"), without_session="drop")
    column = problem.message.params.get("column")
    if problem.code == "bad_number" and column in plan.roles.numeric:
        return Action(N_("Leave this feature out"), plan.without_feature(str(column)))
    return None
