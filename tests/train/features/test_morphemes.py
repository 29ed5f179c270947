import numpy as np
import pytest

from core.train.features.morphemes import Terms, morphemes
from tests.makers.feature_tables import HEADLINES


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
