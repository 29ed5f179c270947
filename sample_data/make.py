"""Make the synthetic sample data: `python sample_data/make.py [folder]`.

Nothing in it is real. The same seed writes the same bytes; README.md says what is planted.
"""

from __future__ import annotations

import sys
from pathlib import Path

import exchange_calendars
import numpy as np
import pandas as pd
from events import draw_events, news_effects, print_rows
from headlines import World
from market import WARM_UP, Market, Signal, simulate

SEED = 20230102
FIRST, LAST = "2023-01-01", "2024-12-31"
TO_SCORE_UNTIL = "2025-02-11"
WHOLE_ROW_REPEATS = 0.017
MISSING = 0.01

NEWS = ["작성일시", "종목코드", "종목명", "제목", "언론사"]
FEATURES = ["전일수익률", "변동성20", "거래량비율", "RSI", "이격도20"]
OUTCOME = ["익일수익률", "승패"]


def make(seed: int = SEED, signal: Signal | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labelled table and the later one to be scored, both in order of time."""
    signal = signal or Signal()
    # one stream of chance for each part, so that a change in one leaves the others as they are
    for_events, for_market, for_text, for_press, for_faults = np.random.default_rng(seed).spawn(5)
    world, sessions = World.read(), trading_sessions()
    shape = (len(sessions), len(world.companies))
    covered = sessions.slice_indexer(FIRST, TO_SCORE_UNTIL)
    events = draw_events(world, range(covered.start, covered.stop), for_events)
    market = simulate(news_effects(events, shape, world, signal), signal, for_market)
    table = pd.DataFrame(print_rows(events, world, sessions, for_text, for_press))
    table = add_faults(add_numbers(add_names(table, world, sessions), market), for_faults)
    table = table.sort_values(["작성일시", "종목코드", "제목"], kind="stable", ignore_index=True)
    labelled = table["일자"] <= LAST
    return table[labelled].reset_index(drop=True), table[~labelled].reset_index(drop=True)


def trading_sessions() -> pd.DatetimeIndex:
    """Return the Korean exchange's sessions, with a warm-up before the first day and room after the last."""
    calendar = exchange_calendars.get_calendar("XKRX", start="2022-01-03", end="2025-03-31")
    return calendar.sessions[calendar.sessions.searchsorted(pd.Timestamp(FIRST)) - WARM_UP :]


def add_names(table: pd.DataFrame, world: World, sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Add the day of the session and the company's name and code."""
    companies = [world.companies[i] for i in table["company"]]
    return table.assign(
        일자=sessions[table["session"]],
        종목코드=[company.code for company in companies],
        종목명=[company.name for company in companies],
    )


def add_numbers(table: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Add the features known before the headline's session opened, and the return of the session after it."""
    session, company = table["session"].to_numpy(), table["company"].to_numpy()
    features = {name: values[session - 1, company] for name, values in market.features().items()}
    outcome = market.returns[session + 1, company].round(5)
    return table.assign(**features, 익일수익률=outcome, 승패=np.where(outcome > 0, "승", "패"))


def add_faults(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave out some outlets and, for whole events, some RSI; then repeat some whole rows."""
    event = table.groupby(["session", "company"]).ngroup().to_numpy()
    no_rsi = rng.random(event.max() + 1) < MISSING
    no_press = rng.random(len(table)) < MISSING
    table = table.assign(
        RSI=table["RSI"].mask(no_rsi[event]),
        언론사=table["언론사"].mask(no_press),
    )
    return pd.concat([table, table[rng.random(len(table)) < WHOLE_ROW_REPEATS]])


def write(folder: Path) -> None:
    """Write all files of the sample data into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    labelled, later = make()
    everything = labelled[NEWS + FEATURES + OUTCOME]
    by_event = labelled.drop_duplicates(["일자", "종목코드"]).sort_values(["일자", "종목코드"])
    write_csv(everything, folder / "headlines.csv")
    write_csv(everything, folder / "headlines_cp949.csv", encoding="cp949")
    write_csv(labelled[NEWS], folder / "headlines_only.csv")
    write_csv(by_event[["일자", "종목코드", *FEATURES, *OUTCOME]], folder / "features_only.csv")
    write_csv(later[NEWS + FEATURES], folder / "to_score.csv")


def write_csv(table: pd.DataFrame, path: Path, encoding: str = "utf-8") -> None:
    """Write a table with times to the minute and the same line ends on every system."""
    times = table.select_dtypes("datetime").columns
    formats = {"작성일시": "%Y-%m-%d %H:%M", "일자": "%Y-%m-%d"}
    table = table.assign(**{name: table[name].dt.strftime(formats[name]) for name in times})
    table.to_csv(path, index=False, encoding=encoding, lineterminator="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
