from core.data.near_duplicates import _sample, describe_repeats, key, retold_rows, stories
from tests.makers.quality_tables import SESSIONS, news, table

NEWS = [
    "[특징주] 가나전자, 3분기 영업이익 흑자전환에 강세",
    "가나전자 3분기 영업이익 흑자전환에 강세…외국인 매수",
    "다라바이오, 신약 임상 3상 실패 소식에 급락",
    "마바건설 대규모 해외 수주 소식에 상한가",
    "[특징주]가나전자, 3분기 영업이익 흑자전환에 강세",
]


def test_the_same_story_with_small_edits_is_one_group():
    group = stories(NEWS)
    assert group[0] == group[1] == group[4]


def test_different_stories_stay_apart():
    group = stories(NEWS)
    assert len({group[0], group[2], group[3]}) == 3


def test_tags_and_punctuation_do_not_count():
    assert key("[단독] 가나전자, 흑자!") == key("가나전자 흑자")


def test_a_headline_of_signs_alone_keeps_a_key():
    assert key("[…]!?") != ""


def test_equal_headlines_have_one_number_whatever_their_count():
    assert stories(["가", "나", "가", "가"]).tolist() == [0, 1, 0, 0]
    assert stories([]).tolist() == []


def test_a_key_holds_letters_digits_and_hanja_alone():
    assert key("<속보> 三星_전자, ＡＩ 칩… 3.5% ↑😀") == "三星전자ai칩35"


def test_the_key_of_a_hostile_text_is_its_letters_alone():
    assert key("가" + "\u0301\u0316" * 50_000) == "가"


def test_above_the_limit_only_equal_keys_are_one_story(monkeypatch):
    monkeypatch.setattr("core.data.near_duplicates.MOST_COMPARED", 3)
    group = stories(NEWS)
    assert len(set(group[[0, 1]])) == 2
    assert group[0] == group[4]


def test_stories_are_described_with_their_outlets_and_sessions():
    data, _plan = table(
        [*NEWS, NEWS[2]], session=[5, 2, 0, 1, 9, 3], press=["가", "나", "가", "가", "나", "가"]
    )
    repeats = describe_repeats(data)
    counts = repeats.headlines, repeats.stories, repeats.repeated, repeats.retold, repeats.across
    assert counts == (5, 3, 1, 1, 1)
    assert repeats.complete
    largest = repeats.largest
    assert largest[["headline", "rows", "headlines", "outlets"]].values.tolist() == [
        [NEWS[0], 3, 3, 2],
        [NEWS[2], 2, 1, 1],
    ]
    assert (largest["first"][0], largest["last"][0]) == (SESSIONS[2], SESSIONS[9])
    assert retold_rows(data).tolist() == [True, True, False, False, True, False]


def test_a_table_too_large_to_search_gets_an_estimate_from_a_sample(monkeypatch):
    monkeypatch.setattr("core.data.near_duplicates.MOST_COMPARED", 8)
    monkeypatch.setattr("core.data.near_duplicates.SAMPLE", 8)
    data, _plan = table([*NEWS, *news(5)], session=[0] * 10)
    repeats = describe_repeats(data)
    assert not repeats.complete
    assert (repeats.sample, repeats.sample_share) == (8, 3 / 8)


def test_the_sample_takes_whole_sessions(monkeypatch):
    texts = news(60)
    data, _plan = table(texts, session=[i // 10 for i in range(60)])
    monkeypatch.setattr("core.data.near_duplicates.SAMPLE", 20)
    assert len({texts.index(text) // 10 for text in _sample(data.frame)}) == 2


def test_a_table_without_repeats_has_no_largest_story():
    data, _plan = table(news(4))
    assert describe_repeats(data).largest.empty
