"""From a table of text cells and a plan to a typed `Dataset`."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset, Problem
from core.data.join.join import Joined
from core.data.near_duplicates import stories
from core.data.parse.cells import plain_text
from core.data.parse.columns import texts
from core.data.parse.typist import Typist
from core.data.plan import Plan
from core.data.sessions import sessions_around, zone_of
from core.data.target.contradictions import resolve
from core.data.target.from_prices import REASONS, Prices, as_labels, make_target, prices_from
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_


def build_dataset(
    table: pd.DataFrame, plan: Plan, name: str, report: Report = silent, joined: Joined | None = None
) -> Dataset:
    """Type a table of text cells, or what a join made of two, and leave out what the plan's cleaning says.

    Rows without a headline are always left out. Everything left out or unreadable stands in the dataset's
    `problems` with the numbers of its rows in the first table.

    Raises:
        UserError: where a role names a column that is not there or one column twice, a feature is no number,
            no row has a headline, or the target that the plan asks for cannot be made.
    """
    roles = plan.roles
    row_2, prices = None, None
    told: list[Problem] = []
    if joined is not None:
        table, row_2 = joined.frame, joined.row_2
        prices = prices_of_second(joined, plan) if plan.target.source != "column" else None
        told = [*(Problem("join", note, ()) for note in joined.notes), *_price_problems(prices)]
    _check_roles(table, plan)
    report(0.0, N_("Reading {rows:,} headlines"), rows=len(table))
    headlines = texts(table[roles.headline], plain_text)
    first = Typist(table, np.arange(1, len(table) + 1))
    keep = headlines != ""
    first.note("no_headline", N_("Rows without a headline were left out."), ~keep)
    if not keep.any():
        raise UserError(
            N_("The column {column} holds no headline in any row. Choose another column."),
            column=roles.headline,
        )
    if plan.cleaning.repeats == "drop":
        report(0.2, N_("Looking for rows that repeat a whole row"))
        repeated = table.duplicated().to_numpy() & keep
        first.note("repeats", N_("Rows that repeat a whole row were dropped."), repeated)
        keep &= ~repeated

    typist = Typist(table[keep].reset_index(drop=True), first.row[keep])
    frame, kind, why = _typed(typist, headlines[keep], plan, prices, report)
    if row_2 is not None:
        frame["row_2"] = row_2[keep]
    frame, kept = _cleaned(typist, frame, plan)
    report(0.8, N_("Grouping headlines that tell the same story"))
    frame["story"] = stories(frame["headline"].tolist())
    typist.row = typist.row[kept]
    template = N_("Rows have no outcome; they are left out of training.")
    if kind:
        typist.note("no_target", template, frame["target"].isna().to_numpy())
    for reason, template in REASONS.items():
        missing = why[kept] == reason
        typist.note("no_return", template, missing, n=int(missing.sum()))
    report(0.95, N_("Making the table's id from its content"))
    problems = (*told, *first.problems, *typist.problems)
    return Dataset(content_id(frame, plan), name, roles, frame, kind, problems, plan)


def content_id(frame: pd.DataFrame, plan: Plan) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a typed frame's content, its roles and its horizon.

    The order of the columns, the encoding and the format of the file, and whether it came as one file or two
    do not change it.
    """
    roles = replace(plan.roles, numeric=tuple(sorted(plan.roles.numeric)))
    digest = hashlib.sha256(f"{roles!r} {plan.target.horizon}".encode())
    for column in sorted(set(frame.columns) - {"row_2"}):
        digest.update(f"\0{column}\0".encode())
        values = frame[column]
        if values.dtype.kind in "fiM":
            digest.update(np.ascontiguousarray(values.to_numpy()).tobytes())
        else:
            cells = values.astype(object).where(values.notna(), "\1")
            digest.update("\0".join(cells).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def prices_of_second(joined: Joined, plan: Plan) -> Prices | None:
    """Return the prices of every row of the second file, used by a headline or not, where they stand there."""
    price = joined.in_second(plan.target.price)
    if price is None or plan.join is None or not plan.join.right_date:
        return None
    second = Typist(joined.second, np.arange(1, len(joined.second) + 1))
    dates = second.times(plan.join.right_date, zone_of(plan.exchange))[0]
    benchmark = joined.in_second(plan.target.benchmark)
    return prices_from(
        joined.second[plan.join.right_company] if plan.join.right_company else None,
        sessions_around(dates, plan.exchange).on(dates),
        second.feature(price),
        second.feature(benchmark) if benchmark else None,
    )


def _typed(
    typist: Typist, headlines: np.ndarray, plan: Plan, prices: Prices | None, report: Report
) -> tuple[pd.DataFrame, str, np.ndarray]:
    """Return the typed frame, the target's kind, and why a row has no return from prices: "" where none was made."""
    roles = plan.roles
    frame = pd.DataFrame({"row": typist.row, "headline": pd.Series(headlines, dtype="str")})
    frame["press"] = typist.text(roles.press)
    frame["company"] = typist.text(roles.group)
    frame["time"] = frame["session"] = np.full(len(frame), np.datetime64("NaT", "s"))
    if roles.date:
        report(0.3, N_("Reading dates and finding their sessions"))
        exchange = plan.exchange
        times, timed = typist.times(roles.date, zone_of(exchange))
        frame["time"] = times
        frame["session"] = sessions_around(times, exchange).of(times, timed, exchange.untimed)
    for number, feature in enumerate(roles.numeric):
        report(0.4 + 0.3 * number / len(roles.numeric), N_("Reading the numbers of {column}"), column=feature)
        frame[FEATURE + feature] = typist.feature(feature)
    if plan.target.source == "column":
        frame["target"], kind = typist.target(roles.target)
        return frame, kind, np.full(len(frame), "")
    frame["target"], kind, why = _target_from_prices(typist, frame, plan, prices)
    return frame, kind, why


def _target_from_prices(
    typist: Typist, frame: pd.DataFrame, plan: Plan, prices: Prices | None
) -> tuple[np.ndarray | pd.Series, str, np.ndarray]:
    if not plan.roles.date:
        raise UserError(
            N_("A target made from prices needs the date of each headline. Choose the date column.")
        )
    session = frame["session"].to_numpy()
    company = frame["company"] if plan.roles.group else None
    if prices is not None and plan.join and plan.join.left_company:
        company = typist.text(plan.join.left_company)
    if prices is None:
        rule = plan.target
        benchmark = typist.feature(rule.benchmark) if rule.benchmark else None
        prices = prices_from(company, session, typist.feature(rule.price), benchmark)
    days = np.concatenate([session, prices.session])
    returns, why = make_target(company, session, prices, plan.target, sessions_around(days, plan.exchange))
    if plan.target.win_above is None:
        return returns, "return", why
    return pd.Series(as_labels(returns, plan.target.win_above), dtype="str"), "label", why


def _price_problems(prices: Prices | None) -> list[Problem]:
    count = 0 if prices is None else len(prices.not_positive) + len(prices.no_session)
    template = N_(
        "{count:,} prices of the second file are not above zero, or dated on no session; they count as missing."
    )
    return [Problem("bad_price", Message(template, {"count": count}), ())] if count else []


def _cleaned(typist: Typist, frame: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, np.ndarray]:
    keep = np.ones(len(frame), bool)
    if plan.cleaning.unmatched == "drop" and "row_2" in frame:
        alone = frame["row_2"].to_numpy() == 0
        typist.note("unmatched", N_("Rows without a partner in the second file were left out."), alone)
        keep &= ~alone
    if plan.cleaning.without_session == "drop" and plan.roles.date:
        undated = frame["session"].isna().to_numpy() & keep
        typist.note("no_session", N_("Rows without a readable date were left out."), undated)
        keep &= ~undated
    if plan.cleaning.contradictions != "keep":
        resolved = resolve(frame, plan.cleaning.contradictions)
        typist.note("contradictions", N_("Rows that contradict another row were left out."), keep & ~resolved)
        keep &= resolved
    if not keep.any():
        raise UserError(N_("No row is left after cleaning. Leave out less."))
    return (frame if keep.all() else frame[keep].reset_index(drop=True)), keep


def _check_roles(table: pd.DataFrame, plan: Plan) -> None:
    roles, rule = plan.roles, plan.target
    single = (roles.headline, roles.press, roles.date, roles.group, roles.target)
    chosen = [name for name in (*single, *roles.numeric) if name]
    needed = (
        [rule.price, rule.benchmark if rule.source == "adjusted" else ""] if rule.source != "column" else []
    )
    if "" in needed[: 2 if rule.source == "adjusted" else 1]:
        raise UserError(N_("To make the target, choose the column of closing prices (and of the benchmark)."))
    for name in [*chosen, *filter(None, needed)]:
        if name not in table.columns:
            raise UserError(
                N_("There is no column {column} in the file. Its columns are: {columns}."),
                column=name,
                columns=", ".join(map(str, table.columns)),
            )
        if chosen.count(name) > 1:
            raise UserError(
                N_("The column {column} was chosen for two roles. Give each role its own column."),
                column=name,
            )
