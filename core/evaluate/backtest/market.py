"""The market's part of a portfolio: each company's beta, estimated before the test begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import Message
from core.evaluate.daily_returns import FEWEST_COMPANIES, FEWEST_RETURNS, KNOWN_SHARE, DailyReturns
from core.locale import N_


@dataclass(frozen=True, eq=False)
class Hedge:
    """Each company's beta against the market, `betas (c,)`, None where `note` says why there is none.

    `estimated` counts the companies whose beta is estimated, on `sessions` sessions before the test.
    """

    betas: np.ndarray | None
    estimated: int
    sessions: int
    note: Message


def hedge(returns: DailyReturns, days: slice, horizon: int) -> Hedge:
    """Estimate betas from what was known before the first day of the test, `days` being those of the test.

    Beta is the slope of a company's returns on the market's (Sharpe, "A simplified model for portfolio analysis",
    1963), the benchmark or the mean of at least five companies; 1 with fewer than twenty returns, as in the
    market-adjusted returns of Brown & Warner (1985). A return counts as known once its last day is over.
    """
    market = returns.market
    tested = market[days]
    inside = (~np.isnan(tested)).mean() if len(tested) else 0.0
    if inside < KNOWN_SHARE:
        return Hedge(
            None,
            0,
            0,
            Message(
                N_(
                    "What is left without the market's part cannot be said: that needs a benchmark's level, or returns of at least "
                    "{companies} companies on half of the trading days; here {share} of them have that."
                ),
                {"companies": FEWEST_COMPANIES, "share": f"{inside:.0%}"},
            ),
        )
    until = max(days.start - (1 if returns.daily else horizon) + 1, 0)
    learned = returns.returns[:until]
    betas = np.ones(len(returns.companies))
    estimated = 0
    for k in range(len(betas)):
        both = ~np.isnan(learned[:, k]) & ~np.isnan(market[:until])
        x, y = market[:until][both], learned[both, k]
        if len(x) >= FEWEST_RETURNS and np.ptp(x) > 0:
            betas[k] = np.cov(x, y)[0, 1] / x.var(ddof=1)
            estimated += 1
    sessions = int((~np.isnan(market[:until])).sum())
    template = (
        N_(
            "Market-neutral: of each position its beta is sold in the market; {estimated:,} of {companies:,} betas are "
            "estimated on {sessions:,} sessions before the test, the others count as 1."
        )
        if estimated
        else N_(
            "Market-neutral: of each position as much is sold in the market; no beta can be estimated from before the "
            "test, so each counts as 1."
        )
    )
    params = {"estimated": estimated, "companies": len(betas), "sessions": sessions}
    return Hedge(betas, estimated, sessions, Message(template, params))
