import numpy as np
import pandas as pd
import pytest

from core.train.features.inputs import Inputs
from tests.makers.feature_tables import fit, table, vectors_of


def test_vectors_alone_are_enough():
    prepared = fit(pd.DataFrame(index=range(2)), None, np.eye(2, dtype=np.float32))
    assert prepared.groups == ("headline",)
    assert prepared.matrix(Inputs(np.eye(2), pd.DataFrame(index=range(2)), None)).dtype == np.float32


def test_vectors_of_another_dimension_are_refused_with_both_numbers():
    prepared = fit(table(x=[1, 2]), None, np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"5 numbers.*on 3"):
        prepared.matrix(Inputs(np.zeros((2, 5)), table(x=[1, 2]), None))


def test_a_vector_of_another_dimension_is_refused_with_components_too():
    prepared = fit(table(x=range(60)), None, vectors_of(), components=2)
    with pytest.raises(ValueError, match=r"5 numbers.*on 8"):
        prepared.matrix(Inputs(np.zeros((2, 5)), table(x=[1, 2]), None))
