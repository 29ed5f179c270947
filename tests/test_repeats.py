from core.data.repeats import key, stories

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
