import numpy as np

from core.train.partitioned.vectors import Repeated

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)[[0, 1, 0, 2, 1]]
TEXTS = ["가", "나", "가", "다", "나"]


def test_each_text_has_its_vector_once():
    assert Repeated.of(VECTORS, TEXTS).distinct.shape == (3, 3)


def test_rows_are_taken_as_from_an_array_and_are_its_numbers():
    made = Repeated.of(VECTORS, TEXTS)
    assert (len(made), made.shape) == (5, (5, 3))
    np.testing.assert_array_equal(np.asarray(made), VECTORS)
    np.testing.assert_array_equal(np.asarray(made[[4, 0]]), VECTORS[[4, 0]])
    assert made[[4, 0]].distinct is made.distinct
