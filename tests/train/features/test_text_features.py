import io
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.jobs import Cancelled
from core.train.features.memo import Memo
from core.train.features.morphemes import Terms, morphemes
from core.train.features.preparation import Inputs, Preparation
from core.train.features.sentiment import sentiment
from core.train.features.text_features import READERS, TITLES, TextFeatures, lengths, read_ahead
from core.train.features.wordlists import Finder, entries, key, sections
from core.train.models import forest
from core.train.pipeline import train
from core.train.runs import load_run, save_run
from core.train.settings import EXTRAS, TrainSettings
from tests.makers.train_tables import signal

HEADLINES = [
    "삼성전자 급등",
    "삼성전자 급락",
    "현대차 실적 호조",
    "삼성전자 실적 부진",
    "현대차 급등",
    "LG 수주 2조원!",
]


def series(*texts):
    return pd.Series(texts, dtype="str")


def times(*moments):
    return pd.Series(pd.to_datetime(list(moments)).astype("datetime64[s]"))


def texts(extras, text=None, time=None):
    return TextFeatures.fit(series(*HEADLINES) if text is None else text, time, extras)


def column(prepared, name, text=None, time=None):
    rows = len(text if text is not None else time)
    return prepared.matrix(text, time, rows)[:, prepared.columns.index(name)].tolist()


def inputs(text=None):
    headlines = series(*HEADLINES) if text is None else text
    clock = times(*pd.date_range("2024-01-01 09:10", periods=len(headlines), freq="7h"))
    return Inputs(None, pd.DataFrame(index=range(len(headlines))), None, headlines, clock)


def test_every_extra_of_the_settings_can_be_read_and_has_a_title():
    assert set(TITLES) == set(EXTRAS) == {*READERS, "clock", "morphemes"}


def test_length_counts_characters_words_digits_punctuation_and_scripts():
    assert lengths("美 LG, 2조!") == (9, 3, 1, 2, 1 / 7, 2 / 7, 1 / 7)


def test_an_empty_text_has_no_length():
    assert lengths("") == (0, 0, 0, 0, 0, 0, 0)


def test_the_clock_tells_hour_weekday_and_whether_the_market_is_closed():
    moments = times("2024-01-05 09:30", "2024-01-05 15:31", "2024-01-06 10:00")
    prepared = texts(("clock",), time=moments)
    assert column(prepared, "clock: hour", time=moments) == pytest.approx([9.5, 15.5167, 10], abs=1e-3)
    assert column(prepared, "clock: weekday", time=moments) == [4, 4, 5]
    assert column(prepared, "clock: closed", time=moments) == [0, 1, 1]


def test_a_date_without_a_time_of_day_has_a_weekday_alone():
    assert texts(("clock",), time=times("2024-01-05", "2024-01-06")).columns == ("clock: weekday",)


def test_an_unknown_time_counts_as_missing():
    known = times("2024-01-05 09:00", "2024-01-05 11:00", "2024-01-08 12:00")
    prepared = texts(("clock",), time=known)
    assert column(prepared, "clock: hour", time=times(None, "2024-01-05 15:00")) == [11, 15]
    assert prepared.matrix(series("새 제목"), None, 1).shape == (1, len(prepared.columns))


def test_a_keyword_sets_the_flag_of_its_theme():
    prepared = texts(("keywords",))
    assert column(prepared, "keywords: 급등", series("코스피 폭등", "코스피 보합")) == [1, 0]


@pytest.mark.parametrize(
    "headline", ["NH證, 삼성전자 목표가 10만원으로 상향", "목표주가 상향", "삼성전자 목표가↑"]
)
def test_a_raised_target_price_is_seen_across_a_gap(headline):
    names, memo = READERS["keywords"]()
    flags = dict(zip(names, memo([headline])[0], strict=True))
    assert (flags["목표가 상향"], flags["목표가 하향"]) == (1, 0)


def test_a_theme_that_training_never_had_leaves_no_column():
    assert "keywords: 배당·주주환원" not in texts(("keywords",)).columns


def test_an_entry_at_the_start_of_a_word_is_not_found_inside_one():
    finder = Finder(["^늘어"])
    assert finder.find("오늘어떤 날") == []
    assert finder.holds("매출 늘어")


def test_the_longest_entry_wins_and_blanks_do_not_matter():
    words = ["적자", "적자 전환"]
    assert [number for *_, number in Finder(words).find("2분기 적자전환, 3분기 적자")] == [1, 0]


def test_an_entry_with_a_gap_comes_first():
    words = ["적자", "흑자", "적자…흑자"]
    assert [number for *_, number in Finder(words).find("적자에서 흑자로")] == [2]


def test_no_word_of_the_lexicon_stands_in_two_sections():
    words = [
        key(entry)
        for lines in sections("sentiment.txt").values()
        for line in lines
        for entry in entries(line.split(":", 1)[1])
    ]
    assert [word for word in set(words) if words.count(word) > 1] == []


@pytest.mark.parametrize(
    "headline",
    [
        "삼성전자 급등",
        "적자→흑자",
        "흑자 전환",
        "감소폭 축소",
        "하락 우려 해소",
        "규제 완화",
        "떨어지지 않았다",
        "비용 줄어",
        "목표가 상향",
        "감소세 둔화",
        "영업이익 30%↑",
    ],
)
def test_good_news_scores_above_zero(headline):
    assert sentiment(headline)[0] > 0


@pytest.mark.parametrize(
    "headline",
    [
        "삼성전자 급락",
        "흑자→적자",
        "적자 전환",
        "비용 증가",
        "상승 실패",
        "성장 둔화",
        "금리 인상 우려",
        "적자폭 확대",
        "목표가 하향",
        "영업이익 30%↓",
    ],
)
def test_bad_news_scores_below_zero(headline):
    assert sentiment(headline)[0] < 0


@pytest.mark.parametrize("headline", ["", "🚀", "삼성전자 주주총회 개최", "연기금 동향"])
def test_neutral_news_scores_zero(headline):
    assert sentiment(headline) == (0, 0, 0)


def test_good_and_bad_words_are_counted():
    assert sentiment("급등 뒤 급락에 충격")[1:] == (1, 2)


def test_morphemes_are_nouns_foreign_words_and_stems():
    assert morphemes(["美 AI 실적이 아름답게 올랐다"])[0] == ("美", "ai", "실적", "아름답다", "오르다")


def test_a_lone_surrogate_is_no_fault_and_only_the_start_of_a_long_text_is_read():
    assert morphemes(["\ud800 급락"])[0] == ("급락",)
    assert "급락" not in morphemes(["가 " * 600 + "급락"])[0]


def test_rare_terms_are_left_out_and_repeats_count_once():
    terms = Terms.fit([*HEADLINES, *["리튬 폭탄"] * 9]).terms
    assert "삼성전자" in terms
    assert "리튬" not in terms


def test_terms_have_the_weights_of_tf_idf():
    made = Terms(("가", "나"), np.array([1.0, 2.0]))
    made_rows = _with_morphemes(made, {"x": ("가", "가", "나", "다"), "y": ("다",)})
    first = np.array([1 + np.log(2), 2.0])
    assert made_rows[0] == pytest.approx(first / np.linalg.norm(first))
    assert made_rows[1].tolist() == [0, 0]


def _with_morphemes(terms, read):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.train.features.morphemes.morphemes", lambda texts: [read[text] for text in texts])
        return terms.matrix(list(read))


@pytest.mark.parametrize("text", ["", "?!…", "\x00", "가" * 5000])
def test_any_text_has_a_row_of_finite_numbers(text):
    prepared = texts([extra for extra in EXTRAS if extra != "clock"])
    made = prepared.matrix(series(text, "삼성전자"), None, 2)
    assert np.isfinite(made).all()


def test_where_no_term_is_frequent_enough_the_extra_is_dropped_and_listed():
    prepared = Preparation.fit(inputs(series("가나", "다라", "!", "")), extras=("length", "morphemes"))
    assert prepared.dropped == ("morphemes",)
    assert prepared.members == (("text", "length"),)


def test_each_extra_is_a_member_and_the_clock_is_no_part_of_the_headline():
    prepared = Preparation.fit(inputs(), extras=EXTRAS)
    assert prepared.groups == ("text", "clock")
    assert {member for _, member in prepared.members} == set(EXTRAS)
    owners = [prepared.members[number][1] for number in prepared.member_of]
    assert owners == [name.split(": ")[0] for name in prepared.columns]
    assert prepared.of_headline.tolist() == [owner != "clock" for owner in owners]
    assert len(owners) == prepared.matrix(inputs()).shape[1]


def test_a_feature_called_text_does_not_share_the_group_of_the_text():
    features = pd.DataFrame({"text": np.arange(6.0)})
    prepared = Preparation.fit(inputs()._replace(features=features), extras=("length",))
    assert prepared.groups == ("text", "feature.text")


def test_arrays_keep_every_extra_without_pickle():
    prepared = Preparation.fit(inputs(), extras=EXTRAS)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **prepared.to_arrays())
    file.seek(0)
    again = Preparation.from_arrays(np.load(file, allow_pickle=False))
    assert again.columns == prepared.columns
    unseen = inputs(series("처음 보는 제목", ""))
    assert np.array_equal(again.matrix(unseen), prepared.matrix(unseen))


def test_a_run_that_reads_the_headline_says_so_where_it_gets_none():
    prepared = Preparation.fit(inputs(), extras=("sentiment",))
    with pytest.raises(ValueError, match="no headlines were given"):
        prepared.matrix(inputs()._replace(text=None))


def test_a_row_reads_the_same_alone_and_among_others():
    prepared = Preparation.fit(inputs(), extras=EXTRAS)
    alone = np.vstack([prepared.matrix(inputs().take(np.array([row]))) for row in range(len(HEADLINES))])
    assert np.array_equal(alone, prepared.matrix(inputs()))


def test_a_text_is_read_once_but_a_single_one_each_time():
    seen = []
    memo = Memo(lambda texts, report: seen.extend(texts) or [text.upper() for text in texts])
    assert memo(["a", "b", "a"]) == ["A", "B", "A"]
    assert memo(["b", "c"]) == ["B", "C"]
    assert (memo(["a"]), memo(["a"])) == (["A"], ["A"])
    assert seen == ["a", "b", "c", "a", "a"]


def test_reading_ahead_can_be_cancelled():
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_ahead(series("아직 안 읽은 제목", "또 하나"), ("morphemes",), stop)


def test_the_word_lists_are_packaged():
    root = Path(__file__).parents[3]
    data = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    packaged = {
        path
        for pattern in data["core.train.features"]
        for path in (root / "core/train/features").glob(pattern)
    }
    assert set((root / "core/train/features/words").iterdir()) == packaged


SETTINGS = TrainSettings(extras=EXTRAS, components=3, winsor=0.05)


@pytest.fixture(scope="module")
def small_forest():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        yield


@pytest.fixture(scope="module")
def dataset():
    made, vectors = signal()
    up = made.frame["target"] > 0
    words = np.where(up, "급등 호재", "급락 악재")
    text = [f"{word} {HEADLINES[i % 6]} {i % 7}" for i, word in enumerate(words)]
    clock = made.frame["time"] + pd.to_timedelta(np.arange(len(made)) % 24, unit="h")
    return replace(made, frame=made.frame.assign(headline=pd.Series(text, dtype="str"), time=clock)), vectors


def test_nothing_that_is_fitted_knows_the_test_rows(dataset, small_forest):
    made, vectors = dataset
    clean = train(made, vectors, SETTINGS)
    rows = clean.predictions.test.positions(dataset)
    frame, poisoned = made.frame.copy(), vectors.copy()
    frame.loc[rows, "headline"] = "독약 유상증자 1234!! poison"
    frame.loc[rows, "time"] = pd.Timestamp("2024-06-01 23:00")
    frame.loc[rows, "feature.x"] = 1e9
    poisoned[rows] = 1e6
    bad = train(replace(made, frame=frame), poisoned, SETTINGS)
    after = bad.preparation.to_arrays()
    for name, array in clean.preparation.to_arrays().items():
        assert np.array_equal(array, after[name]), name


def test_a_saved_run_reads_headlines_as_before(dataset, small_forest, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    run = train(*dataset, SETTINGS)
    save_run(run)
    rows = Inputs.of(*dataset, extras=EXTRAS)
    assert np.array_equal(load_run(run.id).predict(rows)["mean"], run.predict(rows)["mean"])


def test_a_baseline_without_headlines_does_not_see_their_text(dataset, small_forest):
    run = train(*dataset, replace(SETTINGS, extras=("keywords", "sentiment")))
    with_text, without = run.scores["mean"]["auc"].value, run.baselines["table_only"]["auc"].value
    assert with_text > 0.95 > without
