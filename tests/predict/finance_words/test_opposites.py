import pytest

from core.predict import opposite


@pytest.mark.parametrize(
    ("headline", "turned", "turn"),
    [
        ("가온전자, 3분기 흑자전환", "가온전자, 3분기 적자전환", -1),
        ("가온전자, 3분기 적자전환", "가온전자, 3분기 흑자전환", 1),
        ("[특징주] 대규모 수주에 급등", "[특징주] 대규모 계약 해지에 급락", -1),
        ("공급계약 해지", "공급계약 체결", 1),
        ("투자의견 상향…목표가 줄상향", "투자의견 하향…목표가 줄하향", -1),
        ("목표가↑", "목표가↓", -1),
        ("영업이익증가", "영업이익감소", -1),
        ("외국인 순매도에 하락", "외국인 순매수에 상승", 1),
        ("적자에도 급등", "흑자에도 급락", 0),
        ("유가 상승", "유가 하락", 0),
        ("낙폭 축소", "낙폭 확대", 0),
    ],
)
def test_every_word_with_an_opposite_is_turned_round(headline, turned, turn):
    found = opposite(headline)
    assert (found.text, found.turn) == (turned, turn)


def test_the_longest_word_counts():
    assert opposite("외국인 순매수 전환").words == (("순매수", "순매도"),)


@pytest.mark.parametrize(
    "headline",
    [
        "韓美 정상회담",
        "강해지는 이익률",
        "이부진 호텔신라 사장",
        "공매도 재개",
        "지지부진한 주가",
        "급등락 반복",
        "보호조치 강화",
        "검증가능한 기술",
        "디자인하고 확인하고",
        "인상적인 신제품",
        "수주간 이어진 협상",
        "수주잔고 10조",
        "인하대학교",
        "매도프 사기",
        "새로운 공장",
        "",
        "🚀🔥😂",
    ],
)
def test_a_word_inside_another_word_is_left_alone(headline):
    assert opposite(headline) is None


@pytest.mark.parametrize(
    ("headline", "turned", "turn"),
    [
        ("적자 폭 축소", "적자 폭 확대", -1),
        ("적자폭 확대에 약세", "적자폭 축소에 강세", 1),
        ("수주 감소", "수주 증가", 1),
        ("흑자전환 성공", "흑자전환 실패", -1),
        ("적자 탈출", "흑자 탈출", -1),
        ("수주 불발", "계약 해지 불발", 1),
        ("흑자전환에 성공", "흑자전환에 실패", -1),
        ("흑자 전환에 성공", "흑자 전환에 실패", -1),
        ("흑자전환에 성공한 가온전자", "흑자전환에 실패한 가온전자", -1),
        ("흑자전환 성공에 급등", "흑자전환 실패에 급락", -1),
        ("흑자전환 실패", "흑자전환 성공", 1),
        ("반등에 성공", "반등에 실패", -1),
        ("승인에 실패", "승인에 성공", 1),
        ("적자 축소 실패", "적자 축소 성공", 1),
        ("적자폭 축소에 성공", "적자폭 축소에 실패", -1),
        ("적자 탈출에 성공", "적자 탈출에 실패", -1),
        ("적자 확대 우려", "적자 축소 기대", 1),
        ("적자 축소 무산", "적자 확대 무산", 1),
        ("수주 감소 확대", "수주 감소 축소", 1),
        ("하락폭 축소", "하락폭 확대", -1),
        ("매출 감소세 둔화", "매출 증가세 둔화", -1),
        ("수주 증가세 둔화", "수주 감소세 둔화", 1),
        ("수주 부진", "수주 호조", 1),
        ("적자 개선", "적자 악화", -1),
        ("적자 악화", "적자 개선", 1),
        ("실적 부진 개선", "실적 부진 악화", -1),
    ],
)
def test_a_noun_of_which_something_is_said_stays_and_gives_it_its_sense(headline, turned, turn):
    found = opposite(headline)
    assert (found.text, found.turn) == (turned, turn)


@pytest.mark.parametrize(
    ("headline", "turned", "turn"),
    [
        ("실적 부진 급락", "실적 호조 급등", 1),
        ("계약 해지 급락", "계약 체결 급등", 1),
        ("12%↓ 신저가", "12%↑ 신고가", 1),
        ("주가 급등 신고가", "주가 급락 신저가", -1),
        ("투자의견 매수 상향", "투자의견 매도 하향", -1),
        ("급락 반등", "급등 반락", 0),
    ],
)
def test_two_words_side_by_side_that_say_nothing_of_each_other_are_both_turned_round(headline, turned, turn):
    found = opposite(headline)
    assert (found.text, found.turn) == (turned, turn)


def test_a_particle_fits_the_word_that_was_put_in():
    assert opposite("판매 호조가 효자").text == "판매 부진이 효자"
    assert opposite("급등은 없다, 강세를 예상").text == "급락은 없다, 약세를 예상"
    assert opposite("대규모 수주로 약세").text == "대규모 계약 해지로 강세"


@pytest.mark.parametrize("headline", ["급등 급락 반복", "매수·매도 공방"])
def test_what_says_both_has_no_opposite(headline):
    assert opposite(headline) is None


@pytest.mark.parametrize(
    "headline", ["가온전자 3분기 흑자전환", "목표가 상향", "외국인 순매도에 하락", "실적 부진"]
)
def test_turned_round_twice_it_is_the_same(headline):
    there = opposite(headline)
    back = opposite(there.text)
    assert back.text == headline
    assert back.turn == -there.turn


def test_quotes_markdown_and_html_around_a_word_do_no_harm():
    assert opposite('"**실적 부진**" <b>급락</b>').text == '"**실적 호조**" <b>급등</b>'
