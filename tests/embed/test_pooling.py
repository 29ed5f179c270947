import numpy as np
import pytest

from core.embed.pooling import CLS, MAX, MEAN, POOLINGS, pool_all, pooling_named
from core.errors import UserError

torch = pytest.importorskip("torch")


def pooled(hidden, mask):
    values = pool_all(torch.tensor(hidden), torch.tensor(mask)).numpy()
    return dict(zip(POOLINGS, values, strict=True))


def test_each_pooling_gives_the_value_its_name_promises():
    result = pooled([[[1.0, -1.0], [5.0, -3.0], [3.0, -8.0]]], [[1, 1, 1]])
    assert result[CLS].tolist() == [[1, -1]]
    assert result[MEAN].tolist() == [[3, -4]]
    assert result[MAX].tolist() == [[5, -1]]


def test_padding_counts_neither_in_the_mean_nor_in_the_maximum():
    short = pooled([[[-1.0, -2.0], [-3.0, -6.0]]], [[1, 1]])
    padded = pooled([[[-1.0, -2.0], [-3.0, -6.0], [9.0, np.nan]]], [[1, 1, 0]])
    for pooling in POOLINGS:
        np.testing.assert_array_equal(short[pooling], padded[pooling])


def test_an_unknown_pooling_is_refused_with_the_names_that_exist():
    with pytest.raises(UserError, match=r"no pooling named median.*cls, mean, max"):
        pooling_named("median")
