"""What reading the file left out or could not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.data.plan import Plan
from core.data.quality.facts import Facts
from core.data.quality.finding import Action, Case, Kind, cleaned, without_feature
from core.locale import N_

MANY, MOST = 0.2, 0.5  # shares of the file's rows


def _noted(code: str, many: float, worse: str = "") -> Callable[[Facts], Iterator[Case]]:
    """Look for the problems of a code; beyond the share `many` of the file's rows their level is `worse`."""

    def look(facts: Facts) -> Iterator[Case]:
        in_file = facts.rows.in_file
        for problem in facts.data.problems:
            if problem.code == code:
                counts = {"count": len(problem.rows), "all": in_file}
                level = worse if len(problem.rows) / in_file > many else ""
                yield Case({**problem.message.params, **counts}, problem.rows, level)

    return look


def _as_said(code: str) -> Callable[[Facts], Iterator[Case]]:
    """Look for the problems of a code, in the words of the reading itself."""

    def look(facts: Facts) -> Iterator[Case]:
        for problem in facts.data.problems:
            if problem.code == code:
                yield Case(problem.message.params, problem.rows, message=problem.message.template)

    return look


def _others(facts: Facts) -> Iterator[Case]:
    """Yield the problems that have no kind of their own, each under its own code."""
    known = {kind.code for kind in KINDS}
    for problem in facts.data.problems:
        if problem.code not in known:
            level = "serious" if len(problem.rows) / facts.rows.in_file > MANY else ""
            message = problem.message
            yield Case(message.params, problem.rows, level, message.template, code=problem.code)


def _alone(facts: Facts) -> Iterator[Case]:
    if "row_2" in facts.data.frame:
        alone = facts.data.frame["row_2"].to_numpy() == 0
        if alone.any():
            counts = {"count": int(alone.sum()), "all": facts.rows.in_file}
            yield Case(counts, facts.numbers(alone), "serious" if alone.mean() > MANY else "")


def _undo(step: str) -> Callable[[Plan, Case], Action | None]:
    def remedy(plan: Plan, case: Case) -> Action | None:
        done = getattr(plan.cleaning, step) != "keep"
        return cleaned(plan, N_("Keep these rows"), **{step: "keep"}) if done else None

    return remedy


def _drop_undated(plan: Plan, case: Case) -> Action | None:
    if plan.cleaning.without_session != "keep":
        return None
    return cleaned(plan, N_("Leave these rows out"), without_session="drop")


KINDS = (
    Kind(
        "join",
        "info",
        "",
        N_("This is how the two files were put together; nothing is lost by it."),
        _as_said("join"),
    ),
    Kind(
        "bad_price",
        "warning",
        "",
        N_("Headlines whose return would need such a price have no outcome."),
        _as_said("bad_price"),
    ),
    Kind(
        "no_headline",
        "info",
        N_("{count:,} of {all:,} rows have no headline and were left out."),
        N_("They could not say anything about headlines; the other rows are unchanged."),
        _noted("no_headline", MANY, "warning"),
    ),
    Kind(
        "repeats",
        "info",
        N_("{count:,} of {all:,} rows repeat a whole row and were left out."),
        N_(
            "The same row twice is one observation: counted twice it would make the scores look surer than they "
            "are."
        ),
        _noted("repeats", MOST, "warning"),
        _undo("repeats"),
    ),
    Kind(
        "bad_date",
        "warning",
        N_("{count:,} dates in {column} could not be read."),
        N_("These rows belong to no session, so they cannot be tested on later sessions."),
        _noted("bad_date", MANY, "serious"),
        _drop_undated,
    ),
    Kind(
        "bad_number",
        "warning",
        N_("{count:,} cells of {column} could not be read as numbers."),
        N_("They count as missing: the models see a typical value instead of what stands there."),
        _noted("bad_number", MANY, "serious"),
        lambda plan, case: without_feature(plan, case.params.get("column")),
    ),
    Kind(
        "return_unit",
        "info",
        "",
        N_(
            "If that is wrong, write the unit into the column's name, such as 수익률(%), and load the file again."
        ),
        _as_said("return_unit"),
    ),
    Kind(
        "unmatched",
        "info",
        N_("{count:,} of {all:,} rows found no partner in the second file and were left out."),
        N_(
            "Every row that is left has its values from the second file. These may be the busier companies and days."
        ),
        _noted("unmatched", MANY, "warning"),
        _undo("unmatched"),
    ),
    Kind(
        "no_session",
        "info",
        N_("{count:,} rows without a readable date were left out."),
        N_("Every row that is left has its place in time."),
        _noted("no_session", MANY, "warning"),
        _undo("without_session"),
    ),
    Kind(
        "contradictions",
        "info",
        N_("{count:,} rows that contradict another row were left out."),
        N_("Each headline has one outcome now; the choice of which was yours, not the data's."),
        _noted("contradictions", MANY, "warning"),
        _undo("contradictions"),
    ),
    Kind(
        "no_target",
        "info",
        N_("{count:,} rows have no outcome."),
        N_("They are left out of training and testing; they can still be predicted."),
        _noted("no_target", MOST, "warning"),
    ),
    Kind(
        "no_return",
        "info",
        "",
        N_("They are left out of training and testing; no price of another session stands in."),
        _as_said("no_return"),
    ),
    Kind(
        "other",
        "warning",
        "",
        N_("The models learn nothing from what could not be used. Check these rows before you go on."),
        _others,
    ),
    Kind(
        "unmatched_kept",
        "warning",
        N_("{count:,} of {all:,} rows have no partner in the second file."),
        N_("Their values from the second file count as missing."),
        _alone,
        lambda plan, case: cleaned(plan, N_("Leave these rows out"), unmatched="drop"),
    ),
)
