from dataclasses import replace

import numpy as np

from core.predict import background


def test_the_same_seed_draws_the_same_pairs_and_none_of_one_story(data, vectors):
    one, again, other = (background(data, vectors, seed) for seed in (0, 0, 1))
    assert np.array_equal(one.cosines, again.cosines)
    assert not np.array_equal(one.cosines, other.cosines)
    together = replace(data, frame=data.frame.assign(story=0))
    assert len(background(together, vectors).cosines) == 0


def test_a_share_counts_the_pairs_that_are_less_similar_and_is_never_all_of_them(data):
    vectors = np.eye(len(data), dtype=np.float32)  # every pair has a cosine of 0
    found = background(data, vectors)
    assert found.share(0.0) == found.share(-1.0) == 0
    assert found.share(0.5) == 0.999


def test_a_table_without_two_stories_has_no_background(data, vectors):
    alone = replace(data, frame=data.frame.head(1))
    assert background(alone, vectors[:1]).share(1.0) == 0
    nobody = replace(data, frame=data.frame.head(0))
    assert background(nobody, vectors[:0]).share(1.0) == 0
