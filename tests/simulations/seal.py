"""Sealed rows in disguise, and other news: what a seal stops, and what it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.evaluate.ledger_rows import Rows
from tests.makers.disguises import DISGUISES
from tests.simulations.row import Row

SAMPLE = Path(__file__).parents[2] / "sample_data" / "headlines.csv"


@dataclass(frozen=True)
class Stopped:
    """Of so many disguises, those that are `found`, and the lowest share of the rows that one is known by."""

    disguises: int
    found: int
    lowest: float


def news() -> pd.DataFrame:
    """Return the sample's headlines with their days as sessions and their companies."""
    sample = pd.read_csv(SAMPLE, dtype=str)
    day = pd.to_datetime(sample["작성일시"]).dt.normalize().astype("datetime64[s]")
    return pd.DataFrame(
        {"headline": sample["제목"], "session": day, "company": sample["종목명"], "target": 0.0}
    )


def disguised() -> Stopped:
    """Seal the last fifth of the sample's days and look for its rows in every disguise.

    Truth: every row is a sealed one. Nothing is drawn.
    """
    table = news()
    held = table[table["session"] >= table["session"].quantile(0.8)]
    sealed = _rows(held)
    shares = [float(_rows(change(held)).among(sealed).mean()) for change in DISGUISES.values()]
    return Stopped(len(shares), sum(share > 0 for share in shares), min(shares))


def stopped_by_mistake(repetitions: int = 60) -> int:
    """Seal all news of half of the companies, or up to a day, and count the tables of the rest that are stopped.

    Truth: none is, but where one headline stands in both on the same day (not counted). Companies and day are drawn
    with seeds 0 to `repetitions` - 1.
    """
    table = news()
    names = np.unique(table["company"])
    stopped = 0
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        if seed % 2:
            mine = table["company"].isin(rng.choice(names, len(names) // 2, replace=False))
        else:
            mine = table["session"] < table["session"].quantile(rng.uniform(0.2, 0.8))
        one, other = _rows(table[mine]), table[~mine]
        both = other.merge(table[mine], on=["headline", "session"], how="left", indicator=True)
        apart = other[~other["headline"].isin(both.loc[both["_merge"] == "both", "headline"])]
        stopped += int(_rows(apart).among(one).any())
    return stopped


def _rows(table: pd.DataFrame) -> Rows:
    return Rows.of_headlines(table["headline"].tolist(), table["session"].to_numpy("datetime64[s]"))


def _in_words() -> str:
    found = disguised()
    return f"{found.found} of {found.disguises}; at least {found.lowest:.0%} of the rows are known"


ROWS = (
    Row(
        "a sealed fifth of the sample's news with other punctuation, brackets, Unicode, small edits, dates moved or removed, "
        "copies, another target or order",
        "every one is refused",
        "one table, nothing drawn",
        _in_words,
    ),
    Row(
        "sealed news of half of the companies, or up to a day; a table of the rest",
        "none is refused",
        "60, seeds 0–59",
        lambda: f"{stopped_by_mistake()} of 60",
    ),
)
