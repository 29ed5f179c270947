import math

import numpy as np
import pytest

from core.embed.neighbours import SAMPLE, find_neighbours

TEXTS = [f"제목 {i}" for i in range(40)]


def directions(count=40, dim=16, seed=0):
    return np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)


def concerns(found):
    return " ".join(str(message) for message in found.concerns())


def test_nearest_and_farthest_pairs_are_those_of_the_largest_and_the_smallest_cosines():
    angles = np.array([0, 1, 20, 90, 180]) * math.pi / 180
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32) * [[1], [5], [1], [2], [1]]
    found = find_neighbours(["가", "나", "다", "라", "마"], vectors)
    assert [(pair.one, pair.other) for pair in found.nearest[:2]] == [("가", "나"), ("나", "다")]
    assert [(pair.one, pair.other) for pair in found.farthest] == [("가", "마"), ("나", "마"), ("다", "마")]
    assert found.nearest[0].cosine == pytest.approx(math.cos(math.pi / 180))
    assert found.farthest[0].cosine == pytest.approx(-1)
    assert (len(found.nearest), found.texts, found.distinct) == (5, 5, 5)


def test_mean_and_spread_are_over_every_pair_once():
    vectors = directions()
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = [unit[i] @ unit[j] for i in range(40) for j in range(i)]
    found = find_neighbours(TEXTS, vectors)
    assert (found.mean_cosine, found.spread) == pytest.approx((np.mean(cosines), np.std(cosines)), abs=1e-6)


def test_a_repeated_headline_counts_once():
    vectors = directions()
    twice = find_neighbours(TEXTS * 2, np.concatenate([vectors, vectors]), np.arange(80) % 40, 512)
    assert twice == find_neighbours(TEXTS, vectors, np.arange(40), 512)
    assert twice.distinct == 40


def test_of_many_headlines_a_sample_is_compared_which_the_seed_decides():
    texts = [f"제목 {i}" for i in range(SAMPLE + 500)]
    vectors = directions(len(texts))
    found = find_neighbours(texts, vectors)
    assert (found.texts, found.distinct) == (SAMPLE, SAMPLE + 500)
    assert found == find_neighbours(texts, vectors)
    assert found.nearest != find_neighbours(texts, vectors, seed=1).nearest


def test_lengths_and_the_share_cut_off_are_over_all_headlines():
    found = find_neighbours(TEXTS, directions(), np.array([10] * 30 + [64] * 6 + [90] * 4), 64)
    assert (found.truncated, found.median_tokens, found.longest_tokens) == (0.1, 10, 90)
    assert "10% of the headlines are longer than the 64 tokens" in concerns(found)


def test_without_token_counts_nothing_is_said_of_lengths():
    found = find_neighbours(TEXTS, directions())
    assert (found.truncated, found.median_tokens, found.longest_tokens) == (None, None, None)


def test_sound_vectors_give_no_concern():
    cone = directions() * 0.2 + 1  # anisotropic as most encoders are
    found = find_neighbours(TEXTS, cone, np.full(40, 20), 512)
    assert found.mean_cosine > 0.9
    assert found.concerns() == []


def test_headlines_that_all_look_alike_are_a_concern():
    found = find_neighbours(TEXTS, directions() * 0.01 + 1)
    assert "All headlines look alike in this pooling" in concerns(found)


def test_different_headlines_with_one_vector_are_a_concern():
    vectors = directions()
    vectors[:3] = vectors[0]
    found = find_neighbours(TEXTS, vectors)
    assert found.same == 3
    assert "3 of 40 headlines of different stories have exactly the same vector as another" in concerns(found)


def test_one_headline_of_each_story_is_compared():
    """`…` and `...` have one vector in many encoders, which says nothing against them."""
    vectors = directions()
    vectors[1::2] = vectors[::2]
    stories = np.arange(40) // 2
    assert "20 of 40" not in concerns(find_neighbours(TEXTS, vectors, stories=stories))
    found = find_neighbours(TEXTS, vectors, stories=stories)
    assert (found.texts, found.distinct, found.same, found.concerns()) == (20, 40, 0, [])
    assert {pair.one for pair in found.nearest} <= set(TEXTS[::2])
    assert find_neighbours(TEXTS, vectors).same == 40


def test_stories_that_share_a_vector_are_a_concern_all_the_same():
    vectors = directions()
    vectors[:] = vectors[0]
    found = find_neighbours(TEXTS, vectors, stories=np.arange(40) // 2)
    assert "20 of 20 headlines of different stories" in concerns(found)


def test_two_wordings_of_a_story_are_compared_with_random_pairs():
    vectors = directions()
    vectors[1::2] = vectors[::2] + 0.1 * directions(20, seed=1)
    found = find_neighbours(TEXTS, vectors, stories=np.arange(40) // 2)
    assert (found.retellings, found.retold_above, found.concerns()) == (20, 1, [])
    assert found.retold > 0.97
    assert found.usual[0] < found.mean_cosine < found.usual[1] < found.retold
    scattered = find_neighbours(TEXTS, directions(), stories=np.arange(40) // 2)
    assert "Two wordings of one story lie hardly nearer" in concerns(scattered)
    assert math.isnan(find_neighbours(TEXTS, directions()).retold)


@pytest.mark.parametrize("value", [0, np.nan, np.inf])
def test_broken_vectors_are_left_out_and_a_concern(value):
    vectors = directions()
    vectors[4] = value
    found = find_neighbours(TEXTS, vectors)
    assert (found.broken, found.texts) == (pytest.approx(1 / 40), 39)
    assert np.isfinite([found.mean_cosine, found.spread]).all()
    assert "2.5% of the vectors are zero or hold no numbers" in concerns(found)


def test_when_every_vector_is_broken_that_alone_is_said():
    found = find_neighbours(TEXTS, np.zeros((40, 16), np.float32))
    assert (found.nearest, found.farthest, found.broken) == ((), (), 1)
    assert len(found.concerns()) == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_few_headlines_are_no_error(count):
    found = find_neighbours(TEXTS[:count], directions(count), np.arange(count), 512)
    assert (found.texts, len(found.nearest), len(found.farthest)) == (count, count // 2, count // 2)
    assert math.isnan(found.mean_cosine) == (count < 2)
    assert found.concerns() == []


def test_vectors_of_other_rows_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        find_neighbours(TEXTS, directions(39))
    with pytest.raises(ValueError, match="equally many"):
        find_neighbours(TEXTS, directions(), np.zeros(39))
    with pytest.raises(ValueError, match="equally many"):
        find_neighbours(TEXTS, directions(), stories=np.zeros(39, int))


def test_what_is_given_is_not_changed():
    vectors = directions()
    before = vectors.copy()
    find_neighbours(TEXTS, vectors)
    assert np.array_equal(vectors, before)
