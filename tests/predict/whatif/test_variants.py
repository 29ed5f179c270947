import pytest

from core.predict.whatif import MOST_VARIANTS, read_variants


def test_each_line_is_a_headline_and_empty_ones_do_not_count():
    found = read_variants("가온전자 급등\n\n   \n\u200b\n  나라전자  급락 \r\n<b>$5</b>\n")
    assert found.headlines == ("가온전자 급등", "나라전자 급락", "$5")
    assert (found.repeats, found.cut, found.beyond, found.sealed) == (0, 0, 0, 0)


@pytest.mark.parametrize("text", ["", "\n\n", " \u200b\n\x00"])
def test_nothing_is_no_headline(text):
    assert read_variants(text).headlines == ()


def test_a_repeat_counts_once_and_a_long_line_is_cut():
    found = read_variants("가\n나\n가\n 가 \n" + "다" * 1_200)
    assert found.headlines == ("가", "나", "다" * 1_000)
    assert (found.repeats, found.cut) == (2, 1)


def test_what_comes_after_a_hundred_is_counted():
    found = read_variants("\n".join(str(number) for number in range(MOST_VARIANTS + 3)))
    assert found.headlines == tuple(str(number) for number in range(MOST_VARIANTS))
    assert found.beyond == 3


def test_a_headline_of_a_sealed_holdout_is_left_out(monkeypatch):
    asked = []

    def is_open(text, time):
        asked.append(time)
        return text != "봉인"

    monkeypatch.setattr("core.predict.whatif.variants.is_open", is_open)
    monkeypatch.setattr("core.predict.whatif.variants.any_sealed", lambda: True)
    found = read_variants("가\n봉인\n나", time="now")
    assert found.headlines == ("가", "나")
    assert found.sealed == 1
    assert asked == ["now"] * 3
