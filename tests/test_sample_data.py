"""The synthetic sample data: that it is what its README says."""

from __future__ import annotations

import codecs
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

SAMPLE = Path(__file__).parent.parent / "sample_data"
MADE = ["features_only.csv", "headlines.csv", "headlines_cp949.csv", "headlines_only.csv", "to_score.csv"]
NEWS = ["작성일시", "종목코드", "종목명", "제목", "언론사"]
FEATURES = ["전일수익률", "변동성20", "거래량비율", "RSI", "이격도20"]
OUTCOME = ["익일수익률", "승패"]

POSITIVE = "흑자전환|목표가↑|상향|잭팟|신기록|승소|소각"
NEGATIVE = "적자|목표가↓|하향|해지|불발|패소|화재"
TOPIC = "배당|자사주|지분"


def read(name: str, encoding: str = "utf-8") -> pd.DataFrame:
    return pd.read_csv(SAMPLE / name, dtype={"종목코드": str}, encoding=encoding)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return read("headlines.csv")


@pytest.fixture(scope="module")
def sessions() -> pd.DatetimeIndex:
    return exchange_calendars.get_calendar("XKRX", start="2022-12-01", end="2025-03-31").sessions


@pytest.fixture(scope="module")
def session_numbers(table: pd.DataFrame, sessions: pd.DatetimeIndex) -> np.ndarray:
    """The number of the session that each headline belongs to: up to 15:30 that day's, else the next."""
    written = pd.to_datetime(table["작성일시"])
    late = written - written.dt.normalize() > pd.Timedelta(hours=15, minutes=30)
    first_day = written.dt.normalize() + pd.to_timedelta(late.astype(int), unit="D")
    return sessions.searchsorted(first_day)


@pytest.fixture
def headlines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script's module that writes headlines."""
    monkeypatch.syspath_prepend(SAMPLE)
    import headlines

    return headlines


@pytest.mark.slow
def test_the_script_writes_the_committed_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "make.py", tmp_path], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == MADE
    differing = [name for name in MADE if (tmp_path / name).read_bytes() != (SAMPLE / name).read_bytes()]
    assert differing == []


def test_the_readme_says_in_both_languages_that_all_is_synthetic() -> None:
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert "synthetic" in text
    assert "가상" in text


def test_the_folder_is_small_enough_to_commit() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir() if path.is_file()) < 4_000_000


def test_columns_and_counts_are_as_stated(table: pd.DataFrame, session_numbers: np.ndarray) -> None:
    assert list(table.columns) == NEWS + FEATURES + OUTCOME
    assert 5_700 < len(table) < 6_300
    assert len(set(session_numbers)) == 489
    assert table["종목코드"].nunique() == table["종목명"].nunique() == 40
    assert table["언론사"].nunique() == 15
    assert 0.47 < (table["승패"] == "승").mean() < 0.53
    assert 80 < table.duplicated().sum() < 120


def test_repeats_by_other_outlets_are_a_sixth_of_the_rows(table: pd.DataFrame, headlines: ModuleType) -> None:
    rows = table.drop_duplicates()
    body = rows["제목"].str.replace(r"\[[^]]*\]|\([^)]*\)|\W", "", regex=True).str[:14]
    repeated = rows.assign(body=body).duplicated(["종목코드", "body", "익일수익률"]).mean()
    assert 0.12 < repeated < 0.22


def test_codes_have_six_digits_and_some_begin_with_zero(table: pd.DataFrame) -> None:
    assert table["종목코드"].str.fullmatch(r"\d{6}").all()
    assert 5 < table.drop_duplicates("종목코드")["종목코드"].str.startswith("0").sum() < 40


def test_headlines_are_as_long_as_real_ones(table: pd.DataFrame) -> None:
    length = table["제목"].str.len()
    assert 33 < length.mean() < 45
    assert length.between(15, 52).all()


def test_some_values_are_missing_but_no_headline_time_or_outcome(table: pd.DataFrame) -> None:
    missing = table.isna().mean()
    assert 0.005 < missing["언론사"] < 0.02
    assert 0.004 < missing["RSI"] < 0.02
    assert missing.drop(["언론사", "RSI"]).max() == 0


def test_the_cp949_copy_holds_the_same_text() -> None:
    utf8 = (SAMPLE / "headlines.csv").read_bytes()
    assert not utf8.startswith(codecs.BOM_UTF8)
    assert (SAMPLE / "headlines_cp949.csv").read_bytes().decode("cp949") == utf8.decode("utf-8")


def test_a_win_is_a_return_above_zero(table: pd.DataFrame) -> None:
    assert ((table["익일수익률"] > 0) == (table["승패"] == "승")).all()


def test_headlines_and_features_join_to_the_main_table(
    table: pd.DataFrame, sessions: pd.DatetimeIndex, session_numbers: np.ndarray
) -> None:
    """So all headlines of an event share features and outcome, and the stated rule places them."""
    news = read("headlines_only.csv").assign(일자=sessions[session_numbers].strftime("%Y-%m-%d"))
    features = read("features_only.csv")
    assert not features.duplicated(["일자", "종목코드"]).any()
    joined = news.merge(features, on=["일자", "종목코드"], how="left", validate="many_to_one")
    pd.testing.assert_frame_equal(joined[table.columns], table)


def test_headlines_stand_before_the_open_in_the_session_after_the_close_and_on_days_off(
    table: pd.DataFrame, sessions: pd.DatetimeIndex
) -> None:
    written = pd.to_datetime(table["작성일시"])
    on_session = written.dt.normalize().isin(sessions)
    minute = written.dt.hour * 60 + written.dt.minute
    assert (on_session & (minute < 9 * 60)).mean() > 0.1
    assert (on_session & minute.between(9 * 60, 15 * 60 + 30)).mean() > 0.3
    assert (on_session & (minute > 15 * 60 + 30)).mean() > 0.1
    assert (~on_session).mean() > 0.05


def test_the_outcome_is_the_return_of_the_session_after_and_features_end_before(
    table: pd.DataFrame, session_numbers: np.ndarray
) -> None:
    """The return after session s is the previous session's return for a headline of session s + 2."""
    events = table.assign(session=session_numbers).drop_duplicates(["session", "종목코드"])
    later = events.assign(session=events["session"] - 2)
    pairs = events.merge(later, on=["session", "종목코드"], suffixes=("", "_later"))
    assert len(pairs) > 300
    np.testing.assert_array_equal(pairs["익일수익률"], pairs["전일수익률_later"])


@pytest.fixture(params=["first year", "second year"])
def half(request: pytest.FixtureRequest, table: pd.DataFrame) -> pd.DataFrame:
    first = table["작성일시"] < "2024"
    return table[first if request.param == "first year" else ~first]


def test_positive_wording_is_followed_by_higher_returns_than_negative(half: pd.DataFrame) -> None:
    positive, negative = (half["제목"].str.contains(words) for words in (POSITIVE, NEGATIVE))
    assert (
        half[positive & ~negative]["익일수익률"].mean() - half[negative & ~positive]["익일수익률"].mean()
        > 0.01
    )


def test_the_planted_topic_is_followed_by_higher_returns(half: pd.DataFrame) -> None:
    topic = half["제목"].str.contains(TOPIC)
    assert half[topic]["익일수익률"].mean() - half[~topic]["익일수익률"].mean() > 0.003


def test_the_planted_feature_orders_returns(half: pd.DataFrame) -> None:
    thirds = pd.qcut(half["거래량비율"], 3, labels=False)
    low, middle, high = half.groupby(thirds)["익일수익률"].mean()
    assert low < middle < high


def test_the_file_to_score_is_later_and_has_no_outcome(table: pd.DataFrame) -> None:
    later = read("to_score.csv")
    assert list(later.columns) == NEWS + FEATURES
    assert 250 < len(later) < 350
    assert later["작성일시"].min() > table["작성일시"].max()
    assert set(later["종목코드"]) <= set(table["종목코드"])


def test_every_topic_has_enough_templates_in_each_tone(headlines: ModuleType) -> None:
    topics = headlines.World.read().topics
    leads = [lead for topic in topics.values() for tone in headlines.TONES for lead in topic[tone]["leads"]]
    assert len(topics) >= 6
    assert len(leads) == len(set(leads)) >= 120
    assert all(
        len(topic[tone][part]) >= 5
        for topic in topics.values()
        for tone in headlines.TONES
        for part in ("leads", "tails")
    )
    assert sum(topic["share"] for topic in topics.values()) == pytest.approx(1)


def test_no_slot_is_left_unfilled(table: pd.DataFrame) -> None:
    assert not table["제목"].str.contains(r"[{}]|nan|None", regex=True).any()


def test_a_particle_follows_its_word_by_sound(headlines: ModuleType) -> None:
    template = "{co:이} {rival:을} {client:으로}"
    filled = template.format(
        co=headlines.Word("솔향식품"), rival=headlines.Word("단비푸드"), client=headlines.Word("나들목몰")
    )
    assert filled == "솔향식품이 단비푸드를 나들목몰로"


def test_a_repeat_is_the_same_headline_or_a_small_edit(headlines: ModuleType) -> None:
    writer = headlines.Writer(headlines.World.read(), np.random.default_rng(0))
    headline = "가온누리전자, 1분기 영업이익 350억…전년比 12%↑"
    repeats = [writer.repeat(headline) for _ in range(60)]
    assert headline in repeats
    assert len(set(repeats)) > 2
    assert all(re.search("가온누리전자, 1분기", repeat) for repeat in repeats)
