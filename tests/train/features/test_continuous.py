import numpy as np

from core.train.features.inputs import Inputs
from tests.makers.feature_tables import fit, table


def test_constant_and_all_missing_columns_are_dropped_and_listed():
    prepared = fit(table(same=[3, 3, 3], empty=[np.nan] * 3, x=[1, 2, 3]))
    assert prepared.dropped == ("same", "empty")
    assert prepared.features == ("x",)


def test_a_feature_that_is_not_given_counts_as_missing():
    made = fit(table(x=[1, 2, 3], y=[1, 2, 4])).matrix(Inputs(None, table(y=[9]), None))
    assert made.tolist() == [[2, 9]]
