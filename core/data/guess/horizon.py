"""Guess how many sessions a ready-made target looks ahead, from its header and from the outcomes themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.guess.headers import AHEAD, BEHIND
from core.data.parse.characters import compose
from core.data.parse.columns import moments
from core.data.parse.typist import Typist
from core.data.plan import Exchange, Roles
from core.data.sessions import sessions_around, zone_of
from core.data.target.overlap import Outcomes, can_tell, overlap_beyond
from core.errors import Message, UserError
from core.locale import N_, P_

LONGEST = 250
WEEK, MONTH, QUARTER, YEAR = 5, 21, 63, 250  # in sessions

_NUMBER = r"(?<![\d.])(\d{1,3})[\s_-]*"
_NOT_A_LETTER = r"(?![a-z])"

# A pattern that is searched for in a header, and the sessions of one unit: of the number found, or of none.
PATTERNS: list[tuple[re.Pattern[str], int]] = [
    (
        re.compile(
            r"익일|명일|내일|다음\s*날|하루|당일|금일|next[\s_-]*day|tomorrow|overnight|intraday|daily"
        ),
        1,
    ),
    (re.compile(r"이틀"), 2),
    (re.compile(r"사흘"), 3),
    (
        re.compile(r"익주|차주|내주|다음\s*주(?!가|식)|일주일|한\s*주(?!가|식|당)|next[\s_-]*week|weekly"),
        WEEK,
    ),
    (re.compile(r"익월|차월|다음\s*달(?!러)|한\s*달(?!러)|next[\s_-]*month|monthly"), MONTH),
    (re.compile(r"(?:익|차기|다음)\s*분기|next[\s_-]*quarter|quarterly"), QUARTER),
    (re.compile(r"(?<!월)(?<!월\s)" + _NUMBER + r"(?:영업일|거래일|매매일|일)(?!봉|선|자|부)"), 1),
    (re.compile(_NUMBER + r"주(?!당|식|가|주|요)"), WEEK),
    (re.compile(_NUMBER + r"(?:개월|달(?!러))"), MONTH),
    (re.compile(r"(?<![\d.])([1-3])\s*년(?!도)"), YEAR),
    (
        re.compile(
            _NUMBER + r"(?:bd|b?days?|business[\s_-]*days?|trading[\s_-]*days?|sessions?|d)" + _NOT_A_LETTER
        ),
        1,
    ),
    (re.compile(_NUMBER + r"(?:wk?|weeks?)" + _NOT_A_LETTER), WEEK),
    (re.compile(r"(?<![\d.])(1|2|3|6|9|12)[\s_-]*(?:m|mo|mths?|months?)" + _NOT_A_LETTER), MONTH),
    (re.compile(r"(?<![\d.])([1-3])[\s_-]*(?:q|qtrs?|quarters?)" + _NOT_A_LETTER), QUARTER),
    (re.compile(r"(?<![\d.])([1-3])[\s_-]*(?:y|yrs?|years?)" + _NOT_A_LETTER), YEAR),
    (re.compile(r"(?<![a-z])[dt]\s*\+\s*(\d{1,3})"), 1),
    (re.compile(r"_t(\d{1,3})(?!\d)"), 1),
    (re.compile(r"car\s*[\[(]\s*[-+]?\d+\s*,\s*\+?(\d{1,3})\s*[\])]"), 1),
    (
        re.compile(
            r"(?:forward|fwd|next|lead|ahead|horizon|향후|다음|이후)[\s_-]*(?:(?:return|ret)s?[\s_-]*)?(\d{1,3})(?![\d.%분시])"
        ),
        1,
    ),
]
# what a column of the past or the present is measured over, which a number in its name then counts
_MEASURED = re.compile(
    r"이평|이동평균|평균|변동성|표준편차|거래량|거래대금|이격|모멘텀|신고|신저|최고|최저|볼린저|스토캐스틱|rsi|macd|"
    r"volatility|volume|momentum|moving|average|(?<![a-z])(?:vol|std|sma|ema|ma|atr|high|low)(?![a-z])"
)


@dataclass(frozen=True)
class HorizonGuess:
    """The horizon of a target column: `sessions`, the guess; `named` by the header; `seen` in the outcomes.

    `named` is 0 where the header does not say. `seen` is the number of sessions over which the outcomes look as if
    they overlapped: that `named` where it is not surely another, 1 where they look as if not at all, 0 where it
    cannot be told. `column` is the target's name.
    """

    sessions: int = 1
    named: int = 0
    seen: int = 0
    column: str = ""

    @property
    def disagree(self) -> bool:
        """Whether header and outcomes contradict each other."""
        return bool(self.named and self.seen) and (self.seen > self.named or (self.seen == 1 < self.named))

    def speaks_against(self, horizon: int) -> bool:
        """Whether header or outcomes speak against a horizon that is chosen."""
        return self.disagree or max(self.named, self.seen) > horizon

    def sentence(self) -> Message | None:
        """Return what to say beside the horizon; None where nothing speaks of it."""
        params = {"column": self.column, "n": self.named, "seen": self.seen}
        if self.disagree and self.seen > 1:
            return Message(_LONGER, params)
        if self.disagree:
            return Message(_NOT_SEEN, params)
        if self.named:
            return Message(_NAMED, params)
        return Message(_SEEN, params) if self.seen > 1 else None


_LONGER = P_(
    "{column} speaks of {n} session, but the outcomes look as if they overlapped over about {seen}. Which is right? "
    "Under a horizon that is too short headlines seem to help where they do not.",
    "{column} speaks of {n} sessions, but the outcomes look as if they overlapped over about {seen}. Which is right? "
    "Under a horizon that is too short headlines seem to help where they do not.",
)
_NOT_SEEN = N_(
    "{column} speaks of {n} sessions, but the outcomes do not look as if they overlapped. Is that how far the target "
    "looks ahead?"
)
_NAMED = P_("{column} speaks of {n} session.", "{column} speaks of {n} sessions.")
_SEEN = N_(
    "The outcomes in {column} look as if they overlapped over about {seen} sessions. Set the horizon to how far the "
    "target looks ahead."
)


def header_horizon(header: str) -> int:
    """Return how many sessions a target's header says that it looks ahead, at most 250; 0 where it does not say.

    Where it names several (D+1~D+5), the longest. A name of something past or measured (지난5일, RSI14, 변동성20) says
    nothing, unless a word for what is ahead stands in it.
    """
    name = compose(header, "NFKC").lower()
    if BEHIND.search(name) or (_MEASURED.search(name) and not AHEAD.search(name)):
        return 0
    found = [
        unit * int(match[1] if match.re.groups else 1)
        for pattern, unit in PATTERNS
        for match in pattern.finditer(name)
    ]
    return min(max(found, default=0), LONGEST)


def guess_horizon(table: pd.DataFrame, roles: Roles, exchange: Exchange) -> HorizonGuess:
    """Guess the horizon of the target column of a table of text cells: the header's, else that of the outcomes, else 1."""
    if roles.target is None or roles.target not in table.columns:
        return HorizonGuess()
    try:
        outcomes = _outcomes(table, roles, exchange)
    except UserError:  # it is said when the table is built
        outcomes = None
    return judge_horizon(roles.target, outcomes)


def judge_horizon(column: str, outcomes: Outcomes | None) -> HorizonGuess:
    """Return what the header of a target column and its outcomes, where they can be placed in time, say of its horizon."""
    named = header_horizon(column)
    seen = _seen(outcomes, max(named, 1)) if outcomes is not None else 0
    return HorizonGuess(named or max(seen, 1), named, seen, column)


def _seen(outcomes: Outcomes, named: int) -> int:
    beyond = overlap_beyond(outcomes, named)
    if beyond or named == 1:
        return beyond or int(can_tell(outcomes, 2))
    return named if overlap_beyond(outcomes) else int(can_tell(outcomes, named))


def _outcomes(table: pd.DataFrame, roles: Roles, exchange: Exchange) -> Outcomes | None:
    if not roles.date:
        return None
    times, timed, _ = moments(table[roles.date], zone_of(exchange))
    typist = Typist(table, np.arange(len(table)))
    target, kind = typist.target(roles.target)
    outcome = target if isinstance(target, np.ndarray) else pd.factorize(target)[0].astype(float)
    outcome = np.where(pd.isna(target), np.nan, outcome)
    sessions = sessions_around(times, exchange)
    place = sessions.locate(sessions.of(times, timed, exchange.untimed))
    company = typist.text(roles.group).fillna("")
    return Outcomes.of(pd.factorize(company)[0], place, outcome, kind == "label")
