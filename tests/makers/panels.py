"""Small tables of several companies over real trading days, with or without closing prices, for the backtest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.ingest import Choices, File, Ingested, ingest
from core.data.library import save_dataset
from core.data.plan import TargetRule
from core.data.sessions import sessions_around
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from tests.makers.train_tables import make_dataset

FIRST = "2024-01-02"


def trading_days(count: int, first: str = FIRST) -> np.ndarray:
    """Return the first so many trading days of the KRX, datetime64[s]."""
    start = np.array([first], "datetime64[s]")
    days = sessions_around(start).days
    at = int(np.searchsorted(days, start[0]))
    return days[at : at + count]


def events(
    returns: np.ndarray, predicted: np.ndarray, horizon: int = 1, first: str = FIRST
) -> tuple[Predictions, Dataset, EvaluateSettings]:
    """Return predictions of the events of `returns (d, c)`, one headline each; NaN is a company without one.

    `predicted (d, c)` are the model's; where NaN, the row is in the dataset but was not tested.
    """
    days = trading_days(len(returns), first)
    day, company = np.nonzero(~np.isnan(returns))
    data = make_dataset(returns[day, company], day)
    session = pd.Series(days[day])
    names = pd.Series([f"회사{c}" for c in company], dtype="str")
    frame = data.frame.assign(session=session, time=session, company=names)
    data = replace(data, frame=frame)
    p = predicted[day, company]
    tested = np.flatnonzero(~np.isnan(p))
    made = Predictions.of(
        data, tested, np.zeros(len(tested), int), data.outcome("regress")[tested], {"mean": p[tested]}
    )
    return made, data, EvaluateSettings("regress", horizon=horizon)


def priced(returns: np.ndarray, headlines: np.ndarray, horizon: int = 1, benchmark: bool = False) -> Ingested:
    """Read and save a file of headlines and one of daily prices that rise by `returns (d, c)` from day to day.

    `headlines (d, c)` bool says where a company has one. The workspace must be the test's own.
    """
    days = trading_days(len(returns) + 1)
    level = 1000 * np.concatenate([np.ones((1, returns.shape[1])), np.cumprod(1 + returns, axis=0)])
    index = 100 * np.r_[1, np.cumprod(1 + returns.mean(axis=1))]
    prices = "날짜,종목,종가,지수\n" + "".join(
        f"{str(day)[:10]},회사{c},{level[t, c]:.10f},{index[t]:.10f}\n"
        for t, day in enumerate(days)
        for c in range(returns.shape[1])
    )
    table = "일자,종목,제목\n" + "".join(
        f"{str(days[t])[:10]},회사{c},회사{c} 제{t}호 새 소식을 밝히다\n"
        for t, c in zip(*np.nonzero(headlines), strict=True)
    )
    rule = TargetRule("return", horizon, price="종가", benchmark="지수" if benchmark else "")
    made = ingest(
        [File("제목.csv", table.encode()), File("주가.csv", prices.encode())],
        Choices(roles={"headline": "제목", "date": "일자", "group": "종목"}, numeric=(), target=rule),
    )
    save_dataset(made.dataset, list(made.sources))
    return made


def predictions_of(data: Dataset, p: np.ndarray, tested: np.ndarray) -> Predictions:
    """Return predictions `p (rows,)` of the rows of a mask `(rows,)`, all of one holdout."""
    at = np.flatnonzero(tested & data.frame["target"].notna().to_numpy())
    outcome = data.outcome("regress")[at]
    return Predictions.of(data, at, np.zeros(len(at), int), outcome, {"mean": p[at]})
