"""A seal on real headlines, against every disguise of its rows, and how it leaves other rows alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.evaluate.ledger import (
    is_sealed,
    looks,
    record_access,
    require_unsealed,
    seal,
    sealed_positions,
    seals_told_by,
)
from core.evaluate.ledger_rows import Rows
from tests.makers.disguises import DISGUISES
from tests.makers.train_tables import make_dataset
from tests.simulations import seal as simulation

SAMPLE = Path(__file__).parents[2] / "sample_data" / "headlines.csv"


@pytest.fixture(scope="module")
def table():
    sample = pd.read_csv(SAMPLE)
    day = pd.to_datetime(sample["작성일시"]).dt.normalize()
    number = (day - pd.Timestamp("2022-01-01")).dt.days.to_numpy()
    made = make_dataset(sample["익일수익률"].to_numpy(), number)
    return replace(made, frame=made.frame.assign(headline=sample["제목"], company=sample["종목명"]))


@pytest.fixture(scope="module")
def tests(table):
    """The rows of the last fifth of the sessions, and those of the two fifths before."""
    session = table.frame["session"]
    start, end = session.quantile([0.4, 0.8])
    return np.flatnonzero(session >= end), np.flatnonzero((session >= start) & (session < end))


@pytest.fixture
def sealed(home, table, tests):
    holdout, walk = (Rows.of(table, rows) for rows in tests)
    assert seal(table.id, "run-0", holdout, walk) is None
    return holdout


def of(table, frame):
    frame = frame.assign(row=np.arange(1, len(frame) + 1)).reset_index(drop=True)
    return replace(table, id="other", frame=frame)


@pytest.mark.parametrize("name", DISGUISES)
def test_no_disguise_of_its_rows_opens_a_seal(sealed, table, tests, name):
    frame = DISGUISES[name](table.frame.iloc[tests[0]])
    disguised = of(table, frame)
    rows = Rows.of(disguised, np.arange(len(frame)))
    with pytest.raises(UserError, match=r"lie in the holdout that run run-0 sealed"):
        require_unsealed(rows)
    with pytest.raises(UserError, match="Meanwhile run run-0"):
        record_access("other", "run-1", rows)
    assert is_sealed(table.id, sealed.name)
    (told,) = seals_told_by(Rows.listed(disguised))
    assert told.run == "run-0"
    assert told.rows.mean() > 0.65
    assert told.rows.all() or told.nearly.any()
    assert len(sealed_positions(disguised)) > 0.65 * len(frame)


@pytest.mark.slow
@pytest.mark.parametrize("name", DISGUISES)
def test_a_look_at_disguised_rows_is_a_look_at_them(home, table, tests, name):
    frame = DISGUISES[name](table.frame.iloc[tests[0]])
    record_access("other", "run-1", Rows.of(of(table, frame), np.arange(len(frame))))
    assert looks(Rows.of(table, tests[0])) == 1
    if "without sessions" not in name:  # a row of an unknown day may be any of a returning headline's
        assert looks(Rows.of(table, tests[1])) == 0


def test_a_part_of_the_whole_table_in_disguise_is_found(sealed, table, tests):
    frame = DISGUISES["a letter more, a session later"](table.frame)
    found = sealed_positions(of(table, frame))
    assert np.isin(tests[0], found).mean() > 0.9
    assert np.isin(found, tests[0]).mean() > 0.99


def test_rows_before_a_seal_may_be_scored_again_and_again(sealed, table, tests):
    walk = Rows.of(table, tests[1])
    require_unsealed(walk)
    record_access(table.id, "run-1", walk)
    assert seal(table.id, "run-2", sealed, walk) is None
    assert np.array_equal(sealed_positions(table), tests[0])


@pytest.mark.parametrize("part", ["other companies", "later sessions", "earlier sessions"])
def test_other_rows_of_the_same_news_are_left_alone(home, table, part):
    company, session = table.frame["company"], table.frame["session"]
    one = {
        "other companies": company.isin(sorted(company.unique())[::2]),
        "later sessions": session < session.median(),
        "earlier sessions": session >= session.median(),
    }[part]
    mine, theirs = of(table, table.frame[one]), of(table, table.frame[~one])
    held = Rows.of(mine, np.arange(len(mine)))
    seal(mine.id, "run-0", held, held.take(np.arange(0)))
    require_unsealed(Rows.of(theirs, np.arange(len(theirs))))
    for told in seals_told_by(Rows.listed(theirs)):
        assert told.rows.mean() < 0.01
        assert not told.nearly.any()


def test_a_headline_that_returns_is_sealed_on_its_own_day_only(home):
    days = np.repeat(np.arange(20), 10)
    returning = make_dataset(np.zeros(200), days)
    frame = returning.frame.assign(headline=[f"코스피 마감시황 {i}" for i in np.arange(200) % 10])
    returning = replace(returning, frame=frame)
    holdout = Rows.of(returning, np.arange(180, 200))
    seal(returning.id, "run-0", holdout, holdout.take(np.arange(0)))
    headline = [frame["headline"].iloc[0]]
    today = np.array(["2026-01-05"], "datetime64[s]")
    assert seals_told_by(Rows.of_headlines(headline, today)) == []
    assert seals_told_by(Rows.of_headlines(headline, frame["session"].iloc[[-1]].to_numpy()))
    assert seals_told_by(Rows.of_headlines(headline, np.array(["NaT"], "datetime64[s]")))


def test_every_disguise_is_found():
    found = simulation.disguised()
    assert found.found == found.disguises == len(DISGUISES)


@pytest.mark.slow
def test_other_news_is_not_stopped():
    assert simulation.stopped_by_mistake() == 0
