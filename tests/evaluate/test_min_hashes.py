import numpy as np
import pytest

from core.evaluate.min_hashes import BANDS, HASHES, bands, recurring


def some(n, length=30, seed=0):
    """Texts of Hangul drawn at random, so that two have no trigram in common."""
    rng = np.random.default_rng(seed)
    return ["".join(map(chr, row)) for row in rng.integers(0xAC00, 0xD7A3, (n, length))]


def share(one, other):
    return (bands(one) == bands(other)).any(axis=1).mean()


def test_equal_texts_have_equal_bands_and_others_none_in_common():
    texts = some(500)
    made = bands(texts)
    assert made.shape == (500, BANDS)
    assert (made > 0).all()
    assert (bands(texts[::-1])[::-1] == made).all()
    assert len(np.unique(made)) == made.size


@pytest.mark.parametrize("kept", [29, 27, 24])
def test_nearly_equal_texts_share_a_band_as_often_as_theory_says(kept):
    texts = some(2000)
    edited = [a[:kept] + b[kept:] for a, b in zip(texts, some(2000, seed=1), strict=True)]
    alike = kept - 1  # trigrams, one at the beginning with the blank before it
    part = alike / (60 - alike)
    expected = 1 - (1 - part**HASHES) ** BANDS
    assert share(texts, edited) == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("text", ["", "가", "가나", "\ud800", "🙂" * 3])
def test_short_and_odd_texts_have_bands(text):
    assert (bands([text, "다른 제목"])[0] > 0).all() == bool(text)
    assert (bands(["", ""]) == 0).all()


def test_what_returns_on_another_day_is_told():
    made = bands(["하나", "둘", "하나", "둘"])
    found = recurring(made, np.array([1, 1, 2, 1]))
    assert found.all(axis=1).tolist() == [True, False, True, False]
