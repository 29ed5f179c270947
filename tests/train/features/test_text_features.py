import pytest

from core.train.features.text_features import keywords, lengths
from tests.makers.feature_tables import series


def test_length_counts_characters_words_digits_punctuation_and_scripts():
    assert lengths("美 LG, 2조!") == (9, 3, 1, 2, 1 / 7, 2 / 7, 1 / 7)


def test_an_empty_text_has_no_length():
    assert lengths("") == (0, 0, 0, 0, 0, 0, 0)


def test_a_keyword_sets_the_flag_of_its_theme():
    assert keywords(series("코스피 폭등", "코스피 보합"))["급등"].tolist() == [1, 0]


@pytest.mark.parametrize(
    "headline", ["NH證, 삼성전자 목표가 10만원으로 상향", "목표주가 상향", "삼성전자 목표가↑"]
)
def test_a_raised_target_price_is_seen_across_a_gap(headline):
    flags = keywords(series(headline)).iloc[0]
    assert (flags["목표가 상향"], flags["목표가 하향"]) == (1, 0)
